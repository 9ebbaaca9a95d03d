// How far behind a socket is. Bytes leave in order, so it is enough to mark where what is due first ends, and to see later
// whether that much has left. A peer that reads slowly but steadily moves on from mark to mark; one that stands still does
// not. Pure: bytes and times are arguments.
//
//   pushed ───────────────────────────▶
//   left  ─────────▶      ▲ mark, due at t

export class Lag {
  #pushed: number
  #mark = 0
  #dueAt = Infinity
  /** Behind the mark: where the last thing that must arrive ends, and the longest that any may take. */
  #nextMark = 0
  #nextMs = 0

  /** `waiting` bytes were not sent when the socket was found full. `maxAgeMs` is Infinity for what may be late. */
  constructor(waiting: number, maxAgeMs: number, now: number) {
    this.#pushed = waiting
    this.#note(maxAgeMs, now)
  }

  /** When what must arrive is overdue; Infinity when nothing must. */
  get dueAt(): number {
    return this.#dueAt
  }

  /** More bytes, behind the others. */
  push(bytes: number, maxAgeMs: number, now: number): void {
    this.#pushed += bytes
    this.#note(maxAgeMs, now)
  }

  /** True when something that must arrive has waited for too long; `waiting` bytes are not sent yet. */
  overdue(waiting: number, now: number): boolean {
    const left = this.#pushed - waiting
    if (left < this.#mark) return now >= this.#dueAt
    // All of it has left. What came behind is watched from now on, and gets the longest of its times: no mark is
    // overdue before all that it covers is.
    const more = left < this.#nextMark
    this.#dueAt = more ? now + this.#nextMs : Infinity
    this.#mark = more ? this.#nextMark : 0
    this.#nextMark = 0
    this.#nextMs = 0
    return false
  }

  #note(maxAgeMs: number, now: number): void {
    const dueAt = now + maxAgeMs
    if (dueAt < this.#dueAt) {
      // What is before it leaves before it: one mark is enough for all.
      this.#mark = this.#pushed
      this.#dueAt = dueAt
      this.#nextMark = 0
      this.#nextMs = 0
    } else if (maxAgeMs !== Infinity) {
      this.#nextMark = this.#pushed
      this.#nextMs = Math.max(this.#nextMs, maxAgeMs)
    }
  }
}
