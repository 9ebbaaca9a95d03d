// What an actor waits on. Each wait is a hold with a class, a target, a start and a deadline; the oldest one shows in
// the table. Holds may overlap (two awaits at once): releasing one never hides another.
//
//   handler runs ─▶ running     holds ─▶ waiting: the oldest     await without a name ─▶ waiting: promise     else idle

import type { Actor } from './actor.ts'
import type { Hold, Ref } from './behavior.ts'
import { endedError } from './context.ts'
import type { End } from './ends.ts'
import { Event, State } from './lifecycle.ts'
import { noRow, waitCode, type WaitClass } from './table.ts'
import { Flag } from './flags.ts'

export class Wait implements Hold {
  readonly actor: Actor
  readonly code: number
  readonly name: string
  readonly row: number
  readonly generation: number
  readonly since: number
  readonly deadline: number
  /** The context ended while this was held. */
  readonly abort: ((end: End) => void) | undefined

  constructor(
    actor: Actor,
    wait: WaitClass,
    target: string | Ref,
    deadline: number,
    abort?: (end: End) => void,
  ) {
    this.actor = actor
    this.code = waitCode[wait]
    const named = typeof target === 'string'
    this.name = named ? target : target.behavior.name
    this.row = named ? noRow : target.row
    this.generation = named ? 0 : target.generation
    this.since = actor.kernel.now
    this.deadline = deadline
    this.abort = abort
  }

  release(): void {
    const holds = this.actor.rare?.holds
    const at = holds?.indexOf(this) ?? -1
    if (holds === undefined || at < 0) return
    holds.splice(at, 1)
    this.actor.rare?.closeUp?.released(this)
    afterRelease(this.actor)
  }
}

/** Adds a wait and shows it. */
export function hold(
  actor: Actor,
  wait: WaitClass,
  target: string | Ref,
  deadline: number,
  abort?: (end: End) => void,
): Wait {
  const held = new Wait(actor, wait, target, deadline, abort)
  if (actor.flags & Flag.dead) return held
  const { holds, closeUp } = actor.more()
  holds.push(held)
  closeUp?.held(held)
  showState(actor)
  return held
}

/** Shows the wait until the promise settles; rejects when the actor's context ends first. */
export function waitFor<T>(
  actor: Actor,
  wait: WaitClass,
  target: string | Ref,
  promise: PromiseLike<T>,
): Promise<T> {
  const over = actor.over()
  if (over !== undefined) {
    // A rejection that nobody takes would end the process.
    void promise.then(nothing, nothing)
    return Promise.reject(endedError(over))
  }
  return new Promise<T>((resolve, reject) => {
    const { deadline } = actor.context
    const held = hold(actor, wait, target, deadline, (end) => reject(endedError(end)))
    promise.then(
      (value) => {
        held.release()
        resolve(value)
      },
      (error: unknown) => {
        held.release()
        reject(error)
      },
    )
  })
}

/** Lets go of every wait, telling those that asked to be told. */
export function abortHolds(actor: Actor, end: End): void {
  const { rare } = actor
  if (rare === null) return
  for (const held of rare.holds.splice(0)) {
    rare.closeUp?.released(held)
    held.abort?.(end)
  }
}

/** Brings the row in step with what the actor does: running, waiting on its oldest hold, or idle. */
export function showState(actor: Actor): void {
  if (actor.flags & (Flag.busy | Flag.dead)) return
  const oldest = actor.rare?.holds[0]
  if (oldest !== undefined) showWait(actor, oldest.code, oldest)
  else if (actor.flags & Flag.awaiting) showWait(actor, waitCode.promise, undefined)
  else actor.step(Event.settle)
}

function showWait(actor: Actor, code: number, wait: Wait | undefined): void {
  const { table, names, now } = actor.kernel
  const row = actor.row
  const name = wait === undefined ? 0 : names.code(wait.name)
  const target = wait?.row ?? noRow
  const generation = wait?.generation ?? 0
  const since = wait?.since ?? now
  const deadline = wait?.deadline ?? Infinity
  const same =
    table.state[row] === State.waiting &&
    table.waitClass[row] === code &&
    table.waitName[row] === name &&
    table.waitRow[row] === target &&
    table.waitGeneration[row] === generation &&
    (wait === undefined || (table.waitSince[row] === since && table.waitDeadline[row] === deadline))
  if (same) return
  // To another thread, who waits without a class is in the middle of a change.
  table.waitClass[row] = 0
  table.waitName[row] = name
  table.waitRow[row] = target
  table.waitGeneration[row] = generation
  table.waitSince[row] = since
  table.waitDeadline[row] = deadline
  table.waitClass[row] = code
  actor.step(Event.wait)
}

function afterRelease(actor: Actor): void {
  if (actor.flags & (Flag.busy | Flag.dead)) return
  const inHandler = (actor.flags & Flag.awaiting) !== 0 && actor.rare?.holds.length === 0
  if (!inHandler) {
    showState(actor)
    return
  }
  // The handler goes on now; whether it awaits something without a name shows when the turn ends.
  actor.step(Event.resume)
  actor.kernel.recheck(actor)
}

function nothing(): void {}
