// How far behind a socket is. Bytes leave in order, so it is enough to mark where what must arrive ends, and to see later
// whether that much has left. A peer that reads slowly but steadily moves on from mark to mark; one that stands still does
// not. Pure: bytes and times are arguments.
//
//   pushed ───────────────────────────▶
//   left  ─────────▶      ▲ mark, since t

export class Lag {
  #pushed: number
  #mark = 0
  #since = 0

  /** `waiting` bytes were not sent when the socket was found full. */
  constructor(waiting: number, must: boolean, now: number) {
    this.#pushed = waiting
    if (must) this.#set(now)
  }

  /** More bytes behind the others; `must` when they may not be late. */
  push(bytes: number, must: boolean, now: number): void {
    this.#pushed += bytes
    if (must && this.#mark === 0) this.#set(now)
  }

  /** How long what must arrive has waited without any end of it in sight, in ms; `waiting` bytes are not sent yet. */
  age(waiting: number, now: number): number {
    if (this.#mark === 0) return 0
    if (this.#pushed - waiting < this.#mark) return now - this.#since
    // All of it has left; what came behind it is watched from now on.
    if (waiting === 0) this.#mark = 0
    else this.#set(now)
    return 0
  }

  #set(now: number): void {
    this.#mark = this.#pushed
    this.#since = now
  }
}
