// An ask: a message that carries a way to answer, and a deadline. It settles exactly once: by the answer, the
// deadline, the asker's end or the answerer's death, whichever comes first.

import { SluiceError } from './errors.ts'
import type { Timer, Wheel } from './wheel.ts'

/** The way to answer, as the message carries it. Answering twice or too late does nothing. */
export interface Reply<Answer> {
  tell(answer: Answer): void
  fail(error: unknown): void
  /** False when nobody waits any more. */
  readonly open: boolean
}

type Expiring = Pick<Reply<never>, 'fail'>

export class Ask<Answer> implements Reply<Answer> {
  readonly promise: Promise<Answer>
  #resolve: (answer: Answer) => void = nothing
  #reject: (error: SluiceError) => void = nothing
  #open = true
  #timer: Timer | undefined
  readonly #wheel: Wheel
  readonly #settled: (ask: Ask<Answer>, error?: unknown) => void

  constructor(
    wheel: Wheel,
    timeoutMs: number,
    settled: (ask: Ask<Answer>, error?: unknown) => void,
  ) {
    this.#wheel = wheel
    this.#settled = settled
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (timeoutMs !== Infinity) this.#timer = wheel.add(timeoutMs, expire, this)
  }

  get open(): boolean {
    return this.#open
  }

  tell(answer: Answer): void {
    if (this.#close()) this.#resolve(answer)
  }

  fail(error: unknown): void {
    if (!this.#close(error)) return
    this.#reject(SluiceError.from(error, 'ask_failed'))
  }

  #close(error?: unknown): boolean {
    if (!this.#open) return false
    this.#open = false
    if (this.#timer !== undefined) this.#wheel.cancel(this.#timer)
    this.#settled(this, error)
    return true
  }
}

function expire(ask: Expiring): void {
  ask.fail(new SluiceError('ask_timeout', 'no reply before the deadline'))
}

function nothing(): void {}
