// Once, then not again for a while: by name, with a bound on names. Pure.

export class Cooldown {
  readonly #last = new Map<string, number>()
  readonly #maxNames: number

  constructor(maxNames = 1_000) {
    this.#maxNames = maxNames
  }

  /** Whether this name may again at `now`; if so, that counts. */
  pass(name: string, now: number, ms: number): boolean {
    const last = this.#last.get(name)
    if (last !== undefined && now - last < ms) return false
    // Put last, so that what is forgotten first is what was longest ago.
    this.#last.delete(name)
    this.#last.set(name, now)
    if (this.#last.size > this.#maxNames) this.#last.delete(this.#last.keys().next().value!)
    return true
  }
}
