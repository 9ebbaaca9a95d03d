// One actor in full: its row, where it comes from, whom it belongs to, who belongs to it, who waits on it, and what it did last.

import {
  type ActorRow,
  type Context,
  formatEnd,
  inspectActor,
  type Json,
  type MachineChart,
  readActor,
  readMachine,
  readTombstone,
  type Site,
  type System,
  type TombstoneRow,
} from '@sluice/core'
import type { Services } from '../services.ts'
import { NoView } from './no-view.ts'
import { anyText, readQuery } from './query.ts'
import { traceState, type TraceState } from './trace.ts'

/** A context on the way to the root, the actor's own first. */
export interface ContextRow {
  /** `connection 7f3a`; empty for one that an actor made for itself. */
  owner: string
  deadlineMs?: number
  ended?: string
}

export interface TransitionRow {
  agoMs: number
  event: string
  from: string
  to: string
  wait?: string
}

export interface ActorDetail {
  node: string
  actor: ActorRow
  /** From its own spawn site up to the root. */
  lineage: Site[]
  contexts: ContextRow[]
  /** By behaviour. */
  children: Record<string, number>
  waiters: Waiters
  /** Of a behaviour that is a machine. */
  machine?: MachineChart
  /** What its behaviour shows of it with `inspect()`, cut where it is long. */
  json?: Json
  /** While it is traced, and for a while after. */
  trace?: TraceState
  /** The newest last. */
  trail: TransitionRow[]
}

/** Actors whose shown wait is on this one. */
export interface Waiters {
  count: number
  longestMs: number
  /** Some of them: `picker 8`. */
  sample: { id: string; behavior: string }[]
}

/** What an actor that is gone left behind. */
export interface DeadDetail {
  node: string
  tombstone: TombstoneRow
  /** For a while, if it died while it was traced. */
  trace?: TraceState
}

const transitions = 32
const sampled = 8

/** The actor with the `id` of the query, or its tombstone. */
export function viewActor(services: Services, query: URLSearchParams): ActorDetail | DeadDetail {
  const { system, options } = services
  const { id } = readQuery(query, { id: anyText() })
  const actor = system.find(id)
  const trace = traceState(system, id)
  if (actor === undefined) {
    const tombstone = system.tombstones.find(id)
    if (tombstone === undefined)
      throw new NoView(404, `no actor ${id}, alive or among the last dead`)
    return {
      node: options.name,
      tombstone: readTombstone(tombstone, system.now),
      ...(trace && { trace }),
    }
  }
  const { now, table, recorder, sites } = system
  const { row, generation } = actor
  const machine = readMachine(actor.state)
  const json = inspectActor(actor)
  return {
    node: options.name,
    actor: readActor(system, actor, now),
    lineage: sites.lineage(table.site[row] ?? 0),
    contexts: contextsOf(actor.context, now),
    children: childrenOf(system, row),
    waiters: waitersOf(system, row, generation),
    ...(machine && { machine }),
    ...(json !== undefined && { json }),
    ...(trace && { trace }),
    trail: recorder
      .trail(row, generation, table.lastRecord[row] ?? 0, transitions)
      .map(({ at, event, from, to, wait }) => ({
        agoMs: Math.max(0, now - at),
        event,
        from,
        to,
        ...(wait !== 'none' && { wait }),
      })),
  }
}

function contextsOf(own: Context, now: number): ContextRow[] {
  const rows: ContextRow[] = []
  for (let at: Context | null = own; at !== null; at = at.parent) {
    const { deadline } = at
    const cause = at.cause()
    rows.push({
      owner: at.owner?.name ?? '',
      ...(deadline !== Infinity && { deadlineMs: deadline - now }),
      ...(cause !== undefined && { ended: formatEnd(cause) }),
    })
  }
  return rows
}

function childrenOf({ table, names, actors }: System, parent: number): Record<string, number> {
  const children: Record<string, number> = {}
  const top = table.top[0] ?? 0
  for (let row = 0; row < top; row++) {
    if (table.parent[row] !== parent || actors[row] === undefined) continue
    const behavior = names.name(table.behavior[row] ?? 0)
    children[behavior] = (children[behavior] ?? 0) + 1
  }
  return children
}

function waitersOf({ table, actors, now }: System, on: number, generation: number): Waiters {
  const waiters: Waiters = { count: 0, longestMs: 0, sample: [] }
  const top = table.top[0] ?? 0
  for (let row = 0; row < top; row++) {
    if (table.waitClass[row] === 0 || table.waitRow[row] !== on) continue
    const actor = actors[row]
    if (actor === undefined || table.waitGeneration[row] !== generation) continue
    waiters.count++
    waiters.longestMs = Math.max(waiters.longestMs, now - (table.waitSince[row] ?? now))
    if (waiters.sample.length < sampled) {
      waiters.sample.push({ id: actor.id, behavior: actor.behavior.name })
    }
  }
  return waiters
}
