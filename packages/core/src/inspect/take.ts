// Taking a dump: every actor, in one consistent cut. What the table has is copied in one turn of the loop; the rest is
// read at once (`takeDump`), or in the turns that follow (`dumpSystem`), so that the loop is never held for long.
//
//   cut ─▶ words and what objects tell, at most `sliceMs` ─▶ the loop turns ─▶ more of it … ─▶ dump

import type { Actor } from '../actor.ts'
import { formatEnd } from '../ends.ts'
import { messageType } from '../message-type.ts'
import type { Site } from '../sites.ts'
import type { System } from '../system.ts'
import type { Tombstone } from '../tombstones.ts'
import { type Cut, type Rank, selectRows } from './cut.ts'
import { describeActor } from './describe.ts'
import type { ActorRow, Dump, TombstoneRow } from './dump.ts'
import { type ActorFilter, createSieve } from './filter.ts'
import { groupActors } from './groups.ts'
import { groupRows } from './group-rows.ts'
import { runAtOnce, runInSlices } from './slices.ts'
import { type Words, wordRow, wordSites } from './words.ts'

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

export interface SlicedDumpOptions extends DumpOptions {
  /** How long the loop is held at one time after the cut. Default 4. */
  sliceMs?: number
}

const largestDump = 100_000
/** Rows between two places where one may stop for a while. */
const rowsPerStep = 16

/** Reads the whole system at once: for small systems, and for a process that is about to end. */
export function takeDump(system: System, options: DumpOptions = {}): Dump {
  const started = system.clock.now()
  const begun = begin(system, options)
  const describe: Describe = (at, row) => describeActor(system.actors[at]!, row, begun.cut.at)
  const dump = runAtOnce(finish(system, begun, { limit: Infinity, ...options }, describe))
  return { ...dump, tookMs: system.clock.now() - started }
}

/** Reads the whole system and lets the loop turn in between. */
export async function dumpSystem(system: System, options: SlicedDumpOptions = {}): Promise<Dump> {
  const { clock } = system
  const { sliceMs = 4, ...rest } = options
  const begun = begin(system, options)
  const tookMs = clock.now() - begun.cut.at
  const describe = laterThan(system, begun.cut)
  const work = finish(system, begun, { limit: largestDump, ...rest }, describe)
  const dump = await runInSlices(work, clock, sliceMs)
  return { ...dump, tookMs, described: 'later', lateMs: clock.now() - begun.cut.at }
}

/** One actor's row, in words. */
export function readActor(system: System, actor: Actor, now: number): ActorRow {
  const row = wordRow(system.table, actor.row, now, wordsOf(system))
  if (system.current === actor) row.message = messageType(system.message)
  if (system.isOrphan(actor)) row.orphan = true
  describeActor(actor, row, now)
  return row
}

/** Adds what the table does not have to the row at this place of it. */
type Describe = (at: number, row: ActorRow) => void

/** What is read in the turn of the cut. */
interface Begun {
  readonly cut: Cut
  readonly head: Pick<Dump, 'takenAt' | 'uptimeMs' | 'ends' | 'counters'>
  readonly tombstones: readonly Tombstone[]
}

function begin(system: System, { tombstones = 100 }: DumpOptions): Begun {
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

/** The rest, in steps. */
function* finish(
  system: System,
  { cut, head, tombstones }: Begun,
  options: DumpOptions & { limit: number },
  describe: Describe,
): Generator<void, Omit<Dump, 'tookMs'>> {
  const { where, limit, filter, rank } = options
  const words = wordsOf(system)
  const sieve = createSieve(filter ?? {}, cut.at, (name) => system.names.find(name))
  // What only a row in words can tell has to be asked of all of them.
  const every = where !== undefined || options.groups === true
  const found = yield* selectRows(cut, sieve, every ? Infinity : limit, rank)
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
  if (options.groups === true && where === undefined) {
    dump.groups = yield* groupRows(cut, found, words)
    for (const { site } of dump.groups) wordSites(site, words, sites)
    return dump
  }
  const { actors } = dump
  const most = options.groups === true ? Infinity : limit
  for (let i = 0; i < found.rows.length && actors.length < most; i++) {
    if (i % rowsPerStep === 0) yield
    const at = found.rows[i]!
    const row = wordRow(cut.table, at, cut.at, words)
    if (found.orphans.has(at)) row.orphan = true
    describe(at, row)
    if (where !== undefined && !where(row)) continue
    actors.push(row)
    wordSites(row.site, words, sites)
  }
  if (options.groups === true) {
    dump.groups = groupActors(dump)
    dump.actors = []
  }
  return dump
}

/** Objects are younger than the cut: says where that may show. */
function laterThan({ actors, table }: System, cut: Cut): Describe {
  return (at, row) => {
    const actor = actors[at]
    if (actor === undefined || actor.generation !== cut.table.generation[at]) {
      row.later = 'gone'
      return
    }
    describeActor(actor, row, cut.at)
    const stepped = table.lastRecord[at] !== cut.table.lastRecord[at]
    const ended = row.ending !== undefined && cut.table.endedAt[at] === Infinity
    if (stepped || ended) row.later = 'moved'
  }
}

function wordsOf({ names, sites }: System): Words {
  return { name: (code) => names.name(code), site: (code) => sites.at(code) }
}

function readTombstone(tombstone: Tombstone, now: number): TombstoneRow {
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
