// Questions between nodes, over a channel that each node has for itself. At most once; the deadline says when one is lost.
//
//   ask ─▶ [1, id, from, ms left, question] ─▶ host.answer ─▶ [2, id, answer] or [3, id, code, words] ─▶ settled

import { type Clock, type Code, SluiceError } from '@sluice/core'
import type { BusHost } from '../bus.ts'
import { answer, askWithin } from '../questions.ts'
import type { Post } from './commands.ts'
import { packr } from './packr.ts'

const maxPending = 10_000
/** Codes that may cross; any other is `ask_failed`. */
const crossing: readonly Code[] = ['ask_failed', 'not_available', 'ask_timeout', 'actor_dead']

interface Pending {
  readonly node: string
  readonly cancel: () => void
  readonly resolve: (answer: string) => void
  readonly reject: (error: unknown) => void
}

export class Asks {
  readonly #uid: string
  readonly #host: BusHost
  readonly #clock: Clock
  readonly #post: Post
  readonly #pending = new Map<number, Pending>()
  #id = 0
  #closed = false

  constructor(uid: string, host: BusHost, clock: Clock, post: Post) {
    this.#uid = uid
    this.#host = host
    this.#clock = clock
    this.#post = post
  }

  async ask(node: string, question: string, timeoutMs: number): Promise<string> {
    if (this.#closed) throw new SluiceError('closed', 'the bus is closed')
    if (timeoutMs <= 0) throw new SluiceError('ask_timeout', 'no time is left')
    const from = this.#uid
    if (node === from) return askWithin(this.#clock, this.#host, { question, from, timeoutMs })
    if (this.#pending.size >= maxPending)
      throw new SluiceError('capacity_exceeded', `${maxPending} questions wait for answers`)
    const id = ++this.#id
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(timeoutMs, () =>
        this.#fail(id, new SluiceError('ask_timeout', `no answer within ${timeoutMs} ms`)),
      )
      this.#pending.set(id, { node, cancel, resolve, reject })
      if (!this.#post.send(node, packr.pack([1, id, from, timeoutMs, question])))
        this.#fail(id, new SluiceError('not_available', 'there is no link to the other nodes'))
    })
  }

  /** False for bytes that are neither a question nor an answer. */
  receive(bytes: Buffer): boolean {
    let message: unknown
    try {
      message = packr.unpack(bytes)
    } catch {
      return false
    }
    if (!Array.isArray(message)) return false
    const [kind, id, a, b, c] = message as unknown[]
    if (typeof id !== 'number' || typeof a !== 'string') return false
    if (kind === 1 && typeof b === 'number' && typeof c === 'string') {
      void this.#answer(id, a, b, c)
      return true
    }
    if (kind === 2) {
      const pending = this.#take(id)
      pending?.resolve(a)
      return true
    }
    if (kind !== 3 || typeof b !== 'string') return false
    const code = crossing.find((one) => one === a) ?? 'ask_failed'
    this.#fail(id, new SluiceError(code, b))
    return true
  }

  /** A node is no longer there, and will not answer. */
  gone(node: string): void {
    for (const [id, pending] of this.#pending) {
      if (pending.node === node)
        this.#fail(id, new SluiceError('actor_dead', `node ${node} is gone`))
    }
  }

  close(): void {
    this.#closed = true
    for (const id of this.#pending.keys())
      this.#fail(id, new SluiceError('closed', 'the bus is closed'))
  }

  async #answer(id: number, from: string, timeoutMs: number, question: string): Promise<void> {
    const until = this.#clock.now() + timeoutMs
    let reply: unknown[]
    try {
      reply = [2, id, await answer(this.#host, { question, from, timeoutMs })]
    } catch (error) {
      const { code, message } = SluiceError.from(error, 'ask_failed')
      reply = [3, id, code, message.replace(/^\[\w+\] /, '')]
    }
    // Nobody waits any more.
    if (!this.#closed && this.#clock.now() < until) this.#post.send(from, packr.pack(reply))
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    pending?.cancel()
    return pending
  }

  #fail(id: number, error: SluiceError): void {
    this.#take(id)?.reject(error)
  }
}
