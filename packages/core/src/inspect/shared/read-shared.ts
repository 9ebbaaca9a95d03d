// Reading a system from another thread, with no help from its own, which may be stuck, or in the middle of a step. A row
// is taken only when it agrees with itself and with its newest record, and was not written to meanwhile; the kernel
// writes in an order that makes this true (table.ts, recorder.ts: what completes a change is written last).
//
// Not to be had from here: labels, `describe()`, deadlines of contexts, counters, tombstones. They live in objects.

import { compile } from '../../compile.ts'
import { eventCount, eventNames, lifecycle, State, states } from '../../lifecycle.ts'
import { otherName } from '../../names.ts'
import { entryAt, Recorder, type RecorderEntry } from '../../recorder.ts'
import { readSites, type Site } from '../../sites.ts'
import { idOf, noRow, Table, waitClasses } from '../../table.ts'
import { readTexts } from '../../texts.ts'
import { type Cut, selectRows } from '../take/cut.ts'
import type { ActorRow, Dump, FlightRow } from '../dump.ts'
import { type ActorFilter, createSieve } from '../take/filter.ts'
import { type SharedSystem, sharedNow } from './share.ts'
import { runAtOnce } from '../take/slices.ts'
import { type Words, wordRow, wordSites } from '../words.ts'

export interface SharedDumpOptions {
  /** The system's clock. Default: the host's. */
  now?: number
  /** When the dump is taken, for people. Default: now. */
  wall?: number
  /** Actors listed. Default 100,000. */
  limit?: number
  /** Only these actors. */
  filter?: ActorFilter
}

export interface FlightOptions {
  /** The system's clock. Default: the host's. */
  now?: number
  /** How far back. Default 5,000. */
  lastMs?: number
  /** Transitions listed, the newest. Default 10,000. */
  limit?: number
}

/** An actor whose handler runs. */
export interface RunningActor {
  id: string
  behavior: string
  /** Since so long. */
  ms: number
  /** `type` of the message, of a handler that has awaited something; nobody writes it down for the others. */
  message?: string
  /** It goes on after an await, so the kernel does not know that it is on the stack: the last one that went on. */
  resumed?: true
}

/** How often a row that is being written is looked at again. */
const looks = 16

/** A dump of what is in shared memory: rows, names, sites. */
export function readShared(shared: SharedSystem, options: SharedDumpOptions = {}): Dump {
  const { now = sharedNow(shared), wall = Date.now(), limit = 100_000, filter } = options
  const started = performance.now()
  const cut = copyShared(tableOf(shared), recorderOf(shared), now)
  const words = readWords(shared)
  const sieve = createSieve(filter ?? {}, now, words.code)
  const found = runAtOnce(selectRows(cut, sieve, { limit }))
  const actors: ActorRow[] = []
  const sites: Record<string, Site> = {}
  for (const at of found.rows) {
    const row = wordRow(cut.table, at, now, words)
    if (found.orphans.has(at)) row.orphan = true
    actors.push(row)
    wordSites(row.site, words, sites)
  }
  return {
    schema: 'sluice.dump/1',
    takenAt: new Date(wall).toISOString(),
    uptimeMs: now - shared.startedAt,
    tookMs: 0,
    total: found.total,
    ...(filter && { matched: found.matched }),
    described: 'never',
    lateMs: performance.now() - started,
    actors,
    population: found.population,
    orphans: found.orphans.size,
    sites,
    ends: {},
    counters: {},
    tombstones: [],
    notes: notesOf(cut),
  }
}

/** The last transitions, the oldest first. */
export function readFlight(shared: SharedSystem, options: FlightOptions = {}): FlightRow[] {
  const { now = sharedNow(shared), lastMs = 5_000, limit = 10_000 } = options
  const entries = lastEntries(recorderOf(shared), now - lastMs, limit)
  const words = readWords(shared)
  return entries.map(({ row, generation, behavior, event, from, to, wait, at }) => ({
    agoMs: Math.max(0, now - at),
    actor: idOf(row, generation),
    behavior: words.name(behavior),
    event: eventNames[event]!,
    from: states[from]!,
    to: states[to]!,
    ...(wait !== 0 && { wait: waitClasses[wait]! }),
  }))
}

function lastEntries(recorder: Recorder, since: number, limit: number): RecorderEntry[] {
  const { next } = compile(lifecycle, { states, events: eventNames })
  const found: RecorderEntry[] = []
  const head = Atomics.load(recorder.head, 0)
  let later = Infinity
  for (let back = 0; back < recorder.capacity && found.length < limit; back++) {
    const sequence = (head - back) >>> 0
    // No entry has this number: the first of a new ring is 1, and so is the one after 2^32 - 1.
    if (sequence === 0) continue
    const entry = entryAt(recorder, sequence)
    // What was overwritten while it was read is as old as the ring is long, and so ends the list.
    const behind = (Atomics.load(recorder.head, 0) + 1 - sequence) >>> 0
    if (behind >= recorder.capacity || entry.at < since) break
    const { event, from, to, wait, at } = entry
    if (event >= eventCount || from >= states.length || wait >= waitClasses.length) continue
    if (at > later || next[from * eventCount + event] !== to) continue
    later = at
    found.push(entry)
  }
  return found.reverse()
}

