// The life of every actor, as a state machine. This is the specification: compile.ts makes the table that runs from
// it, and docs/lifecycle.md is drawn from it. What is not listed leaves the state as it is.
//
//            take                wait
//     idle ⇄──────⇄ running ⇄───────────⇄ waiting          any of them ── end ──▶ dead
//           settle               resume, take

import {
  type EventObject,
  type MachineContext,
  type MetaObject,
  type NonReducibleUnknown,
  setup,
  type StateMachine,
  type StateSchema,
} from 'xstate'

/** The states of an actor, in the order of their codes. */
export const states = ['idle', 'running', 'waiting', 'dead'] as const

/** The name of a state. */
export type StateName = (typeof states)[number]

/** The codes of the states, as the actor table and the flight recorder have them. */
export const State = { idle: 0, running: 1, waiting: 2, dead: 3 } as const

/** The code of a state. */
export type State = (typeof State)[StateName]

/** What can happen to an actor, in the order of the codes. */
export const eventNames = ['take', 'settle', 'wait', 'resume', 'end'] as const

/** The name of a lifecycle event. */
export type EventName = (typeof eventNames)[number]

/** The codes of the lifecycle events. */
export const Event = { take: 0, settle: 1, wait: 2, resume: 3, end: 4 } as const

/** How wide a row of the compiled table is. */
export const eventCount: number = eventNames.length

/** The code of a lifecycle event. */
export type Event = (typeof Event)[EventName]

/** The lifecycle as XState sees it: events without a payload, and nothing beside the states. */
export type LifecycleMachine = StateMachine<
  MachineContext,
  { type: EventName },
  Record<string, undefined>,
  never,
  never,
  never,
  never,
  StateName,
  string,
  NonReducibleUnknown,
  NonReducibleUnknown,
  EventObject,
  MetaObject,
  StateSchema
>

/** The specification of an actor's life. */
export const lifecycle: LifecycleMachine = setup<MachineContext, { type: EventName }>(
  {},
).createMachine({
  id: 'actor',
  initial: 'idle',
  states: {
    idle: {
      description: 'nothing to do',
      on: {
        take: {
          target: 'running',
          description: 'a message, or the start hook, begins to be handled',
        },
        wait: { target: 'waiting', description: 'the actor stops on something that has a name' },
        end: { target: 'dead', description: 'the actor ends, with its one code' },
      },
    },
    running: {
      description: 'handling a message',
      on: {
        settle: {
          target: 'idle',
          description:
            'the handler has finished, or a wait was let go, and there is nothing else to do',
        },
        wait: { target: 'waiting' },
        end: { target: 'dead' },
      },
    },
    waiting: {
      description: 'stopped on something that has a name',
      on: {
        take: { target: 'running' },
        settle: { target: 'idle' },
        wait: { target: 'waiting' },
        resume: {
          target: 'running',
          description: 'what was awaited has come, and the handler goes on',
        },
        end: { target: 'dead' },
      },
    },
    dead: { type: 'final', description: 'over; the row belongs to the next actor' },
  },
})
