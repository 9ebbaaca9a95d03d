// Counts marks in a stream of equal messages, at a few nanoseconds each.
//
//   …~……………………~……………………~……
//     └─stride─▶└─stride─▶      one byte is looked at, not the hundreds between
//
// Joined messages follow each other at a constant distance, so the next mark is looked for where the last distance says.
// That jump cannot pass over a message: marks are at least `leastBytes` apart, and only a stride below twice that is used.
// Where the guess is wrong, the bytes are searched.

import { mark } from './payload.ts'

export class Tally {
  /** Where the first mark of the last count was found, or -1. */
  first = -1
  #stride = 0
  readonly #leastBytes: number

  /** `leastBytes` is the least distance between the marks of two messages. */
  constructor(leastBytes: number) {
    this.#leastBytes = leastBytes
  }

  /** The number of marks in `bytes[from, to)`. */
  count(bytes: Buffer, from: number, to: number): number {
    let at = find(bytes, from, to)
    this.first = at
    let count = 0
    while (at >= 0) {
      count += 1
      const guess = at + this.#stride
      if (guess < to && this.#stride > 0 && bytes[guess] === mark) {
        at = guess
      } else if (at + this.#leastBytes >= to) {
        return count
      } else {
        const next = find(bytes, at + this.#leastBytes, to)
        if (next >= 0 && next - at < 2 * this.#leastBytes) this.#stride = next - at
        at = next
      }
    }
    return count
  }
}

function find(bytes: Buffer, from: number, to: number): number {
  const at = bytes.indexOf(mark, from)
  return at < to ? at : -1
}
