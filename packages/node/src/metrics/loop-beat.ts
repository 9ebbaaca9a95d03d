// A beat that a loop which turns can keep, and how late each one is. Not by Node's histogram of delays: when that is reset,
// it takes no notice of a stall that has begun already.

import type { Clock } from '@sluice/core'

const beatMs = 20

export class LoopBeat {
  readonly #clock: Clock
  readonly #onLag: (lagMs: number, now: number) => void
  #at: number
  #cancel: () => void

  /** `onLag` is told of every beat, until the end. */
  constructor(clock: Clock, onLag: (lagMs: number, now: number) => void) {
    this.#clock = clock
    this.#onLag = onLag
    this.#at = clock.now()
    this.#cancel = clock.after(beatMs, this.#beat)
  }

  /** Takes the beat that is due already. All timers wait for a loop that stands still, and another may run before this one. */
  look(): void {
    const now = this.#clock.now()
    if (now - this.#at > beatMs) this.#take(now)
  }

  close(): void {
    this.#cancel()
  }

  readonly #beat = (): void => {
    this.#take(this.#clock.now())
    this.#cancel = this.#clock.after(beatMs, this.#beat)
  }

  #take(now: number): void {
    const lag = now - this.#at - beatMs
    this.#at = now
    // A host's timer may be early, and one that was looked at is.
    this.#onLag(Math.max(0, lag), now)
  }
}
