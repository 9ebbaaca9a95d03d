// What a dump holds. The same words in JSON, in text, in a comparison and in the devtool. Plain data: a dump read from a file
// is as good as one just taken. Never message contents.

import type { Scalar } from '../behavior.ts'
import type { StateName } from '../lifecycle.ts'
import type { Site } from '../sites.ts'
import type { StackFrame } from '../stacks.ts'
import type { Group } from './map/groups.ts'

export type { StackFrame }

/** Why an actor is waiting. */
export interface WaitRow {
  /** One of `waitClasses`. */
  class: string
  /** What it waits for: the behaviour of an actor, or the name of a thing (`peer`, `publish`). Empty when nobody named it. */
  target: string
  /** The id of that actor. */
  actor?: string
  /** That actor is dead: nothing it could do will end the wait. */
  dead?: true
  ms: number
  /** Until its deadline, negative when that is over; absent without one. */
  leftMs?: number
}

export interface ActorRow {
  id: string
  behavior: string
  label: string
  state: StateName
  /** In this state since so long. */
  ms: number
  ageMs: number
  wait?: WaitRow
  /** `type` of the message that it is handling, when there is one. */
  message?: string
  parent: string
  /** Actors right below it; absent unless asked for. */
  children?: number
  mailbox: number
  handled: number
  restarts: number
  site: number
  /** Until the context's deadline; absent without one. */
  deadlineMs?: number
  /** Why it is about to end; absent while its context lives. */
  ending?: string
  /** Since its context ended; absent while that lives. */
  endedMs?: number
  /** It lives on although its context ended longer ago than its grace time. */
  orphan?: true
  /** Why it was restarted last; absent when it never was. */
  restarted?: string
  /** Timers that it has set and that have not come yet; absent when none. */
  timers?: number
  /** Where it was spawned, the innermost first; of a sampled share of spawns. */
  stack?: readonly StackFrame[]
  more?: Record<string, Scalar>
  /**
   * What the table does not have (label, more, deadlineMs, ending, restarted, timers, stack) was read after the cut, and
   * by then this actor had done something (`moved`: it may be newer than the rest) or was dead (`gone`: it is missing).
   */
  later?: 'moved' | 'gone'
}

export interface TombstoneRow {
  id: string
  behavior: string
  label: string
  /** Absent for the root, which has none. */
  parent?: string
  code: string
  end: string
  agoMs: number
  livedMs: number
  handled: number
  restarts: number
  trail: string[]
}

/** Why a dump was taken. */
export interface DumpReason {
  trigger: 'request' | 'signal' | 'slo' | 'alert' | 'crash' | 'stall' | 'heap' | 'end'
  /** The rule that was broken, the alert's name, the signal: what the trigger tells. */
  detail?: string
  value?: number
  threshold?: number
}

/** Where a dump was taken. */
export interface DumpNode {
  name: string
  uid: string
  pid: number
  host: string
  version: string
}

/** One transition of the flight recorder. */
export interface FlightRow {
  /** Before the dump. */
  agoMs: number
  actor: string
  behavior: string
  event: string
  from: StateName
  to: StateName
  wait?: string
}

/** `sluice.dump/1` */
export interface Dump {
  schema: 'sluice.dump/1'
  takenAt: string
  uptimeMs: number
  /** How long the loop was held. */
  tookMs: number
  /** Absent for a system that is no node's. */
  node?: DumpNode
  reason?: DumpReason
  total: number
  /** How many a filter let through, whatever the limit; absent without one. */
  matched?: number
  /**
   * When that was read which the table does not have: absent, in the cut itself; `later`, in the turns that followed;
   * `never`, as it was another thread that read the table.
   */
  described?: 'later' | 'never'
  /** From the cut until the last of it was read. */
  lateMs?: number
  /** Fewer than `total` when a limit or a filter cut the list. */
  actors: ActorRow[]
  /** Those above them, up to the root, that are not listed themselves; at most 1,000. Absent unless asked for. */
  above?: ActorRow[]
  /** Instead of the actors, where only these were asked for or are known. */
  groups?: Group[]
  population: Record<StateName, number>
  orphans: number
  sites: Record<string, Site>
  ends: Record<string, number>
  counters: Record<string, number>
  tombstones: TombstoneRow[]
  /** Of a loop that did not turn: where it was. */
  stack?: StackFrame[]
  /** The last transitions, the newest last. */
  flight?: FlightRow[]
  /** The node in figures, under the names of `/debug/vars`. */
  facts?: Record<string, number | string>
  /** What ended the process, with its stack. */
  error?: string
  /** What this dump could not see, and why. */
  notes?: string[]
}
