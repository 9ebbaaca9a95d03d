// From start to death: the asynchronous work of an actor, its faults, its end and its restart.
//
//   conclude(end) ─▶ supervisor decides ─▶ context ends ─▶ ending ─▶ children gone: drained
//        ─▶ handler settled, or grace over ─▶ stop hook ─▶ settled, or grace over ─▶ die, or start again (restart.ts)

import type { Actor } from './actor.ts'
import { replyOf } from './asking.ts'
import { createEnd, type End } from './ends.ts'
import { SluiceError } from './errors.ts'
import { Flag } from './flags.ts'
import { Event } from './lifecycle.ts'
import { maskUrl } from './mask-url.ts'
import { isPromise } from './maybe.ts'
import { messageType } from './message-type.ts'
import { again, leaveCohort, supervise } from './restart.ts'
import { wantsRestart } from './supervision.ts'
import { abortHolds, showState } from './waits.ts'
import { dropWatches, tellWatchers } from './watches.ts'
import type { Timer } from './wheel.ts'

/** A start, receive or stop whose promise is out. */
export interface Work {
  readonly phase: 'start' | 'receive' | 'stop'
  readonly message: unknown
  timer: Timer | undefined
}

/** Runs the start hook of a new incarnation, in its first slice. */
export function start(actor: Actor): void {
  const { behavior, state: input } = actor
  const closeUp = actor.rare?.closeUp
  closeUp?.enter('start')
  if (actor.restart !== 'temporary') actor.more().input = input
  try {
    const state: unknown = behavior.start(actor, input)
    if (isPromise(state)) follow(actor, 'start', state, undefined)
    else started(actor, state)
  } catch (error) {
    fail(actor, error)
  }
  closeUp?.leave()
}

function started(actor: Actor, state: unknown): void {
  actor.state = state
  actor.flags |= Flag.started
  if (actor.rare !== null) actor.rare.startedAt = actor.kernel.now
}

/** Waits for the promise that a hook returned. */
export function follow(
  actor: Actor,
  phase: Work['phase'],
  promise: PromiseLike<unknown>,
  message: unknown,
): void {
  // Not the promise's own `then`: somebody else's may throw, or call back twice.
  const outcome = Promise.resolve(promise)
  const work: Work = { phase, message, timer: undefined }
  actor.more().work = work
  actor.flags |= Flag.awaiting
  const { kernel, row } = actor
  const type = messageType(message)
  if (type !== '') kernel.table.message[row] = kernel.names.code(type)
  const limit = actor.behavior.receiveTimeoutMs
  if (limit !== undefined && phase !== 'stop') {
    work.timer = kernel.wheel.add(limit, expire, actor)
  }
  outcome.then(
    (value) => {
      if (takeBack(actor, work)) settled(actor, work, value)
    },
    (error: unknown) => {
      if (takeBack(actor, work)) threw(actor, work, error)
    },
  )
}

/** False when the work was given up meanwhile: a late settlement touches nothing. */
function takeBack(actor: Actor, work: Work): boolean {
  const rare = actor.rare
  if (rare === null || rare.work !== work) return false
  if (work.timer !== undefined) actor.kernel.wheel.cancel(work.timer)
  rare.work = undefined
  actor.flags &= ~Flag.awaiting
  actor.kernel.table.message[actor.row] = 0
  rare.closeUp?.back()
  return true
}

function expire(actor: Actor): void {
  const work = actor.rare?.work
  if (work === undefined || !takeBack(actor, work)) return
  const limit = actor.behavior.receiveTimeoutMs
  const late = `no end of ${work.phase} within ${limit} ms`
  threw(actor, work, new SluiceError('deadline_exceeded', late))
}

function settled(actor: Actor, work: Work, value: unknown): void {
  try {
    if (work.phase === 'start') started(actor, value)
    else if (work.phase === 'receive' && value !== undefined) apply(actor, value)
  } catch (error) {
    fail(actor, error, work.message)
  }
  goOn(actor)
}

