// Who ran and who waited at a moment that moves: what lies between two moments is replayed, forward or back, so that a step along
// the line costs what happened in it, however many actors there are. The same as states.ts tells of one moment. Pure.
//
//   rows, the oldest first ──────────●──────────▶ now        ages, the youngest first ───●───▶
//                  have happened ──▶ │                              not born by then ──▶ │

import type { FlightRow, StateName } from '@sluice/core'
import type { Final, Standing } from './states.ts'

/** Those who waited for the same. */
export interface Waiting {
  readonly count: number
  /** Of them. */
  readonly oldest: Standing
}

interface Actor {
  readonly id: string
  readonly behavior: string
  /** Infinity where nobody tells. */
  readonly ageMs: number
  /** As it is now, where that is known. */
  readonly final: Final | undefined
  /** Its first row, and the newest that has happened. */
  first: FlightRow | undefined
  newest: FlightRow | undefined
  /** Those that do the same now, if it is anything that is asked for. */
  group: Set<Actor> | undefined
}

export class FlightCursor {
  readonly #rows: readonly FlightRow[]
  /** Of each row, its actor, and the row of that one before it. */
  readonly #whose: readonly Actor[]
  readonly #before: readonly (FlightRow | undefined)[]
  /** Those whose age is known, the youngest first. */
  readonly #births: readonly Actor[]
  readonly #running = new Set<Actor>()
  /** By behaviour and class of the wait. */
  readonly #waiting = new Map<string, Set<Actor>>()
  #agoMs = 0
  /** Rows that have happened. */
  #happened: number
  /** Of the births, those that have not. */
  #unborn = 0

  /** Stands at now. */
  constructor(rows: readonly FlightRow[], finals: readonly Final[]) {
    const actors = new Map<string, Actor>()
    const rest = { first: undefined, newest: undefined, group: undefined }
    for (const final of finals) {
      const { id, behavior, ageMs } = final
      actors.set(id, { id, behavior, ageMs, final, ...rest })
    }
    const whose: Actor[] = []
    const before: (FlightRow | undefined)[] = []
    for (const row of rows) {
      const { actor: id, behavior } = row
      const actor = actors.get(id) ?? { id, behavior, ageMs: Infinity, final: undefined, ...rest }
      actors.set(id, actor)
      whose.push(actor)
      before.push(actor.newest)
      actor.first ??= row
      actor.newest = row
    }
    this.#rows = rows
    this.#whose = whose
    this.#before = before
    this.#happened = rows.length
    this.#births = [...actors.values()]
      .filter(({ ageMs }) => ageMs !== Infinity)
      .sort((a, b) => a.ageMs - b.ageMs)
    for (const actor of actors.values()) this.#place(actor)
  }

  /** Goes there. */
  moveTo(agoMs: number): void {
    this.#agoMs = agoMs
    const [rows, births] = [this.#rows, this.#births]
    /** Each once, however much it did meanwhile. */
    const moved = new Set<Actor>()
    while (this.#happened < rows.length && rows[this.#happened]!.agoMs >= agoMs) {
      const at = this.#happened++
      const actor = this.#whose[at]!
      actor.newest = rows[at]
      moved.add(actor)
    }
    while (this.#happened > 0 && rows[this.#happened - 1]!.agoMs < agoMs) {
      const at = --this.#happened
      const actor = this.#whose[at]!
      actor.newest = this.#before[at]
      moved.add(actor)
    }
    while (this.#unborn < births.length && births[this.#unborn]!.ageMs < agoMs) {
      moved.add(births[this.#unborn++]!)
    }
    while (this.#unborn > 0 && births[this.#unborn - 1]!.ageMs >= agoMs) {
      moved.add(births[--this.#unborn]!)
    }
    for (const actor of moved) this.#place(actor)
  }

  /** Those that ran, the longest first. */
  get running(): readonly Standing[] {
    return Array.from(this.#running, (actor) => this.#standing(actor)).sort(longestFirst)
  }

  /** How many waited. */
  get waiting(): number {
    let count = 0
    for (const { size } of this.#waiting.values()) count += size
    return count
  }

  /** For how many different things. */
  get waits(): number {
    let count = 0
    for (const { size } of this.#waiting.values()) if (size > 0) count++
    return count
  }

  /** The largest groups of those that waited. */
  largest(limit: number): readonly Waiting[] {
    return [...this.#waiting.values()]
      .filter(({ size }) => size > 0)
      .sort((a, b) => b.size - a.size)
      .slice(0, limit)
      .map((group) => ({ count: group.size, oldest: this.#oldest(group) }))
  }

  /** To those that do the same. */
  #place(actor: Actor): void {
    const group = this.#groupOf(actor)
    if (group === actor.group) return
    actor.group?.delete(actor)
    group?.add(actor)
    actor.group = group
  }

  #groupOf(actor: Actor): Set<Actor> | undefined {
    const state = this.#state(actor)
    if (state === 'running') return this.#running
    if (state !== 'waiting') return undefined
    const key = `${actor.behavior}\n${waitOf(actor)}`
    let group = this.#waiting.get(key)
    if (group === undefined) this.#waiting.set(key, (group = new Set()))
    return group
  }

  /** Undefined where it was not there. */
  #state({ ageMs, final, first, newest }: Actor): StateName | undefined {
    if (newest !== undefined) return newest.to
    return ageMs < this.#agoMs ? undefined : (first?.from ?? final?.state)
  }

  /** Infinity where that is longer ago than the rows reach. */
  #since({ first, newest, final }: Actor): number {
    if (newest !== undefined) return newest.agoMs
    if (first !== undefined || final === undefined) return Infinity
    return final.ms >= this.#agoMs ? final.ms : Infinity
  }

  /** Of one that is in a group. */
  #standing(one: Actor): Standing {
    const since = this.#since(one)
    return {
      actor: one.id,
      behavior: one.behavior,
      state: this.#state(one)!,
      wait: waitOf(one),
      since: since === Infinity ? undefined : since,
    }
  }

  #oldest(group: ReadonlySet<Actor>): Standing {
    let oldest: Actor | undefined
    let longest = -1
    for (const actor of group) {
      const since = this.#since(actor)
      if (since > longest) [oldest, longest] = [actor, since]
      // Nobody has waited for longer than since before all that is known.
      if (longest === Infinity) break
    }
    return this.#standing(oldest!)
  }
}

/** The class of its wait, where that is known. */
function waitOf({ final, first, newest }: Actor): string {
  if (newest !== undefined) return newest.wait ?? ''
  return first === undefined ? (final?.wait?.class ?? '') : ''
}

function longestFirst(a: Standing, b: Standing): number {
  return (b.since ?? Infinity) - (a.since ?? Infinity) || 0
}
