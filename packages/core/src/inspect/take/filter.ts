// Which actors: asked of the table's numbers, before any object is made, so that one actor of a million costs no million
// objects.

import { State, type StateName, states } from '../../lifecycle.ts'
import { noRow, type Table, type WaitClass, waitCode } from '../../table.ts'

/** What is asked of an actor; all of it has to be so. */
export interface ActorFilter {
  state?: StateName
  behavior?: string
  wait?: WaitClass
  /** In its state for at least so long. */
  minMs?: number
  /** Messages in its mailbox, at least. */
  minMailbox?: number
  /** A child of the actor with this id. */
  parent?: string
  /** This one alone. */
  id?: string
  /** Its row is before that of the one with this id: how many these are is the place of that one in a list. */
  before?: string
  /** It lives on although its grace time is over. */
  orphan?: true
  /** It waits, or has been in one handler for at least so long. */
  blockedMs?: number
  /** One of these ids, or a child of one. */
  among?: ReadonlySet<string>
  /** The actor with this id, all below it, and who waits on it. */
  around?: string
}

/** The same in the table's own numbers; says whether a live row passes. */
export type Sieve = (table: Table, row: number, orphans: ReadonlySet<number>) => boolean

interface Place {
  readonly row: number
  readonly generation: number
}

/** `now` is the clock's; `code` gives the number of a name, if it has one. */
export function createSieve(
  filter: ActorFilter,
  now: number,
  code: (name: string) => number | undefined,
): Sieve {
  const state = filter.state === undefined ? -1 : states.indexOf(filter.state)
  const wait = filter.wait === undefined ? -1 : waitCode[filter.wait]
  const behavior = filter.behavior === undefined ? -1 : code(filter.behavior)
  const self = placeOf(filter.id)
  const parent = placeOf(filter.parent)
  const before = placeOf(filter.before)
  const latest = now - (filter.minMs ?? -Infinity)
  const minMailbox = filter.minMailbox ?? 0
  const orphan = filter.orphan ?? false
  const longest = filter.blockedMs === undefined ? -Infinity : now - filter.blockedMs
  const among = filter.among && placesOf(filter.among)
  const around = placeOf(filter.around)
  // Something that nobody can have.
  if (behavior === undefined || self === undefined || before === undefined) return () => false
  if (parent === undefined || around === undefined) return () => false
  return (table, row, orphans) => {
    const is = table.state[row]!
    if (state >= 0 && is !== state) return false
    if (wait >= 0 && (is !== State.waiting || table.waitClass[row] !== wait)) return false
    if (behavior >= 0 && table.behavior[row] !== behavior) return false
    if (table.since[row]! > latest || table.depth[row]! < minMailbox) return false
    if (orphan && !orphans.has(row)) return false
    if (before !== anywhere && row >= before.row) return false
    if (longest !== -Infinity && is !== State.waiting) {
      if (is !== State.running || table.since[row]! > longest) return false
    }
    if (among && !holds(table, row, among) && !holds(table, table.parent[row]!, among)) return false
    if (around !== anywhere && !isAround(table, row, around)) return false
    return (
      (self === anywhere || stands(table, row, self)) &&
      (parent === anywhere || stands(table, table.parent[row]!, parent))
    )
  }
}

const anywhere: Place = { row: -1, generation: 0 }

function stands(table: Table, row: number, place: Place): boolean {
  return row === place.row && table.generation[row] === place.generation
}

function isAround(table: Table, row: number, place: Place): boolean {
  if (table.waitClass[row] !== 0 && table.waitRow[row] === place.row) {
    if (table.waitGeneration[row] === place.generation) return true
  }
  let at = row
  while (at !== noRow && at !== place.row) at = table.parent[at]!
  return stands(table, at, place)
}

function holds(table: Table, row: number, places: ReadonlyMap<number, number>): boolean {
  const generation = places.get(row)
  return generation !== undefined && generation === table.generation[row]
}

function placesOf(ids: Iterable<string>): Map<number, number> {
  const places = new Map<number, number>()
  for (const id of ids) {
    const place = placeOf(id)
    if (place !== undefined) places.set(place.row, place.generation)
  }
  return places
}

/** Row and generation of an id: `7f3a`, `7f3a.2`; anywhere without one. Undefined for what is none. */
function placeOf(id: string | undefined): Place | undefined {
  if (id === undefined) return anywhere
  const match = /^([0-9a-f]{1,8})(?:\.([0-9a-f]{1,8}))?$/.exec(id)
  if (match === null) return undefined
  return {
    row: Number.parseInt(match[1]!, 16),
    generation: Number.parseInt(match[2] ?? '0', 16),
  }
}
