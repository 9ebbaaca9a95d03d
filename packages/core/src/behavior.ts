// A behaviour is what an actor does with a message: plain functions over a message union, returning what happens next.
//
//   export default defineBehavior({
//     name: 'counter',
//     start: () => ({ count: 0 }),
//     receive(state, message: { type: 'add'; by: number }) { state.count += message.by },
//   })

import type { Reply } from './ask.ts'
import type { Context } from './context.ts'
import type { End } from './ends.ts'
import type { Delivery, MailboxOptions } from './mailbox.ts'
import type { MaybePromise } from './maybe.ts'
import type { Restart, Supervision } from './supervision.ts'
import type { Tab } from './tab.ts'
import type { WaitClass } from './table.ts'
import type { Timer } from './wheel.ts'

/** What happens after a message; returning nothing goes on with the same state. */
export type Next<State> = { readonly next: 'continue'; readonly state: State } | Stop

export interface Stop {
  readonly next: 'stop'
  readonly detail: string
}

/** Goes on with another state. */
export function next<State>(state: State): Next<State> {
  return { next: 'continue', state }
}

/** Ends the actor: `completed`, with a few words for people. */
export function stop(detail = ''): Stop {
  return { next: 'stop', detail }
}

/** A value that a dump may show. */
export type Scalar = string | number | boolean | null

export interface Behavior<Message, State = unknown, Input = void> {
  readonly name: string
  /** Makes the first state; again at every restart. */
  start(self: Self<Message>, input: Input): MaybePromise<State>
  /** Handles one message. While a promise is out, the actor waits and takes no other message. */
  receive(
    state: State,
    message: Message,
    self: Self<Message>,
  ): MaybePromise<Next<State> | undefined | void>
  /** Lets go of what `start` took; its children are gone already. Bounded by `graceMs`. */
  stop?(state: State, end: End, self: Self<Message>): MaybePromise<void>
  /** A short name for people, such as `rooms/lobby`. Called only by dumps. */
  label?(state: State): string
  /** More columns for this actor's row in a dump. Called only by dumps. */
  describe?(state: State): Record<string, Scalar>
  /** What the devtool shows of one actor, as JSON that is cut where it is long. Called only when somebody looks at that one. */
  inspect?(state: State): unknown

  /** A list of its actors in the devtool, under this title: the columns are what `describe` tells. Default: none of its own. */
  readonly tab?: string | Tab
  /** Types of messages it wants; a sender that has others to offer, such as a room, spares it those. Default: all. */
  readonly accepts?: readonly string[]
  readonly mailbox?: MailboxOptions
  /** How its children are supervised. Default one-for-one, 5 restarts in 5 s. */
  readonly supervise?: Partial<Supervision>
  /** Whether its own end is followed by a restart. Default `temporary`: never. */
  readonly restart?: Restart
  /** How long it may take to stop before it is ended by force. Default: the system's, 5,000. */
  readonly graceMs?: number
  /** How long one asynchronous start or receive may take before the actor fails. Default Infinity. */
  readonly receiveTimeoutMs?: number
  /** Actors that may live below it at one time; one more, and it fails. Default Infinity. */
  readonly maxDescendants?: number
}

/** The identity function, for its types. */
export function defineBehavior<Message, State, Input = void>(
  behavior: Behavior<Message, State, Input>,
): Behavior<Message, State, Input> {
  return behavior
}

/** Any behaviour, where the message type does not matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- a behaviour is contravariant in what it takes; only `any` admits all
export type AnyBehavior = Behavior<any, any, any>

export interface AskOptions {
  /** Default: the system's, 5,000. Never later than the asker's own deadline. */
  timeoutMs?: number
  /** The asking actor, which is then `waiting: ask` and whose end takes the ask along. */
  self?: Self<never>
}

/** The handle to an actor. Stays good across restarts; a dead actor's says so. */
export interface Ref<Message = never> {
  /** Row and generation in hexadecimal: `7f3a`, `7f3a.2`. */
  readonly id: string
  readonly row: number
  readonly generation: number
  readonly behavior: AnyBehavior
  readonly alive: boolean
  /** Never throws, never waits; says what became of the message. */
  tell(message: Message): Delivery
  /** Sends a message that carries a way to answer. Rejects: `ask_timeout`, `actor_dead`, `mailbox_full`, `ask_failed`. */
  ask<Answer>(make: (reply: Reply<Answer>) => Message, options?: AskOptions): Promise<Answer>
  /** As `tell`, ahead of all other messages and never refused for want of space: for facts that must not be lost. */
  signal(message: Message): void
  /** Ends the actor and all below it. */
  stop(detail?: string, cause?: End): void
}

/** Something an actor waits on, until it is released. */
export interface Hold {
  release(): void
}

/** What an actor is to itself, while it handles a message. */
export interface Self<Message> extends Ref<Message> {
  readonly context: Context
  /** Clock time in ms, read once a turn. */
  readonly now: number
  spawn<M, I>(behavior: Behavior<M, unknown, I>, ...input: SpawnInput<I>): Ref<M>
  /** As `tell`, but waits (`waiting: mailbox`) while a receiver that suspends its senders is full. */
  send<M>(to: Ref<M>, message: M): MaybePromise<Delivery>
  /** Names what an await waits for; rejects when the context ends first. */
  wait<T>(wait: WaitClass, target: string | Ref, promise: PromiseLike<T>): Promise<T>
  /** Shows as waiting although no handler runs, such as on a peer that does not read. */
  hold(wait: WaitClass, target: string | Ref, deadlineMs?: number): Hold
  /** Tells this actor `message` after `ms`, on the system lane; gone with the actor. */
  after(ms: number, message: Message): Timer
  cancel(timer: Timer): void
  /** Tells this actor `message` when the other dies; soon, if it is dead. */
  watch(other: Ref, message: Message): void
  unwatch(other: Ref): void
}

/** Behaviours without an input are spawned without one, and where it may be undefined, or `any`, as one likes. */
export type SpawnInput<I> = 0 extends 1 & I
  ? [input?: I]
  : [I] extends [void]
    ? []
    : undefined extends I
      ? [input?: I]
      : [input: I]
