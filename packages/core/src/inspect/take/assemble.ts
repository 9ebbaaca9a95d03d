// How a dump comes together: what has to be read in the turn of the cut, which rows are wanted, and those rows in words, one
// after the other, so that whoever takes them may stop between any two.
//
//   begin (one turn) ─▶ open: filter, rank, group (in steps) ─▶ rows (one at a time)

import { formatEnd } from '../../ends.ts'
import { messageType } from '../../message-type.ts'
import type { Site } from '../../sites.ts'
import type { System } from '../../system.ts'
import type { Tombstone } from '../../tombstones.ts'
import { type Cut, type Rank, type Selection, selectRows } from './cut.ts'
import { describeActor } from './describe.ts'
import type { ActorRow, Dump, TombstoneRow } from '../dump.ts'
import { type Family, findFamily } from './family.ts'
import { type ActorFilter, createSieve, type Sieve } from './filter.ts'
import { groupRows } from './group-rows.ts'
import { createSearch } from './search.ts'
import { type Words, wordRow, wordSites } from '../words.ts'

export interface DumpOptions {
  /** Actors listed. Default Infinity for `takeDump`, 100,000 for `dumpSystem`. */
  limit?: number
  /** Tombstones listed. Default 100. */
  tombstones?: number
  /** Only these actors: asked of the table, before a row becomes an object. */
  filter?: ActorFilter
  /** Only those with this text in their id, behaviour or label: asked of what is left then. */
  search?: string
  /** So many of the first are left out. Default 0. */
  skip?: number
  /** With the number of each one's children, and with those above. */
  family?: boolean
  /** Groups instead of actors: no row becomes an object, and all that pass the filter are in them. */
  groups?: boolean
  /** Those rows for which this is greatest, the greatest first; asked of a copy of the table. Default: in row order. */
  rank?: Rank
}

/** Rows between two places where one may stop for a while. */
const rowsPerStep = 16

/** Adds what the table does not have to the row at this place of it. */
export type Describe = (at: number, row: ActorRow) => void

/** What is read in the turn of the cut. */
export interface Begun {
  readonly cut: Cut
  readonly head: Pick<Dump, 'takenAt' | 'uptimeMs' | 'ends' | 'counters'>
  readonly tombstones: readonly Tombstone[]
}

export function beginDump(system: System, { tombstones = 100 }: DumpOptions): Begun {
  const { clock, current, names } = system
  const at = clock.now()
  const table = system.table.copy()
  // A dump taken by a handler says what that handles: the table knows only of those that await something.
  if (current !== undefined) table.message[current.row] = names.code(messageType(system.message))
  const { ends, ...counters } = system.counters
  return {
    cut: { at, table, torn: 0 },
    head: {
      takenAt: new Date(clock.wall()).toISOString(),
      uptimeMs: at - system.startedAt,
      ends: { ...ends },
      counters,
    },
    tombstones: system.tombstones.list(tombstones),
  }
}

/** What a dump is made of, once its rows are found. */
export interface Opened {
  /** With its groups, or with no actors in it. */
  readonly dump: Omit<Dump, 'tookMs'>
  /** Those that belong into it; their sites are in `dump.sites` when they come. Undefined is a place to stop for a while. */
  readonly rows: Iterable<ActorRow | undefined>
  /** How many rows come. */
  readonly shown: number
}

/** Finds the rows, in steps. */
export function* openDump(
  system: System,
  { cut, head, tombstones }: Begun,
  options: DumpOptions & { limit: number },
  describe: Describe,
): Generator<void, Opened> {
  const { limit, skip = 0, filter, search, rank, groups = false } = options
  const words = wordsOf(system)
  const sieve = createSieve(filter ?? {}, cut.at, (name) => system.names.find(name))
  const finds = search === undefined ? undefined : createSearch(system, search)
  const passes: Sieve =
    finds === undefined
      ? sieve
      : (table, row, orphans) => sieve(table, row, orphans) && finds(table, row)
  const found = yield* selectRows(cut, passes, groups ? { limit: Infinity } : { skip, limit }, rank)
  const sites: Record<string, Site> = {}
  const dump: Omit<Dump, 'tookMs'> = {
    schema: 'sluice.dump/1',
    ...head,
    total: found.total,
    ...((filter || finds) && { matched: found.matched }),
    actors: [],
    population: found.population,
    orphans: found.orphans.size,
    sites,
    tombstones: tombstones.map((tombstone) => readTombstone(tombstone, cut.at)),
  }
  if (groups) {
    dump.groups = yield* groupRows(cut, found, words)
    for (const { site } of dump.groups) wordSites(site, words, sites)
    return { dump, rows: [], shown: 0 }
  }
  const family = options.family ? yield* findFamily(cut, found.rows) : undefined
  const read = (rows: Selection['rows']): Generator<ActorRow | undefined, void> =>
    readRows(cut, { ...found, rows }, words, describe, sites, family)
  if (family) dump.above = yield* collect(read(family.above))
  return { dump, rows: read(found.rows), shown: found.rows.length }
}

/** All rows, in steps. */
export function* collect(rows: Iterable<ActorRow | undefined>): Generator<void, ActorRow[]> {
  const all: ActorRow[] = []
  for (const row of rows) {
    if (row === undefined) yield
    else all.push(row)
  }
  return all
}

function* readRows(
  cut: Cut,
  found: Selection,
  words: Words,
  describe: Describe,
  sites: Record<string, Site>,
  family: Family | undefined,
): Generator<ActorRow | undefined, void> {
  for (let i = 0; i < found.rows.length; i++) {
    if (i % rowsPerStep === 0) yield undefined
    const at = found.rows[i]!
    const row = wordRow(cut.table, at, cut.at, words)
    if (found.orphans.has(at)) row.orphan = true
    if (family) row.children = family.children[at]!
    describe(at, row)
    wordSites(row.site, words, sites)
    yield row
  }
}

/** Objects are younger than the cut: says where that may show. */
export function laterThan({ actors, table }: System, cut: Cut): Describe {
  return (at, row) => {
    const actor = actors[at]
    if (actor === undefined || actor.generation !== cut.table.generation[at]) {
      row.later = 'gone'
      return
    }
    describeActor(actor, row, cut.at)
    const copy = cut.table
    // Where there is no recorder, two of these tell of all but what took no time.
    const stepped =
      table.lastRecord[at] !== copy.lastRecord[at] ||
      table.since[at] !== copy.since[at] ||
      table.handled[at] !== copy.handled[at]
    const ended = row.ending !== undefined && copy.endedAt[at] === Infinity
    if (stepped || ended) row.later = 'moved'
  }
}

export function wordsOf({ names, sites }: System): Words {
  return { name: (code) => names.name(code), site: (code) => sites.at(code) }
}

/** What a dead actor left, in words. `now` is the clock's. */
export function readTombstone(tombstone: Tombstone, now: number): TombstoneRow {
  return {
    id: tombstone.id,
    behavior: tombstone.behavior,
    label: tombstone.label,
    ...(tombstone.parent !== '' && { parent: tombstone.parent }),
    code: tombstone.end.code,
    end: formatEnd(tombstone.end),
    agoMs: now - tombstone.diedAt,
    livedMs: tombstone.diedAt - tombstone.spawnedAt,
    handled: tombstone.handled,
    restarts: tombstone.restarts,
    trail: tombstone.trail.map((step) =>
      step.to === 'waiting' ? `${step.to}(${step.wait})` : step.to,
    ),
  }
}
