// What a lint is, after tokio-console's: it looks at one actor (or at a dump as a whole), says in a sentence what is wrong
// with it, and in a fragment after a count what is wrong with many. Pure: a lint reads a dump, never a stream of events,
// since state that is put together from events that may be lost tells of faults that are none.

import type { ActorRow, Dump } from '../dump.ts'
import type { WaitGraph } from '../map/wait-graph.ts'

/** `fault`: something is broken. `warning`: it goes there. `hint`: worth a look. */
export type Severity = 'fault' | 'warning' | 'hint'

/** Thresholds. */
export interface LintLimits {
  /** A circle of waits is a deadlock once it has been closed for so long. Default 1,000. */
  deadlockMs: number
  /** How long a wait on something dead may last. Default 1,000. */
  deadWaitMs: number
  /** How far a wait may be past its deadline. Default 1,000. */
  overdueMs: number
  /** A handler that runs for so long is stuck. Default 5,000. */
  stuckMs: number
  /** A handler that awaits something without a name for so long is stuck. Default 30,000. */
  awaitMs: number
  /** A handler that runs for so long holds the loop. Default 500. */
  turnMs: number
  /** A wait without deadline and without an actor that could end it is lost after so long. Default 60,000. */
  lostMs: number
  /** Actors that wait, directly or not, on one that has done nothing, or has waited, for so long. Default 5 and 3,000. */
  held: number
  heldMs: number
  /** How long a peer may be behind. Default 5,000. */
  socketMs: number
  /** Bytes queued for a peer (column `queue`). Default 786,432: three quarters of what a connection may queue. */
  queueBytes: number
  /** Messages in a mailbox. Default 512: half of what a mailbox holds unless told otherwise. */
  mailbox: number
  /** Messages by which a mailbox grew between two dumps. Default 100. */
  mailboxGrowth: number
  /** So much must lie between those two: a burst is no growth. Default 5,000. */
  growthMs: number
  /** Restarts that make a storm, if there are as many as `restartsPerMinute`. Default 3. */
  restarts: number
  /** Default 1. */
  restartsPerMinute: number
  /** Timers of one actor. Default 1,000. */
  timers: number
  /** Sockets without an actor, or the other way round: so many, and this share of them. Default 10 and 0.05. */
  books: number
  booksShare: number
  /** Ends by force are told for so long. Default 600,000. */
  forcedMs: number
  /** Actors by one line of source: so many, and this share of all. Default 500 and 0.01. */
  site: number
  siteShare: number
  /** Actors by one line that never received a message in so long: so many. Default 100 and 60,000. */
  silent: number
  silentMs: number
  /** Behaviours of which there are many by design. Default connection, room. */
  many: readonly string[]
}

export const lintDefaults: LintLimits = {
  deadlockMs: 1_000,
  deadWaitMs: 1_000,
  overdueMs: 1_000,
  stuckMs: 5_000,
  awaitMs: 30_000,
  turnMs: 500,
  lostMs: 60_000,
  held: 5,
  heldMs: 3_000,
  socketMs: 5_000,
  queueBytes: 786_432,
  mailbox: 512,
  mailboxGrowth: 100,
  growthMs: 5_000,
  restarts: 3,
  restartsPerMinute: 1,
  timers: 1_000,
  books: 10,
  booksShare: 0.05,
  forcedMs: 600_000,
  site: 500,
  siteShare: 0.01,
  silent: 100,
  silentMs: 60_000,
  many: ['connection', 'room'],
}

/** What lints look at. */
export interface LintFacts extends LintLimits {
  dump: Dump
  /** An earlier dump of the same life of the same node. */
  before: { actor: (id: string) => ActorRow | undefined; agoMs: number } | undefined
  waits: WaitGraph
  /** No actor is missing from the list. */
  whole: boolean
}

interface AnyLint {
  /** Kebab-case, as in docs/lints.md. */
  name: string
  severity: Severity
  /** What follows a count of one, and of many: `actor waits …`, `actors wait …`. */
  summary: readonly [one: string, many: string]
}

/** A lint that looks at each actor. */
export interface ActorLint extends AnyLint {
  check: (actor: ActorRow, facts: LintFacts) => boolean
  /** How bad it is: the worst are named. */
  weight: (actor: ActorRow) => number
  /** A sentence about one. */
  sentence: (actor: ActorRow, facts: LintFacts) => string
  /** How many there are when the dump knows more than it lists. */
  total?: (dump: Dump) => number
}

/** A lint that looks at the dump as a whole. */
export interface DumpLint extends AnyLint {
  find: (facts: LintFacts, limit: number) => { count: number; findings: Finding[] }
}

/** One thing found, in a sentence, and whom it is about. */
export interface Finding {
  sentence: string
  ids: string[]
}
