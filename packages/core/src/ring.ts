// A first-in, first-out queue in a ring of slots that doubles when it is full. Both ends cost a few nanoseconds
// whatever the length; `shift` on an array moves everything behind it once the array is long.
//
//   [ · · c d e · · · ]
//         ↑ head, length 3; the number of slots is a power of two, so that `&` turns the corner

const firstSlots = 8

/** A queue without a bound. What it holds is never undefined, as that is what an empty one gives. */
export class Ring<T> {
  #slots = new Array<T | undefined>(firstSlots)
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  push(item: T): void {
    if (this.#length === this.#slots.length) this.#grow()
    this.#slots[(this.#head + this.#length++) & (this.#slots.length - 1)] = item
  }

  take(): T | undefined {
    if (this.#length === 0) return undefined
    const item = this.#slots[this.#head]
    // Or the ring would keep alive what nobody else does.
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#slots.length - 1)
    this.#length--
    return item
  }

  #grow(): void {
    const slots = this.#slots
    const larger = new Array<T | undefined>(slots.length * 2)
    for (let i = 0; i < slots.length; i++) {
      larger[i] = slots[(this.#head + i) & (slots.length - 1)]
    }
    this.#slots = larger
    this.#head = 0
  }
}
