// Interned strings: the table's columns hold numbers, this turns them back into words. Bounded, since a name may come
// from a client (a room's name as the target of a wait): past the bound, all further names share one.

import { Texts } from './texts.ts'

/** What all names past the bound are called. */
export const otherName = '(other)'

/** Memory for each name; most are shorter. */
const bytesPerName = 64
/** Of a longer name another thread sees the beginning. */
const longestName = 512

export class Names {
  /** The same for another thread. */
  readonly texts: Texts
  readonly #codes = new Map<string, number>([['', 0]])
  readonly #names: string[] = ['']
  #limit: number

  constructor(limit: number) {
    this.#limit = limit
    this.texts = new Texts(limit * bytesPerName)
    this.texts.add('')
  }

  /** The number of a name; 0 is the empty one. */
  code(name: string): number {
    const known = this.#codes.get(name)
    if (known !== undefined) return known
    if (this.#names.length >= this.#limit) return this.#other()
    if (!this.texts.add(name.slice(0, longestName))) {
      this.#limit = this.#names.length
      return this.#other()
    }
    return this.#add(name)
  }

  name(code: number): string {
    return this.#names[code] ?? ''
  }

  /** The number of a name that has one already. */
  find(name: string): number | undefined {
    return this.#codes.get(name)
  }

  get size(): number {
    return this.#names.length
  }

  /** Whoever reads `texts` finds none of this number, and so knows. */
  #other(): number {
    if (this.#names.length === this.#limit) this.#add(otherName)
    return this.#limit
  }

  #add(name: string): number {
    const code = this.#names.length
    this.#names.push(name)
    this.#codes.set(name, code)
    return code
  }
}
