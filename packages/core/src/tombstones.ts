// What dead actors leave behind: a bounded ring of their ends, last transitions and lineage.

import type { End } from './ends.ts'
import type { Transition } from './recorder.ts'

export interface Tombstone {
  readonly id: string
  readonly behavior: string
  readonly label: string
  readonly parent: string
  readonly end: End
  /** Clock times. */
  readonly spawnedAt: number
  readonly diedAt: number
  readonly handled: number
  readonly restarts: number
  readonly site: number
  readonly trail: readonly Transition[]
}

export class Tombstones {
  readonly #ring: Tombstone[] = []
  readonly #capacity: number
  #count = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** All deaths, also those that the ring no longer holds. */
  get count(): number {
    return this.#count
  }

  add(tombstone: Tombstone): void {
    if (this.#capacity > 0) this.#ring[this.#count % this.#capacity] = tombstone
    this.#count++
  }

  /** The newest first. */
  list(limit: number = Infinity): Tombstone[] {
    const held = Math.min(this.#count, this.#capacity)
    const list: Tombstone[] = []
    for (let i = 1; i <= Math.min(held, limit); i++) {
      const tombstone = this.#ring[(this.#count - i) % this.#capacity]
      if (tombstone !== undefined) list.push(tombstone)
    }
    return list
  }
}
