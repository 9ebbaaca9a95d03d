// What dead actors leave behind: a bounded ring of their ends, last transitions and lineage.
//
// A hundred thousand actors may die in a moment, and few of their tombstones are ever read. So a grave is used again
// when the ring comes round, its last transitions are copied as numbers, and words are made when somebody reads it.

import type { Actor } from './actor.ts'
import type { End } from './ends.ts'
import { readTrail, type TrailCopy, type Transition } from './recorder.ts'
import { idOf } from './table.ts'

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

/** Transitions that a tombstone keeps. */
const trailLength = 8

/** A place in the ring, as the last one who was laid there left it. */
class Grave {
  row = 0
  generation = 0
  /** -1 for the root, which has no parent. */
  parentRow = -1
  parentGeneration = 0
  behavior = ''
  label = ''
  end: End
  spawnedAt = 0
  diedAt = 0
  handled = 0
  restarts = 0
  site = 0
  /** How many transitions are kept. */
  steps = 0

  constructor(end: End) {
    this.end = end
  }
}

export class Tombstones {
  readonly #graves: Grave[] = []
  readonly #capacity: number
  /** The transitions of all graves, each in its own stretch. */
  readonly #trails: TrailCopy
  #count = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    const steps = new Uint32Array(capacity * trailLength)
    const times = new Float64Array(capacity * trailLength)
    this.#trails = { steps, times }
  }

  /** All deaths, also those that the ring no longer holds. */
  get count(): number {
    return this.#count
  }

  /** Writes down who dies, while its row is still its own. */
  bury(actor: Actor, end: End): void {
    const place = this.#count++ % this.#capacity
    if (this.#capacity === 0) return
    const { row, generation, parent, kernel } = actor
    const { table, recorder } = kernel
    const grave = (this.#graves[place] ??= new Grave(end))
    grave.row = row
    grave.generation = generation
    grave.parentRow = parent?.row ?? -1
    grave.parentGeneration = parent?.generation ?? 0
    grave.behavior = actor.behavior.name
    grave.label = actor.label()
    grave.end = end
    grave.spawnedAt = table.spawnedAt[row]!
    grave.diedAt = kernel.now
    grave.handled = table.handled[row]!
    grave.restarts = table.restarts[row]!
    grave.site = table.site[row]!
    const newest = table.lastRecord[row]!
    const to = place * trailLength
    grave.steps = recorder.copyTrail(row, generation, newest, this.#trails, to, trailLength)
  }

  /** The newest first. */
  list(limit: number = Infinity): Tombstone[] {
    const list: Tombstone[] = []
    for (const place of this.#places(limit)) list.push(this.#read(this.#graves[place]!, place))
    return list
  }

  /** Of the actor with this id, if the ring still holds it. */
  find(id: string): Tombstone | undefined {
    for (const place of this.#places()) {
      const grave = this.#graves[place]!
      if (idOf(grave.row, grave.generation) === id) return this.#read(grave, place)
    }
    return undefined
  }

  /** Where the graves are, the newest first. */
  *#places(limit: number = Infinity): Generator<number, void> {
    const held = Math.min(this.#count, this.#capacity, limit)
    for (let i = 1; i <= held; i++) yield (this.#count - i) % this.#capacity
  }

  #read(grave: Grave, place: number): Tombstone {
    const { behavior, label, end, spawnedAt, diedAt, handled, restarts, site } = grave
    return {
      id: idOf(grave.row, grave.generation),
      behavior,
      label,
      parent: grave.parentRow < 0 ? '' : idOf(grave.parentRow, grave.parentGeneration),
      end,
      spawnedAt,
      diedAt,
      handled,
      restarts,
      site,
      trail: readTrail(this.#trails, place * trailLength, grave.steps),
    }
  }
}
