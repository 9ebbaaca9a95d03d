// Taking a dump: every actor, in one consistent cut. What the table has is copied in one turn of the loop; the rest is
// read at once (`takeDump`), or in the turns that follow (`dumpSystem`), so that the loop is never held for long.
//
//   cut ─▶ words and what objects tell, at most `sliceMs` ─▶ the loop turns ─▶ more of it … ─▶ dump

import type { Actor } from '../actor.ts'
import { formatEnd } from '../ends.ts'
import { messageType } from '../message-type.ts'
import type { System } from '../system.ts'
import type { Tombstone } from '../tombstones.ts'
import { type ActorFilter, type Cut, cutRow, resolveFilter, takeCut } from './cut.ts'
import { describeActor } from './describe.ts'
import type { ActorRow, Dump, TombstoneRow } from './dump.ts'
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
  /** Those rows of the table for which this is greatest, the greatest first. Default: in row order. */
  rank?: (row: number) => number
}

export interface SlicedDumpOptions extends DumpOptions {
  /** How long the loop is held at one time after the cut. Default 4. */
  sliceMs?: number
}

const largestDump = 100_000
/** Rows between two looks at the clock. */
const rowsPerLook = 16

/** Reads the whole system at once: for small systems, and for a process that is about to end. */
export function takeDump(system: System, options: DumpOptions = {}): Dump {
  const started = system.clock.now()
  const { where, limit = Infinity } = options
  const dump = startDump(system, options, limit)
  const { cut, actors } = dump
  for (let place = 0; place < cut.count && actors.length < limit; place++) {
    const row = wordRow(cut, place, dump.words)
    describeActor(system.actors[cut.row[place]!]!, row, cut.at)
    if (where === undefined || where(row)) actors.push(row)
  }
  return finishDump(dump, system.clock.now() - started)
}

/** Reads the whole system and lets the loop turn in between. */
export async function dumpSystem(system: System, options: SlicedDumpOptions = {}): Promise<Dump> {
  const { clock } = system
  const started = clock.now()
  const { where, limit = largestDump, sliceMs = 4 } = options
  const dump = startDump(system, options, limit)
  const { cut, actors } = dump
  const tookMs = clock.now() - started
  let until = 0
  for (let place = 0; place < cut.count && actors.length < limit; place++) {
    if (place % rowsPerLook === 0 && clock.now() >= until) {
      await new Promise<void>((resolve) => clock.soon(resolve))
      until = clock.now() + sliceMs
    }
    const row = wordRow(cut, place, dump.words)
    describeLater(system, cut, place, row)
    if (where === undefined || where(row)) actors.push(row)
  }
  return { ...finishDump(dump, tookMs), described: 'later', lateMs: clock.now() - cut.at }
}

/** One actor's row, in words. */
export function readActor(system: System, actor: Actor, now: number): ActorRow {
  const cut = cutRow(system.table, actor.row, now)
  if (system.isOrphan(actor)) cut.orphan[0] = 1
  tellRunning(system, cut)
  const row = wordRow(cut, 0, wordsOf(system))
  describeActor(actor, row, now)
  return row
}

/** What was read in the turn of the cut. */
interface Begun {
  readonly cut: Cut
  readonly words: Words
  readonly actors: ActorRow[]
  readonly dump: Omit<Dump, 'tookMs' | 'actors' | 'sites'>
}

function startDump(system: System, options: DumpOptions, limit: number): Begun {
  const { clock, names, table } = system
  const at = clock.now()
  const { filter = {}, where, rank, tombstones = 100 } = options
  const sieve = resolveFilter(filter, at, (name) => names.find(name))
  const cut = takeCut(table, at, sieve, where === undefined ? limit : Infinity, { rank })
  tellRunning(system, cut)
  const { ends, ...counters } = system.counters
  return {
    cut,
    words: wordsOf(system),
    actors: [],
    dump: {
      schema: 'sluice.dump/1',
      takenAt: new Date(clock.wall()).toISOString(),
      uptimeMs: at - system.startedAt,
      total: cut.total,
      ...(where === undefined && options.filter && { matched: cut.matched }),
      population: cut.population,
      orphans: cut.orphans,
      ends: { ...ends },
      counters,
      tombstones: system.tombstones
        .list(tombstones)
        .map((tombstone) => readTombstone(tombstone, at)),
    },
  }
}

function finishDump({ dump, words, actors }: Begun, tookMs: number): Dump {
  return { ...dump, tookMs, actors, sites: wordSites(actors, words) }
}

/** A dump taken by a handler says what that handles: the table knows only of those that await something. */
function tellRunning({ current, message, names }: System, cut: Cut): void {
  if (current === undefined) return
  const place = cut.row.indexOf(current.row)
  if (place >= 0) cut.message[place] = names.code(messageType(message))
}

/** Objects are younger than the cut: says where that may show. */
function describeLater(system: System, cut: Cut, place: number, row: ActorRow): void {
  const at = cut.row[place]!
  const actor = system.actors[at]
  if (actor === undefined || actor.generation !== cut.generation[place]) {
    row.later = 'gone'
    return
  }
  // To the moment of the cut, as all other times.
  describeActor(actor, row, cut.at)
  if (system.table.lastRecord[at] !== cut.lastRecord[place]) row.later = 'moved'
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
