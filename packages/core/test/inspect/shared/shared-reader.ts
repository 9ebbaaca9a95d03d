// The other thread: reads a system from its shared memory, over and over, and says what did not fit together.

import { parentPort, workerData } from 'node:worker_threads'
import type { Dump, FlightRow } from '../../../src/inspect/dump.ts'
import { readFlight, readRunning, readShared } from '../../../src/inspect/shared/read-shared.ts'
import { type SharedSystem, sharedNow } from '../../../src/inspect/shared/share.ts'

/** What the reader is told to do. */
export interface Order {
  shared: SharedSystem
  /** Dumps to read; 0 for one, as soon as somebody runs, with what is in it. */
  dumps: number
  /** Set to 1 when that one is read. */
  done: Int32Array
}

/** What the reader says. */
export interface Findings {
  wrong: string[]
  rows: number
  transitions: number
  waiting: number
}

/** What the reader says of one moment. */
export interface Moment {
  now: number
  running: ReturnType<typeof readRunning>
  dump: Dump
  flight: FlightRow[]
}

const { shared, dumps, done } = workerData as Order
if (dumps === 0) parentPort!.postMessage(readMoment())
else parentPort!.postMessage(readMany())

function readMoment(): Moment {
  while (readRunning(shared)?.behavior !== 'busy');
  const moment: Moment = {
    now: sharedNow(shared),
    running: readRunning(shared),
    dump: readShared(shared),
    flight: readFlight(shared),
  }
  Atomics.store(done, 0, 1)
  return moment
}

function readMany(): Findings {
  const findings: Findings = { wrong: [], rows: 0, transitions: 0, waiting: 0 }
  for (let i = 0; i < dumps && findings.wrong.length < 10; i++) {
    checkDump(readShared(shared), findings)
    checkFlight(readFlight(shared), findings)
  }
  return findings
}

/** An actor of kind `k` has been spawned by `nursery` as kind `k`, and waits on nothing but what belongs to kind `k`. */
function checkDump({ actors, sites }: Dump, findings: Findings): void {
  for (const actor of actors) {
    const { id, behavior, state, wait, site, ageMs, ms } = actor
    findings.rows++
    const kind = /^kind (\d)$/.exec(behavior)?.[1]
    if (kind === undefined) {
      if (!['root', 'nursery'].includes(behavior)) findings.wrong.push(`${id} is a ${behavior}`)
      continue
    }
    const say = (what: string): void =>
      void findings.wrong.push(`${what}: ${JSON.stringify(actor)}`)
    if (sites[site]?.behavior !== behavior) say(`site of ${sites[site]?.behavior}`)
    if (actor.parent !== '1') say('parent')
    if (ms > ageMs) say('older than itself')
    if ((state === 'waiting') !== (wait !== undefined)) say('waits')
    if (wait === undefined) continue
    findings.waiting++
    if (wait.ms > ageMs) say('waits for longer than it is')
    const named = wait.target === `thing ${kind}` && wait.actor === undefined
    const asked = wait.target === 'nursery' && wait.actor === '1'
    const left = wait.leftMs === undefined ? 'none' : wait.leftMs > 500_000 ? 'far' : 'near'
    const fits =
      (wait.class === 'lock' && named && left === 'near') ||
      (wait.class === 'redis' && named && left === 'far') ||
      (wait.class === 'ask' && asked && left === 'none')
    if (!fits) say('a wait of two')
  }
}

/** What an actor does begins where what it did before has led. */
function checkFlight(flight: FlightRow[], findings: Findings): void {
  const last = new Map<string, FlightRow>()
  let ago = Infinity
  for (const row of flight) {
    findings.transitions++
    const before = last.get(row.actor)
    const say = (what: string): void =>
      void findings.wrong.push(`${what}: ${JSON.stringify(before)} ${JSON.stringify(row)}`)
    if (row.agoMs > ago) say('order')
    if (before !== undefined && before.to !== row.from) say('a step is missing')
    if (before !== undefined && before.behavior !== row.behavior) say('behaviour')
    if ((row.to === 'waiting') !== (row.wait !== undefined)) say('wait')
    ago = row.agoMs
    last.set(row.actor, row)
  }
}
