// Interned strings: the table's columns hold numbers, this turns them back into words. Bounded, since a name may come
// from a client (a room's name as the target of a wait): past the bound, all further names share one.

export class Names {
  readonly #codes = new Map<string, number>([['', 0]])
  readonly #names: string[] = ['']
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The number of a name; 0 is the empty one. */
  code(name: string): number {
    const known = this.#codes.get(name)
    if (known !== undefined) return known
    if (this.#names.length >= this.#limit)
      return this.#names.length === this.#limit ? this.#add('(other)') : this.#limit
    return this.#add(name)
  }

  name(code: number): string {
    return this.#names[code] ?? ''
  }

  get size(): number {
    return this.#names.length
  }

  #add(name: string): number {
    const code = this.#names.length
    this.#names.push(name)
    this.#codes.set(name, code)
    return code
  }
}
