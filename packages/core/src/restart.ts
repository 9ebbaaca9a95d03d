// Starting again: what a supervisor decides when a child ends, and how those it decides on come back.
//
//   child ended ─▶ budget left? ─▶ with whom? ─▶ each stops ─▶ all are down ─▶ backoff ─▶ each starts, the oldest first
//                    │no
//                    └─▶ escalated: the supervisor itself ends
//
// A new incarnation has the same row, reference and mailbox, another context and another state.

import type { Actor } from './actor.ts'
import { Context } from './context.ts'
import { createEnd, type End } from './ends.ts'
import { Flag } from './flags.ts'
import { admitRestart, backoffMs, isSettled } from './supervision.ts'
import { abortHolds, hold } from './waits.ts'
import type { Timer } from './wheel.ts'

/** Children of one supervisor that stop together: those that start again do so when all have stopped. */
export class Cohort {
  readonly members: Set<Actor> = new Set()
  /** Members that have not stopped yet. */
  stopping = 0
  backoffMs = 0
  timer: Timer | undefined = undefined
}

/** Applies the parent's supervision to a child's end. Returns the parent's own end when it has had enough. */
export function supervise(parent: Actor, child: Actor, end: End): End | undefined {
  if (parent.context.ended) return undefined
  const { kernel } = parent
  const { supervision } = parent.program
  const history = (parent.more().history ??= [])
  if (!admitRestart(history, kernel.now, supervision)) {
    return createEnd('escalated', '', parent.name, end)
  }
  const rare = child.more()
  const settled = isSettled(kernel.now - rare.startedAt, supervision.backoff)
  rare.attempt = settled ? 1 : rare.attempt + 1
  rare.backoffMs = backoffMs(rare.attempt, supervision.backoff, kernel.random)
  child.flags |= Flag.restarting
  if (supervision.strategy === 'one-for-one') return undefined
  const cohort = (parent.more().cohort ??= new Cohort())
  cohort.backoffMs = Math.max(cohort.backoffMs, rare.backoffMs)
  join(cohort, child)
  const serial = serialOf(child)
  for (const sibling of parent.children()) {
    if (sibling === child || sibling.context.ended || sibling.flags & Flag.backingOff) continue
    if (supervision.strategy === 'rest-for-one' && serialOf(sibling) < serial) continue
    if (sibling.restart !== 'temporary') sibling.flags |= Flag.restarting
    join(cohort, sibling)
    sibling.context.cancel(createEnd('stopped', supervision.strategy, child.name, end))
  }
  return undefined
}

/** The incarnation has stopped: the actor waits for its next one. */
export function again(actor: Actor): void {
  const { kernel, parent, context: old } = actor
  if (parent === null) return
  const { table, counters, events } = kernel
  const rare = actor.more()
  abortHolds(actor, actor.end())
  // Who had not started still has its input there.
  if (actor.flags & Flag.started) actor.state = rare.input
  actor.flags = (actor.flags & Flag.queued) | Flag.backingOff
  // What its children cost the incarnation before is not held against this one.
  rare.history = undefined
  rare.startedAt = Infinity
  rare.lastEnd = actor.end()
  actor.context = new Context(kernel.lifetimes, parent.context, actor)
  old.finish()
  kernel.ending.delete(actor)
  table.endedAt[actor.row] = Infinity
  const restarts = (table.restarts[actor.row] ?? 0) + 1
  table.restarts[actor.row] = Math.min(restarts, 0xffff)
  counters.restarts++
  const cohort = cohortOf(actor)
  const delayMs = cohort?.backoffMs ?? rare.backoffMs
  rare.closeUp?.restarting(restarts, delayMs)
  if (events.heard) {
    const { id, behavior } = actor
    events.emit({ name: 'actor.restarted', actor: id, behavior: behavior.name, restarts, delayMs })
  }
  if (cohort === undefined) {
    rare.backoffHold = hold(actor, 'timer', 'restart', kernel.now + delayMs)
    rare.backoff = kernel.wheel.add(delayMs, begin, actor)
    return
  }
  rare.backoffHold = hold(actor, 'child', 'siblings', Infinity)
  cohort.stopping--
  arm(cohort, actor)
}

/** Dead instead of started again: the others do not wait for it. */
export function leaveCohort(actor: Actor): void {
  const cohort = cohortOf(actor)
  if (cohort === undefined) return
  cohort.members.delete(actor)
  if ((actor.flags & Flag.backingOff) === 0) cohort.stopping--
  arm(cohort, actor)
}

function join(cohort: Cohort, actor: Actor): void {
  cohort.members.add(actor)
  cohort.stopping++
  disarm(cohort, actor)
}

/** Starts the backoff once nobody is left to wait for. */
function arm(cohort: Cohort, of: Actor): void {
  const { kernel, parent } = of
  if (cohort.members.size === 0) {
    disarm(cohort, of)
    if (parent?.rare?.cohort === cohort) parent.rare.cohort = undefined
    return
  }
  if (cohort.stopping > 0 || cohort.timer !== undefined || parent === null) return
  cohort.timer = kernel.wheel.add(cohort.backoffMs, beginAll, parent)
  for (const member of cohort.members) {
    const rare = member.more()
    rare.backoffHold?.release()
    rare.backoffHold = hold(member, 'timer', 'restart', kernel.now + cohort.backoffMs)
  }
}

function disarm(cohort: Cohort, of: Actor): void {
  if (cohort.timer !== undefined) of.kernel.wheel.cancel(cohort.timer)
  cohort.timer = undefined
}

function beginAll(parent: Actor): void {
  const cohort = parent.rare?.cohort
  if (cohort === undefined) return
  parent.more().cohort = undefined
  const members = [...cohort.members].sort((a, b) => serialOf(a) - serialOf(b))
  for (const member of members) begin(member)
}

function begin(actor: Actor): void {
  const rare = actor.more()
  rare.backoff = undefined
  actor.flags &= ~Flag.backingOff
  rare.backoffHold?.release()
  rare.backoffHold = undefined
  if ((actor.flags & Flag.queued) === 0) actor.kernel.enqueue(actor)
}

function cohortOf(actor: Actor): Cohort | undefined {
  const cohort = actor.parent?.rare?.cohort
  return cohort?.members.has(actor) ? cohort : undefined
}

/** The place in the order in which actors were spawned. */
function serialOf(actor: Actor): number {
  return actor.kernel.table.serial[actor.row] ?? 0
}
