// What actors mean, worked out by a thread of its own over the shared table, so that the loop is not held however many actors
// there are. The thread stays as long as somebody goes on asking: what it has learnt to do fast is not thrown away between
// two looks. Nobody asks, no thread.
//
//   ask ─▶ one at a time ─▶ explain-thread.ts ─▶ JSON       the same question, asked meanwhile, gets the same answer

import type { Worker } from 'node:worker_threads'
import { shareSystem, type SharedSystem, SluiceError, type System, type Timer } from '@sluice/core'
import { answerOf, startThread } from './thread.ts'

export const explanationParts = ['lints', 'blocked', 'graph', 'map'] as const

export type ExplanationPart = (typeof explanationParts)[number]

/** What the thread is told at first. */
export interface ExplainOrder {
  readonly shared: SharedSystem
}

/** And then with every question. */
export type ExplainQuestion = readonly ExplanationPart[]

/** What it answers: JSON, as bytes, or why there is none. */
export type ExplainAnswer = { json: Uint8Array } | { failed: string }

/** A thread that nobody has asked for so long ends. A page asks every few seconds. */
const idleMs = 15_000

export class Explainer {
  readonly #system: System
  readonly #answers = new Map<string, Promise<string>>()
  #last: Promise<unknown> = Promise.resolve()
  #worker: Worker | undefined
  #idle: Timer | undefined
  #closed = false

  constructor(system: System) {
    this.#system = system
  }

  /** True while there is a thread. */
  get awake(): boolean {
    return this.#worker !== undefined
  }

  /** The explanation of now, of these parts, as JSON. */
  explain(parts: readonly ExplanationPart[]): Promise<string> {
    const wanted = explanationParts.filter((part) => parts.includes(part))
    const key = wanted.join()
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const made = this.#last.then(() => this.#ask(wanted)).finally(() => this.#answers.delete(key))
    this.#answers.set(key, made)
    this.#last = made.then(undefined, () => {})
    return made
  }

  /** Ends the thread; resolves when it is gone. Who waits for an answer hears that there is none. */
  async close(): Promise<void> {
    this.#closed = true
    await this.sleep()
  }

  /** Ends the thread until somebody asks again. */
  async sleep(): Promise<void> {
    if (this.#idle !== undefined) this.#system.wheel.cancel(this.#idle)
    this.#idle = undefined
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  async #ask(parts: ExplainQuestion): Promise<string> {
    const { wheel } = this.#system
    if (this.#closed) throw nodeEnded()
    const worker = (this.#worker ??= this.#start())
    if (this.#idle !== undefined) wheel.cancel(this.#idle)
    this.#idle = undefined
    try {
      const answering = answerOf<ExplainAnswer>(worker, 'explainer')
      worker.postMessage(parts)
      const answer = await answering.catch((error: unknown) => {
        throw this.#closed ? nodeEnded() : error
      })
      if ('failed' in answer) throw new SluiceError('not_available', answer.failed)
      return new TextDecoder().decode(answer.json)
    } finally {
      if (worker === this.#worker) this.#idle = wheel.add(idleMs, fallAsleep, this)
    }
  }

  #start(): Worker {
    const workerData: ExplainOrder = { shared: shareSystem(this.#system) }
    const worker = startThread('explain-thread', { workerData, name: 'explainer' })
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
    })
    return worker
  }
}

function nodeEnded(): SluiceError {
  return new SluiceError('closed', 'the node has ended')
}

function fallAsleep(explainer: Explainer): void {
  void explainer.sleep()
}