function threw(actor: Actor, work: Work, error: unknown): void {
  if (work.phase === 'stop') stopFailed(actor, error)
  else fail(actor, error, work.message)
  goOn(actor)
}

/** What a handler returned. Throws when it is nothing that a handler may return. */
export function apply(actor: Actor, result: unknown): void {
  const then = (result ?? {}) as { next?: string; state?: unknown; detail?: string }
  if (then.next === 'continue') actor.state = then.state
  else if (then.next === 'stop') {
    conclude(actor, createEnd('completed', then.detail ?? '', actor.name))
  } else {
    throw new SluiceError(
      'option_invalid',
      `${actor.behavior.name}: receive returned neither next() nor stop()`,
    )
  }
}

/** After asynchronous work: on to the end, or to the next message. */
function goOn(actor: Actor): void {
  actor.rare?.closeUp?.done()
  if (actor.flags & Flag.ending) {
    endGrace(actor)
    finish(actor)
    return
  }
  showState(actor)
  actor.wake()
}

/** A hook threw: this actor ends or restarts, and nothing else. */
export function fail(actor: Actor, error: unknown, message?: unknown): void {
  const { kernel } = actor
  const fault = SluiceError.from(error)
  // What throws because its context ended is no fault.
  if (kernel.events.heard && !actor.context.ended) {
    kernel.events.emit({
      name: 'actor.failed',
      actor: actor.id,
      behavior: actor.behavior.name,
      error,
    })
  }
  // Whoever asked hears it now, not at the deadline.
  replyOf(message)?.fail(fault)
  conclude(actor, createEnd('failed', firstLine(error), actor.name))
}

/** The incarnation ends by its own doing; its supervisor says what follows. */
export function conclude(actor: Actor, end: End): void {
  actor.rare?.closeUp?.concluded(end)
  if (actor.context.ended) return
  const { kernel, parent } = actor
  const supervised = parent !== null && wantsRestart(actor.restart, end)
  const spent = supervised ? supervise(parent, actor, end) : undefined
  // First: with its parent's context ended, this end would be no longer its own.
  actor.context.cancel(end)
  if (parent === null || spent === undefined) return
  kernel.events.emit({
    name: 'supervisor.escalated',
    actor: parent.id,
    behavior: parent.behavior.name,
    end: spent,
  })
  conclude(parent, spent)
}

/** The reaper is here: the context has ended, children may still live. */
export function ending(actor: Actor): void {
  const { kernel } = actor
  actor.flags |= Flag.ending
  kernel.table.endedAt[actor.row] = kernel.now
  kernel.table.graceUntil[actor.row] = kernel.now + (actor.behavior.graceMs ?? kernel.graceMs)
  kernel.ending.add(actor)
  const backoff = actor.rare?.backoff
  if (backoff !== undefined) kernel.wheel.cancel(backoff)
  actor.rare?.closeUp?.ending(actor.end())
  letGo(actor)
  abortHolds(actor, actor.end())
  if (actor.flags & Flag.awaiting) giveGrace(actor)
  showState(actor)
}

/** True when the actor is dead, or starts again. */
export function tryFinish(actor: Actor): boolean {
  if (actor.flags & (Flag.awaiting | Flag.busy)) return false
  if ((actor.flags & Flag.drained) === 0) return false
  if ((actor.flags & (Flag.started | Flag.stopped)) === Flag.started) {
    actor.flags |= Flag.stopped
    if (!stopped(actor)) {
      giveGrace(actor)
      showState(actor)
      return false
    }
  }
  letGo(actor)
  if (actor.flags & Flag.restarting && actor.parent?.context.ended === false) again(actor)
  else die(actor)
  return true
}

/** As `tryFinish`, for when it is not the reaper who asks. */
function finish(actor: Actor): void {
  // Kept: an actor that starts again has another one.
  const { context } = actor
  if (tryFinish(actor)) context.finish()
  else showState(actor)
}

