// Whether a heap nears its limit: said once, then not again before it had room for a while. Pure.

/** The part of the share below which the heap has room again. */
const roomy = 0.9

export class HeapMeter {
  readonly #share: number
  #near = false

  constructor(share: number) {
    this.#share = share
  }

  /** True when the heap has come near its limit since the last look. */
  look(used: number, limit: number): boolean {
    const full = used / limit
    if (full < this.#share * roomy) this.#near = false
    if (this.#near || !(full >= this.#share)) return false
    this.#near = true
    return true
  }
}