/** Whose handler runs at this moment; of a stuck loop, who holds it. */
export function readRunning(
  shared: SharedSystem,
  now: number = sharedNow(shared),
): RunningActor | undefined {
  const table = tableOf(shared)
  const current = Atomics.load(table.current, 0)
  const row = current === noRow ? newestRunning(table) : current
  if (row === noRow) return undefined
  const generation = table.generation[row]!
  const [behavior, message] = [table.behavior[row]!, table.message[row]!]
  const since = table.since[row]!
  if (Atomics.load(table.current, 0) !== current || table.state[row] === State.dead)
    return undefined
  const names = readTexts(shared.names)
  return {
    id: idOf(row, generation),
    behavior: names[behavior] ?? otherName,
    ms: Math.max(0, now - since),
    ...(message !== 0 && { message: names[message] ?? otherName }),
    ...(current === noRow && { resumed: true as const }),
  }
}

/** Who has gone on last after an await that had a name, and has not stopped since. */
function newestRunning(table: Table): number {
  const top = Atomics.load(table.top, 0)
  let newest = noRow
  for (let row = 0; row < top; row++) {
    if (table.state[row] !== State.running) continue
    if (newest === noRow || table.since[row]! > table.since[newest]!) newest = row
  }
  return newest
}

function tableOf(shared: SharedSystem): Table {
  return new Table({ maxActors: shared.maxActors }, shared.table)
}

function recorderOf(shared: SharedSystem): Recorder {
  return new Recorder({ recorderSize: shared.recorderSize }, shared.recorder)
}

/** Read after the cut: whatever number stands in it has its name by then. */
function readWords(shared: SharedSystem): Words & { code: (name: string) => number | undefined } {
  const names = readTexts(shared.names)
  const sites = readSites(shared.sites)
  return {
    name: (code) => names[code] ?? otherName,
    site: (code) => sites[code],
    code(name) {
      const code = names.indexOf(name)
      return code < 0 ? undefined : code
    },
  }
}

/** Copies every row that is whole. */
function copyShared(table: Table, recorder: Recorder, at: number): Cut {
  const top = Atomics.load(table.top, 0)
  const copy = new Table({ maxActors: Math.max(1, top) })
  copy.top[0] = top
  let torn = 0
  for (let row = 0; row < top; row++) {
    if (copyWhole(table, recorder, row, copy)) continue
    copy.state[row] = State.dead
    if (table.state[row] !== State.dead) torn++
  }
  return { at, table: copy, torn }
}

/** False when the row is a dead one, or was never whole. */
function copyWhole(table: Table, recorder: Recorder, row: number, copy: Table): boolean {
  for (let look = 0; look < looks && table.state[row] !== State.dead; look++) {
    const tenant = Atomics.load(table.generation, row)
    const newest = Atomics.load(table.lastRecord, row)
    if (!agrees(table, recorder, row)) continue
    copyRow(table, row, copy)
    const same =
      Atomics.load(table.generation, row) === tenant &&
      Atomics.load(table.lastRecord, row) === newest
    if (same && agrees(table, recorder, row)) return true
  }
  return false
}

function copyRow(table: Table, row: number, copy: Table): void {
  const to = copy.columns
  const from = table.columns
  for (let i = 0; i < from.length; i++) to[i]![row] = from[i]![row]!
}

/** No step, wait or change of tenant is half written. */
function agrees(table: Table, recorder: Recorder, row: number): boolean {
  const state = table.state[row]!
  const wait = table.waitClass[row]!
  if (state >= State.dead || (state === State.waiting) !== (wait !== 0)) return false
  // Without a recorder there is nothing else that a row could contradict.
  if (recorder.capacity === 0) return true
  const newest = table.lastRecord[row]!
  if (newest === 0) return state === State.idle
  const record = entryAt(recorder, newest)
  // Of who has done nothing for as long as the ring reaches back, nothing is being written either.
  if (record.row !== row || record.generation !== table.generation[row]) return true
  if (record.to !== state || record.wait !== wait) return false
  return record.from === record.to || record.at === table.since[row]
}

function notesOf(cut: Cut): string[] {
  const notes = [
    'read by another thread: no labels, columns of behaviours, deadlines, counters or tombstones',
  ]
  if (cut.torn > 0) notes.push(`${cut.torn} rows were being written and are left out`)
  return notes
}
