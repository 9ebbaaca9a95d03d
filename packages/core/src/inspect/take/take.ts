// Taking a dump: every actor, in one consistent cut. What the table has is copied in one turn of the loop; the rest is
// read at once (`takeDump`), or in the turns that follow (`dumpSystem`), so that the loop is never held for long.
//
//   cut ─▶ words and what objects tell, at most `sliceMs` ─▶ the loop turns ─▶ more of it … ─▶ dump

import type { Actor } from '../../actor.ts'
import { messageType } from '../../message-type.ts'
import type { System } from '../../system.ts'
import {
  beginDump,
  collect,
  type Describe,
  type DumpOptions,
  laterThan,
  openDump,
  type Opened,
  wordsOf,
} from './assemble.ts'
import { type Cut, dropCut } from './cut.ts'
import { describeActor } from './describe.ts'
import type { ActorRow, Dump } from '../dump.ts'
import { runAtOnce, runInSlices } from './slices.ts'
import { wordRow } from '../words.ts'

export interface SlicedDumpOptions extends DumpOptions {
  /** How long the loop is held at one time after the cut. Default 4. */
  sliceMs?: number
}

const largestDump = 100_000

/** Reads the whole system at once: for small systems, and for a process that is about to end. */
export function takeDump(system: System, options: DumpOptions = {}): Dump {
  const started = system.clock.now()
  const begun = beginDump(system, options)
  const describe: Describe = (at, row) => describeActor(system.actors[at]!, row, begun.cut.at)
  const opening = openDump(system, begun, { limit: Infinity, ...options }, describe)
  const dump = runAtOnce(wholeDump(opening, begun.cut))
  return { ...dump, tookMs: system.clock.now() - started }
}

/** Reads the whole system and lets the loop turn in between. */
export async function dumpSystem(system: System, options: SlicedDumpOptions = {}): Promise<Dump> {
  const { clock } = system
  const { sliceMs = 4 } = options
  const begun = beginDump(system, options)
  const tookMs = clock.now() - begun.cut.at
  const describe = laterThan(system, begun.cut)
  const opening = openDump(system, begun, { limit: largestDump, ...options }, describe)
  const dump = await runInSlices(wholeDump(opening, begun.cut), clock, sliceMs)
  return { ...dump, tookMs, described: 'later', lateMs: clock.now() - begun.cut.at }
}

function* wholeDump(opening: Generator<void, Opened>, cut: Cut): Generator<void, Opened['dump']> {
  try {
    const { dump, rows } = yield* opening
    return { ...dump, actors: yield* collect(rows) }
  } finally {
    dropCut(cut)
  }
}

/** One actor's row, in words. */
export function readActor(system: System, actor: Actor, now: number): ActorRow {
  const row = wordRow(system.table, actor.row, now, wordsOf(system))
  if (system.current === actor) row.message = messageType(system.message)
  if (system.isOrphan(actor)) row.orphan = true
  describeActor(actor, row, now)
  return row
}
