// From start to death: the asynchronous work of an actor, its faults, its end and its restart.
//
//   conclude(end) ─▶ supervisor decides ─▶ context ends ─▶ ending ─▶ children gone: drained
//        ─▶ handler settled, or grace over ─▶ stop hook ─▶ settled, or grace over ─▶ die, or start again

import type { Actor } from './actor.ts'
import { Ask } from './ask.ts'
import { Context } from './context.ts'
import { createEnd, type End } from './ends.ts'
import { SluiceError } from './errors.ts'
import { Flag } from './flags.ts'
import { Event } from './lifecycle.ts'
import { isPromise } from './maybe.ts'
import { admitRestart, backoffMs, isSettled, wantsRestart } from './supervision.ts'
import { abortHolds, hold, showState } from './waits.ts'
import type { Timer } from './wheel.ts'

/** A start, receive or stop whose promise is out. */
export interface Work {
  readonly phase: 'start' | 'receive' | 'stop'
  readonly message: unknown
  timer: Timer | undefined
}

/** Runs the start hook of a new incarnation. */
export function start(actor: Actor): void {
  const { behavior } = actor
  let state: unknown
  try {
    actor.enter(undefined)
    state = behavior.start(actor, actor.input)
  } catch (error) {
    actor.leave()
    fail(actor, error)
    return
  }
  actor.leave()
  if (isPromise(state)) follow(actor, 'start', state, undefined)
  else started(actor, state)
}

function started(actor: Actor, state: unknown): void {
  actor.state = state
  actor.flags |= Flag.started
  if (actor.restart === 'temporary') actor.input = undefined
}

