// The times of spans: of one clock for their beginnings and their ends, finer than a millisecond. The SDK's own begin at whole
// milliseconds and end by a finer clock, so that a span may end before what it waited for has begun.

/** How far the fine clock may be from the machine's before it is set again: that one has whole milliseconds, and is corrected. */
const toleranceMs = 2

export class SpanClock {
  #offset = Date.now() - performance.now()

  /** In milliseconds since 1970. */
  now(): number {
    const fine = performance.now()
    const wall = Date.now()
    if (Math.abs(fine + this.#offset - wall) > toleranceMs) this.#offset = wall - fine
    return fine + this.#offset
  }
}
