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
  readonly #settled: (ask: Ask<Answer>, fault?: SluiceError) => void

  constructor(
    wheel: Wheel,
    timeoutMs: number,
    settled: (ask: Ask<Answer>, fault?: SluiceError) => void,
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
    if (!this.#open) return
    const fault = SluiceError.from(error, 'ask_failed')
    this.#close(fault)
    this.#reject(fault)
  }

  #close(fault?: SluiceError): boolean {
    if (!this.#open) return false
    this.#open = false
    if (this.#timer !== undefined) this.#wheel.cancel(this.#timer)
    this.#settled(this, fault)
    return true
  }
}

function expire(ask: Expiring): void {
  ask.fail(new SluiceError('ask_timeout', 'no reply before the deadline'))
}

function nothing(): void {}
