// What an actor needs of the system it lives in. The system implements it; actors know no more than this.

import type { Actor } from './actor.ts'
import type { AnyBehavior } from './behavior.ts'
import type { Clock } from './clock.ts'
import type { Lifetimes } from './context.ts'
import type { EndCode } from './ends.ts'
import type { Events, KernelEvent } from './events.ts'
import type { Mailbox } from './mailbox.ts'
import type { Names } from './names.ts'
import type { Recorder } from './recorder.ts'
import type { Sites } from './sites.ts'
import type { Supervision } from './supervision.ts'
import type { Tab } from './tab.ts'
import type { Table } from './table.ts'
import type { Tombstones } from './tombstones.ts'
import type { Tracer } from './tracer.ts'
import type { Wheel } from './wheel.ts'

/** What the kernel counts; only ever upwards. */
export interface Counters {
  spawned: number
  handled: number
  restarts: number
  forced: number
  /** Messages to the dead, and those that died with their receiver. */
  deadLetters: number
  /** Messages that a full mailbox refused or dropped. */
  overflowed: number
  readonly ends: Record<EndCode, number>
}

/** A behaviour with its options resolved, once per system. */
export interface Program {
  readonly behavior: AnyBehavior
  readonly code: number
  readonly mailbox: ConstructorParameters<typeof Mailbox>[0]
  readonly supervision: Supervision
  readonly tab: Tab | undefined
}

export interface Kernel {
  readonly clock: Clock
  readonly wheel: Wheel
  readonly lifetimes: Lifetimes
  readonly table: Table
  readonly recorder: Recorder
  readonly names: Names
  readonly sites: Sites
  readonly events: Events<KernelEvent>
  readonly tombstones: Tombstones
  readonly counters: Counters
  /** Who follows messages, if anybody does. */
  readonly tracer: Tracer | undefined
  /** The actor of every row. */
  readonly actors: (Actor | undefined)[]
  /** Actors whose context ended and that are still alive. */
  readonly ending: Set<Actor>
  readonly graceMs: number
  readonly askTimeoutMs: number
  readonly random: () => number
  /** The compiled lifecycle: `next[state * events + event]`. */
  readonly next: Uint8Array
  /** Clock time, read once a turn. */
  readonly now: number
  /** Some context has ended and the reaper has not told everybody yet: else an actor knows of its own end. */
  readonly reaping: boolean
  /** The actor whose handler is on the stack, and the message it handles. */
  current: Actor | undefined
  message: unknown

  program(behavior: AnyBehavior): Program
  /** Gives the actor a slice in this turn or the next. */
  enqueue(actor: Actor): void
  /** Looks at the actor again when the turn ends: a named wait is over, its handler may await something else. */
  recheck(actor: Actor): void
}
