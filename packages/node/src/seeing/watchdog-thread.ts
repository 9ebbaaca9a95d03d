// The watchdog's thread: looks whether the loop of the main thread turns, and whether its heap has room. When that is not
// so it writes a dump by itself, from the memory that both share, as the main thread may never do anything again.

import { parentPort, workerData } from 'node:worker_threads'
import {
  type Dump,
  type DumpReason,
  jsonPieces,
  readFlight,
  readRunning,
  readShared,
  type RunningActor,
  sharedNow,
  type StackFrame,
} from '@sluice/core'
import { Archive } from './archive.ts'
import { Beat } from './beat.ts'
import { Cooldown } from './cooldown.ts'
import { DumpTurn, type Writer } from './dump-turn.ts'
import type { DumpOutcome } from './dumper.ts'
import { HeapMeter } from './heap.ts'
import { takeMainStack } from './main-stack.ts'
import { beatMsFor, StallMeter } from './stall.ts'
import type { WatchdogOrder, WatchdogReport } from './watchdog.ts'

const order = workerData as WatchdogOrder
const { shared, options, node } = order
const beat = new Beat(order.beat)
const turn = new DumpTurn(order.turn)
const archive = new Archive({ ...options, dir: order.folder })
const stalls = new StallMeter(options.stallMs)
const heap = new HeapMeter(options.heapShare)
const cooldown = new Cooldown()
/** This stall has had its dump, or was told that it gets none. */
let dumped = false

setInterval(look, beatMsFor(options.stallMs))
tell({ type: 'started' })

function look(): void {
  const { stalled, quietMs, endedMs } = stalls.look(performance.now(), beat.beats)
  if (endedMs !== undefined) {
    dumped = false
    tell({ type: 'ended', ms: Math.round(endedMs) })
  }
  const { heap_used_bytes: used, heap_limit_bytes: limit } = beat.figures
  if (stalled && !dumped) {
    dumped = true
    const reason: DumpReason = {
      trigger: 'stall',
      value: Math.round(quietMs),
      threshold: options.stallMs,
    }
    start(reason, dumpStall, 'loop')
  } else if (heap.look(used, limit)) {
    const detail = `heap ${megabytes(used)} of ${megabytes(limit)} MB`
    start({ trigger: 'heap', detail, value: used, threshold: options.heapShare * limit }, dumpHeap)
  }
}

/** Looks go on while it is written, so that the end of a stall is seen. */
function start(
  reason: DumpReason,
  take: (reason: DumpReason) => Promise<Dump>,
  ...beside: Writer[]
): void {
  const skip = (why: 'busy' | 'cooldown'): void =>
    tell({ type: 'dumped', reason, outcome: { what: 'skipped', why } })
  if (!turn.take('watchdog', ...beside)) return skip('busy')
  if (!cooldown.pass(reason.trigger, performance.now(), options.cooldownMs)) {
    turn.give('watchdog')
    return skip('cooldown')
  }
  void write(reason, take).then((outcome) => {
    turn.give('watchdog')
    tell({ type: 'dumped', reason, outcome })
  })
}

async function write(
  reason: DumpReason,
  take: (reason: DumpReason) => Promise<Dump>,
): Promise<DumpOutcome> {
  try {
    const dump = await take(reason)
    const name = { at: Date.parse(dump.takenAt), node: node.name, trigger: reason.trigger }
    return { what: 'written', dump: archive.writeSync(name, jsonPieces(dump)) }
  } catch (error) {
    return { what: 'failed', error: error instanceof Error ? error.message : String(error) }
  }
}

/** With the stack that the loop stands in, and what happened before it stood still. */
async function dumpStall(reason: DumpReason): Promise<Dump> {
  const stoodAt = performance.now() - (reason.value ?? 0)
  const { beats, debugged } = beat
  const glance = (): Moment => ({ turned: beat.beats !== beats, running: readRunning(shared) })
  const { turned, running, ...found } = debugged
    ? { ...glance(), why: 'no stack: a debugger may be attached' }
    : await takeMainStack(glance)
  // Not while the main thread is held for its stack: so many rows take their time.
  const dump = dumpShared(reason, performance.now() - stoodAt)
  const notes = dump.notes ?? []
  if (beat.beats !== beats) notes.push('the loop turned again before this was read')
  // Where it was found later is not where it stood.
  if (turned) notes.push('no stack: the loop turned again before it could be read')
  else if ('stack' in found) dump.stack = found.stack
  else notes.push(found.why)
  reason.detail = detailOf(turned ? undefined : running, dump.stack)
  return { ...dump, notes }
}

/** What is looked at while the main thread is held. */
interface Moment {
  turned: boolean
  running: RunningActor | undefined
}

function dumpHeap(reason: DumpReason): Promise<Dump> {
  return Promise.resolve(dumpShared(reason, 0))
}

/** Of the flight, the seconds before the loop stood still: in the time since, nothing moved. */
const flightMs = 5_000

function dumpShared(reason: DumpReason, stoodMs: number): Dump {
  const { heap_used_bytes, heap_limit_bytes, sockets, clients, rooms } = beat.figures
  // Of one moment: a reader takes transitions back from what the actors are.
  const now = sharedNow(shared)
  return {
    ...readShared(shared, { now, limit: options.maxActors }),
    node,
    reason,
    facts: {
      heap_used_bytes,
      heap_limit_bytes,
      sockets,
      clients,
      rooms,
      rss_bytes: process.memoryUsage.rss(),
    },
    flight: readFlight(shared, { now, lastMs: flightMs + stoodMs }),
  }
}

/** `ending 5 in countToNothing (ending.ts:30)` */
function detailOf(
  running: RunningActor | undefined,
  stack: readonly StackFrame[] | undefined,
): string {
  const who = running === undefined ? '' : `${running.behavior} ${running.id}`
  // Not a function of Node's, but the one that called it.
  const frame = stack?.find(({ at }) => !at.startsWith('node:')) ?? stack?.[0]
  const where = frame === undefined ? '' : `in ${frame.function} (${frame.at})`
  return `${who} ${where}`.trim()
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_048_576)
}

function tell(report: WatchdogReport): void {
  parentPort?.postMessage(report)
}