/** Runs the stop hook; false while its promise is out. */
function stopped(actor: Actor): boolean {
  const { behavior, kernel } = actor
  if (behavior.stop === undefined) return true
  const closeUp = actor.rare?.closeUp
  closeUp?.enter('stop')
  actor.enter()
  try {
    const result: unknown = behavior.stop(actor.state, actor.end(), actor)
    if (!isPromise(result)) return true
    if ((actor.flags & Flag.forced) === 0) {
      follow(actor, 'stop', result, undefined)
      return false
    }
    // Its grace went to a handler that never settled: the hook lets go of what it can, and is not waited for.
    Promise.resolve(result).then(undefined, (error: unknown) => kernel.lifetimes.report(error))
  } catch (error) {
    stopFailed(actor, error)
  } finally {
    actor.leave()
    closeUp?.leave()
  }
  return true
}

/** A stop hook threw: its actor ends all the same. */
function stopFailed(actor: Actor, error: unknown): void {
  actor.rare?.closeUp?.failed()
  actor.kernel.lifetimes.report(error)
}

/** From now on the handler, or the stop hook, has its grace time. */
function giveGrace(actor: Actor): void {
  const { kernel, behavior } = actor
  const rare = actor.more()
  const graceMs = behavior.graceMs ?? kernel.graceMs
  // Whoever waited for its children has its own grace time after that.
  kernel.table.graceUntil[actor.row] = kernel.now + graceMs
  rare.grace = kernel.wheel.add(graceMs, force, actor)
}

function endGrace(actor: Actor): void {
  const { rare } = actor
  if (rare?.grace === undefined) return
  actor.kernel.wheel.cancel(rare.grace)
  rare.grace = undefined
}

/** The grace time is over: what is still out is left to itself, and can touch nothing of the actor any more. */
function force(actor: Actor): void {
  const { kernel } = actor
  const work = actor.rare?.work
  if (work !== undefined) takeBack(actor, work)
  actor.rare?.closeUp?.done('forced')
  actor.flags |= Flag.forced
  kernel.counters.forced++
  if (kernel.events.heard) {
    const graceMs = actor.behavior.graceMs ?? kernel.graceMs
    kernel.events.emit({
      name: 'actor.forced',
      actor: actor.id,
      behavior: actor.behavior.name,
      graceMs,
    })
  }
  finish(actor)
}

function die(actor: Actor): void {
  const { kernel, row } = actor
  const { table, counters } = kernel
  const own = actor.end()
  const end = actor.flags & Flag.forced ? createEnd('killed', '', actor.name, own) : own
  actor.step(Event.end)
  kernel.tombstones.bury(actor, end)
  counters.ends[end.code]++
  leaveCohort(actor)
  actor.flags = Flag.dead
  kernel.ending.delete(actor)
  actor.budget?.release()
  buryLetters(actor)
  const rare = actor.rare
  if (rare !== null) {
    for (const ask of rare.asks ?? []) {
      ask.fail(new SluiceError('actor_dead', actor.name, { cause: end }))
    }
    tellWatchers(actor)
    rare.closeUp?.died(end)
    actor.rare = null
  }
  actor.state = undefined
  table.release(row)
  kernel.actors[row] = undefined
  if (kernel.events.heard) {
    const { id, behavior } = actor
    kernel.events.emit({ name: 'actor.ended', actor: id, behavior: behavior.name, end })
  }
}

/** Messages that no one will read: counted, and their senders' asks answered. */
function buryLetters(actor: Actor): void {
  const { mailbox } = actor
  if (mailbox === null) return
  actor.mailbox = null
  const letters = mailbox.length + mailbox.systemLength
  mailbox.clear()
  mailbox.dropWaiters()
  if (letters > 0) actor.deadLetters(letters)
}

/** Drops the timers and the watches of an incarnation: what they would tell is not for the next one. */
function letGo(actor: Actor): void {
  const { rare, kernel } = actor
  if (rare === null) return
  for (const timer of rare.timers ?? []) kernel.wheel.cancel(timer)
  rare.timers?.clear()
  dropWatches(actor)
}

function firstLine(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return maskUrl(text.slice(0, 1_000).split('\n', 1)[0]!).slice(0, 200)
  } catch {
    return 'something that has no text'
  }
}
