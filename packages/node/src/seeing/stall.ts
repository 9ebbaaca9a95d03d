// Whether a loop stands still, as another thread sees it: beats that do not come while that thread's own looks go on. Pure.
//
// Time in which the whole process was stopped (SIGSTOP, a laptop's sleep, a paused container) is one long step between two
// looks, so the longest step stands for no more than it should have been. On a machine with too little CPU many are long.

/** How often the loop says that it turns, and how often that is looked at: often enough to be told apart from a pause. */
export function beatMsFor(stallMs: number): number {
  return Math.min(100, Math.max(10, Math.floor(stallMs / 5)))
}

/** What a look found. */
export interface StallLook {
  /** How long the loop has not turned, at least. */
  quietMs: number
  stalled: boolean
  /** The stall that was seen before is over; so long it was. */
  endedMs?: number
}

export class StallMeter {
  readonly #stallMs: number
  readonly #dueMs: number
  #beats = -1
  #lookedAt = 0
  /** Steps since the last beat: all of them, and the longest. */
  #sumMs = 0
  #longestMs = 0
  #told = false

  constructor(stallMs: number) {
    this.#stallMs = stallMs
    this.#dueMs = beatMsFor(stallMs) * 1.25
  }

  /** Looks at the number of beats so far. */
  look(now: number, beats: number): StallLook {
    const step = now - this.#lookedAt
    this.#lookedAt = now
    if (beats !== this.#beats) {
      const ended = this.#told ? { endedMs: this.#quietMs } : {}
      this.#beats = beats
      this.#sumMs = 0
      this.#longestMs = 0
      this.#told = false
      return { quietMs: 0, stalled: false, ...ended }
    }
    this.#sumMs += step
    this.#longestMs = Math.max(this.#longestMs, step)
    const quietMs = this.#quietMs
    this.#told ||= quietMs >= this.#stallMs
    return { quietMs, stalled: this.#told }
  }

  get #quietMs(): number {
    return this.#sumMs - this.#longestMs + Math.min(this.#longestMs, this.#dueMs)
  }
}