/** Waits for the promise that a hook returned. */
export function follow(
  actor: Actor,
  phase: Work['phase'],
  promise: PromiseLike<unknown>,
  message: unknown,
): void {
  const work: Work = { phase, message, timer: undefined }
  actor.more().work = work
  actor.flags |= Flag.awaiting
  const limit = actor.behavior.receiveTimeoutMs
  if (limit !== undefined && phase !== 'stop') {
    work.timer = actor.kernel.wheel.add(limit, expire, actor)
  }
  promise.then(
    (value) => {
      if (takeBack(actor, work)) settled(actor, phase, value)
    },
    (error: unknown) => {
      if (takeBack(actor, work)) threw(actor, phase, error, message)
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
  return true
}

function expire(actor: Actor): void {
  const work = actor.rare?.work
  if (work === undefined || !takeBack(actor, work)) return
  const limit = actor.behavior.receiveTimeoutMs
  threw(
    actor,
    work.phase,
    new SluiceError('deadline_exceeded', `no end of ${work.phase} within ${limit} ms`),
    work.message,
  )
}

function settled(actor: Actor, phase: Work['phase'], value: unknown): void {
  if (phase === 'start') started(actor, value)
  else if (phase === 'receive' && value !== undefined) actor.apply(value)
  goOn(actor)
}

function threw(actor: Actor, phase: Work['phase'], error: unknown, message: unknown): void {
  if (phase === 'stop') actor.kernel.events.emit({ name: 'hook.failed', error })
  else fail(actor, error, message)
  goOn(actor)
}

/** After asynchronous work: on to the end, or to the next message. */
function goOn(actor: Actor): void {
  if (actor.flags & Flag.ending) {
    if (tryFinish(actor)) actor.context.finish()
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
  const reply = (message as { reply?: unknown } | undefined | null)?.reply
  if (reply instanceof Ask) reply.fail(fault)
  conclude(actor, createEnd('failed', firstLine(error), actor.name))
}

/** The incarnation ends by its own doing; its supervisor says what follows. */
export function conclude(actor: Actor, end: End): void {
  if (actor.context.ended) return
  const parent = actor.parent
  if (parent !== null && wantsRestart(actor.restart, end)) {
    if (superviseRestart(parent, actor, end)) actor.flags |= Flag.restarting
  }
  actor.context.cancel(end)
}

/** Applies the parent's supervision to a child's end; false when the parent has had enough and ends itself. */
function superviseRestart(parent: Actor, child: Actor, end: End): boolean {
  if (parent.context.ended) return false
  const { kernel } = parent
  const { supervision } = parent.program
  const rare = parent.more()
  if (!admitRestart((rare.history ??= []), kernel.now, supervision)) {
    const spent = createEnd('escalated', '', parent.name, end)
    kernel.events.emit({
      name: 'supervisor.escalated',
      actor: parent.id,
      behavior: parent.behavior.name,
      end: spent,
    })
    conclude(parent, spent)
    return false
  }
  if (supervision.strategy !== 'one-for-one') {
    const serial = kernel.table.serial[child.row] ?? 0
    for (const sibling of parent.children()) {
      if (sibling === child || sibling.context.ended) continue
      const younger = (kernel.table.serial[sibling.row] ?? 0) > serial
      if (supervision.strategy === 'rest-for-one' && !younger) continue
      if (sibling.restart !== 'temporary') sibling.flags |= Flag.restarting
      sibling.context.cancel(createEnd('stopped', supervision.strategy, child.name, end))
    }
  }
  return true
}

/** The reaper is here: the context has ended, children may still live. */
export function ending(actor: Actor): void {
  const { kernel } = actor
  actor.flags |= Flag.ending
  kernel.table.endedAt[actor.row] = kernel.now
  kernel.ending.add(actor)
  const rare = actor.rare
  if (rare?.backoff !== undefined) kernel.wheel.cancel(rare.backoff)
  abortHolds(actor, actor.end())
  if (actor.flags & Flag.awaiting) giveGrace(actor)
  showState(actor)
}

/** True when the actor is dead, or started again. */
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
  const rare = actor.rare
  if (rare?.grace !== undefined) actor.kernel.wheel.cancel(rare.grace)
  if (actor.flags & Flag.restarting && actor.parent?.context.ended === false) again(actor)
  else die(actor)
  return true
}

/** Runs the stop hook; false while its promise is out. */
function stopped(actor: Actor): boolean {
  const { behavior } = actor
  if (behavior.stop === undefined) return true
  actor.enter(undefined)
  let result: unknown
  try {
    result = behavior.stop(actor.state, actor.end(), actor)
  } catch (error) {
    actor.kernel.events.emit({ name: 'hook.failed', error })
  }
  actor.leave()
  if (!isPromise(result)) return true
  follow(actor, 'stop', result, undefined)
  return false
}

function giveGrace(actor: Actor): void {
  const rare = actor.more()
  const graceMs = actor.behavior.graceMs ?? actor.kernel.graceMs
  rare.grace ??= actor.kernel.wheel.add(graceMs, force, actor)
}

/** The grace time is over: what is still out is left to itself, and can touch nothing of the actor any more. */
function force(actor: Actor): void {
  const { kernel } = actor
  actor.flags = (actor.flags | Flag.forced) & ~(Flag.awaiting | Flag.restarting)
  if ((actor.flags & (Flag.started | Flag.stopped)) === Flag.started) {
    // The handler never settled; its stop hook still gets to let go of what it holds, and is not waited for.
    actor.flags |= Flag.stopped
    stopped(actor)
    actor.flags &= ~Flag.awaiting
  }
  actor.more().work = undefined
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
  if (tryFinish(actor)) actor.context.finish()
}

/** A new incarnation in the same row: same reference, same mailbox, new context, after a backoff. */
function again(actor: Actor): void {
  const { kernel, parent } = actor
  if (parent === null) return
  const rare = actor.more()
  const { backoff } = parent.program.supervision
  rare.attempt = isSettled(kernel.now - rare.bornAt, backoff) ? 1 : rare.attempt + 1
  const delayMs = backoffMs(rare.attempt, backoff, kernel.random)
  clearTimers(actor)
  abortHolds(actor, actor.end())
  actor.state = undefined
  actor.flags = (actor.flags & Flag.queued) | Flag.backingOff
  rare.grace = undefined
  rare.work = undefined
  // The old context is finished by whoever called; the new one is a sibling of it.
  const old = actor.context
  actor.context = new Context(kernel.lifetimes, parent.context, actor)
  kernel.ending.delete(actor)
  kernel.table.endedAt[actor.row] = 0
  kernel.table.restarts[actor.row]!++
  kernel.counters.restarts++
  if (kernel.events.heard) {
    kernel.events.emit({
      name: 'actor.restarted',
      actor: actor.id,
      behavior: actor.behavior.name,
      restarts: kernel.table.restarts[actor.row] ?? 0,
      delayMs,
    })
  }
  old.finish()
  const held = hold(actor, 'timer', 'restart', kernel.now + delayMs)
  rare.backoff = kernel.wheel.add(delayMs, beginAgain, { actor, held })
}

function beginAgain({ actor, held }: { actor: Actor; held: { release(): void } }): void {
  const rare = actor.more()
  rare.backoff = undefined
  rare.bornAt = actor.kernel.now
  actor.flags &= ~Flag.backingOff
  held.release()
  if ((actor.flags & Flag.queued) === 0) actor.kernel.enqueue(actor)
}

function die(actor: Actor): void {
  const { kernel, row, generation } = actor
  const { table, counters } = kernel
  const own = actor.end()
  const end = actor.flags & Flag.forced ? createEnd('killed', '', actor.name, own) : own
  // Read before the row is given away.
  const tombstone = {
    id: actor.id,
    behavior: actor.behavior.name,
    label: actor.label(),
    parent: actor.parent?.id ?? '',
    end,
    spawnedAt: table.spawnedAt[row] ?? 0,
    diedAt: kernel.now,
    handled: table.handled[row] ?? 0,
    restarts: table.restarts[row] ?? 0,
    site: table.site[row] ?? 0,
  }
  table.waitClass[row] = 0
  actor.step(Event.end)
  const trail = kernel.recorder.trail(row, generation, table.lastRecord[row] ?? 0)
  kernel.tombstones.add({ ...tombstone, trail })
  counters.ends[end.code]++
  actor.flags = Flag.dead
  kernel.ending.delete(actor)
  actor.budget?.release()
  buryLetters(actor)
  clearTimers(actor)
  const rare = actor.rare
  if (rare !== null) {
    for (const ask of rare.asks ?? [])
      ask.fail(new SluiceError('actor_dead', actor.name, { cause: end }))
    for (const other of rare.watching ?? []) other.rare?.watchers?.delete(actor)
    for (const [watcher, messages] of rare.watchers ?? []) {
      watcher.rare?.watching?.delete(actor)
      for (const message of messages) watcher.signal(message)
    }
    actor.rare = null
  }
  actor.state = undefined
  table.release(row)
  kernel.actors[row] = undefined
  if (kernel.events.heard) {
    kernel.events.emit({
      name: 'actor.ended',
      actor: tombstone.id,
      behavior: tombstone.behavior,
      end,
    })
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

function clearTimers(actor: Actor): void {
  const timers = actor.rare?.timers
  if (timers === undefined) return
  for (const timer of timers) actor.kernel.wheel.cancel(timer)
  timers.clear()
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.split('\n', 1)[0]?.slice(0, 200) ?? ''
}
