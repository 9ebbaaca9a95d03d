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
import { type ActorFilter, createSieve } from './filter.ts'
import { groupRows } from './group-rows.ts'
import { groupActors } from '../map/groups.ts'
import { type Words, wordRow, wordSites } from '../words.ts'

export interface DumpOptions {
  /** Actors listed. Default Infinity for `takeDump`, 100,000 for `dumpSystem`. */
  limit?: number
  /** Tombstones listed. Default 100. */
  tombstones?: number
  /** Only these actors: asked of the table, before a row becomes an object. */
  filter?: ActorFilter
  /** Only actors for which this is true: asked of what is left then. */
  where?: (actor: ActorRow) => boolean
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
  /** How many rows come; undefined when only they themselves can tell. */
  readonly shown: number | undefined
}

/** Finds the rows, in steps. */
export function* openDump(
  system: System,
  { cut, head, tombstones }: Begun,
  options: DumpOptions & { limit: number },
  describe: Describe,
): Generator<void, Opened> {
  const { where, limit, filter, rank, groups = false } = options
  const words = wordsOf(system)
  const sieve = createSieve(filter ?? {}, cut.at, (name) => system.names.find(name))
  // What only a row in words can tell has to be asked of all of them.
  const most = groups || where !== undefined ? Infinity : limit
  const found = yield* selectRows(cut, sieve, most, rank)
  const sites: Record<string, Site> = {}
  const dump: Omit<Dump, 'tookMs'> = {
    schema: 'sluice.dump/1',
    ...head,
    total: found.total,
    ...(filter && where === undefined && { matched: found.matched }),
    actors: [],
    population: found.population,
    orphans: found.orphans.size,
    sites,
    tombstones: tombstones.map((tombstone) => readTombstone(tombstone, cut.at)),
  }
  const rows = readRows(cut, found, words, describe, { where, sites, limit: groups ? most : limit })
  if (!groups) {
    return { dump, rows, shown: where === undefined ? found.rows.length : undefined }
  }
  if (where === undefined) {
    dump.groups = yield* groupRows(cut, found, words)
    for (const { site } of dump.groups) wordSites(site, words, sites)
  } else dump.groups = groupActors({ actors: yield* collect(rows) })
  return { dump, rows: [], shown: 0 }
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
  {
    where,
    sites,
    limit,
  }: { where: DumpOptions['where']; sites: Record<string, Site>; limit: number },
): Generator<ActorRow | undefined, void> {
  let left = limit
  for (let i = 0; i < found.rows.length && left > 0; i++) {
    if (i % rowsPerStep === 0) yield undefined
    const at = found.rows[i]!
    const row = wordRow(cut.table, at, cut.at, words)
    if (found.orphans.has(at)) row.orphan = true
    describe(at, row)
    if (where !== undefined && !where(row)) continue
    left--
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
