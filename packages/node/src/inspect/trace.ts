// Following one actor for a minute: what it took, from whom, how long that was in the mailbox, ran and was awaited, never what
// was in it. The kernel calls that a close-up. It costs that actor some microseconds a message, so it has to be allowed.

import { closeUpDefaults, type CloseUpReading, SluiceError, type System } from '@sluice/core'
import type { Services } from '../services.ts'
import { demandAllowed, liveActor } from './actions.ts'
import { NoView } from './no-view.ts'
import { anyText, readQuery, reasonOr, whole } from './query.ts'

export interface Trace extends CloseUpReading {
  node: string
}

/** Whether there is a trace of an actor, for who looks at the actor. */
export type TraceState = Pick<Trace, 'leftMs' | 'over'>

const second = 1_000

/** Follows the actor with the `id` of the query for so many `seconds`; 0 ends that. */
export function startTrace(services: Services, query: URLSearchParams): Trace {
  const { system, events } = services
  demandAllowed(services, 'tracing actors')
  const { id, seconds, reason } = readQuery(query, {
    id: anyText(),
    seconds: whole(0, closeUpDefaults.mostMs / second, closeUpDefaults.ms / second),
    reason: reasonOr('by an operator'),
  })
  if (seconds === 0) {
    const running = system.closeUps.find(id)
    if (running === undefined) throw new NoView(404, `no trace of ${id}`)
    running.end('hand')
  } else begin(system, id, seconds * second)
  const trace = readTrace(services, id, 0)
  events.emit({ name: 'actor.traced', actor: id, behavior: trace.behavior, seconds, reason })
  return trace
}

/** The trace of the actor with the `id` of the query; with `since`, what has changed after so many changes. */
export function viewTrace(services: Services, query: URLSearchParams): Trace {
  const { id, since } = readQuery(query, { id: anyText(), since: whole(0, 1e15, 0) })
  return readTrace(services, id, since)
}

/** Of the actor with this id, if somebody traces it, or did. */
export function traceState({ closeUps }: System, id: string): TraceState | undefined {
  const closeUp = closeUps.find(id)
  if (closeUp === undefined) return undefined
  return { leftMs: closeUp.leftMs, ...(closeUp.over && { over: closeUp.over }) }
}

function begin(system: System, id: string, ms: number): void {
  const actor = liveActor(system, id)
  try {
    system.closeUps.begin(actor, ms)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    throw new NoView(409, error.message)
  }
}

function readTrace({ system, options }: Services, id: string, since: number): Trace {
  const closeUp = system.closeUps.find(id)
  if (closeUp === undefined) throw new NoView(404, `no trace of ${id}`)
  return { node: options.name, ...closeUp.read(since) }
}
