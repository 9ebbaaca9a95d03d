// The greatest few of many, without sorting the many: a heap of the best so far, whose least goes first.

export class Greatest {
  readonly #keys: Float64Array
  readonly #items: Uint32Array
  #size = 0

  constructor(most: number) {
    this.#keys = new Float64Array(most)
    this.#items = new Uint32Array(most)
  }

  offer(item: number, key: number): void {
    const most = this.#keys.length
    if (this.#size < most) {
      this.#rise(this.#size++, item, key)
    } else if (most > 0 && this.#keys[0]! < key) {
      this.#sink(item, key)
    }
  }

  /** The greatest first; equals by item. */
  list(): Uint32Array {
    const order = Array.from({ length: this.#size }, (_, at) => at)
    const [keys, items] = [this.#keys, this.#items]
    order.sort((a, b) => keys[b]! - keys[a]! || items[a]! - items[b]!)
    return Uint32Array.from(order, (at) => items[at]!)
  }

  /** Whether what is at this place belongs in front of that one. */
  #before(at: number, item: number, key: number): boolean {
    const own = this.#keys[at]!
    return own === key ? this.#items[at]! < item : own > key
  }

  #rise(from: number, item: number, key: number): void {
    const [keys, items] = [this.#keys, this.#items]
    let at = from
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!this.#before(above, item, key)) break
      keys[at] = keys[above]!
      items[at] = items[above]!
      at = above
    }
    keys[at] = key
    items[at] = item
  }

  /** Puts it in the place of the least. */
  #sink(item: number, key: number): void {
    const [keys, items] = [this.#keys, this.#items]
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= this.#size) break
      const other = below + 1
      if (other < this.#size && !this.#before(other, items[below]!, keys[below]!)) below = other
      if (this.#before(below, item, key)) break
      keys[at] = keys[below]!
      items[at] = items[below]!
      at = below
    }
    keys[at] = key
    items[at] = item
  }
}
