// A behaviour made of an XState machine. Messages are its events; its state value shows as the substate in dumps; its
// `after` delays run on the system's wheel, its end is the actor's end, its error the actor's fault.
//
// Only events that the machine declares reach it. XState itself listens to names such as `xstate.stop` and
// `xstate.error.actor.x`, so an event name must never come from a wire; here the guard is at the door.

import {
  type AnyStateMachine,
  createActor,
  type EventFromLogic,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate'
import { type Behavior, type Scalar, type Self, stop } from './behavior.ts'
import { SluiceError } from './errors.ts'
import type { MailboxOptions } from './mailbox.ts'
import type { Restart } from './supervision.ts'
import type { Timer, Wheel } from './wheel.ts'

export interface MachineOptions<Machine extends AnyStateMachine, Input> {
  /** Default: the machine's id. */
  name?: string
  /** The machine's input, from the actor's. Default: the actor's own. */
  input?: (self: Self<EventFromLogic<Machine>>, input: Input) => InputFrom<Machine>
  /** More columns in a dump, from the machine's snapshot. */
  describe?: (snapshot: SnapshotFrom<Machine>) => Record<string, Scalar>
  mailbox?: MailboxOptions
  restart?: Restart
}

/** One running machine, as the actor's state. */
export interface MachineState<Machine extends AnyStateMachine> {
  readonly machine: Machine
  /** The newest snapshot. */
  snapshot(): SnapshotFrom<Machine>
  send(event: EventFromLogic<Machine>): void
  close(): void
  readonly accepts: ReadonlySet<string>
  /** What an action or an invoked actor threw outside of `send`. */
  fault: unknown
}

/** Makes a behaviour of a machine. */
export function fromMachine<Machine extends AnyStateMachine, Input = InputFrom<Machine>>(
  machine: Machine,
  options: MachineOptions<Machine, Input> = {},
): Behavior<EventFromLogic<Machine> | Settled, MachineState<Machine>, Input> {
  const name = options.name ?? machine.id
  const accepts: ReadonlySet<string> = new Set(
    machine.events.filter((type) => !type.startsWith('xstate.')),
  )
  return {
    name,
    accepts: [...accepts],
    ...(options.mailbox && { mailbox: options.mailbox }),
    ...(options.restart && { restart: options.restart }),
    start(self, given) {
      const input = options.input === undefined ? given : options.input(self, given)
      return start(machine, accepts, self as unknown as Self<Settled>, input)
    },
    receive(state, message) {
      const { type } = message as { type: string }
      if (type !== settled.type) {
        if (!accepts.has(type)) {
          throw new SluiceError('machine_unsupported', `${name} declares no event ${type}`)
        }
        state.send(message as EventFromLogic<Machine>)
      }
      if (state.fault !== undefined) throw state.fault
      const snapshot = state.snapshot() as { status: string; output?: unknown }
      return snapshot.status === 'active' ? undefined : stop(snapshot.status)
    },
    stop: (state) => state.close(),
    describe(state) {
      const snapshot = state.snapshot()
      const { value } = snapshot as unknown as { value: unknown }
      const substate = typeof value === 'string' ? value : JSON.stringify(value)
      return { substate, ...options.describe?.(snapshot) }
    },
  }
}

/** The machine moved by itself: a delay passed, an invoked promise settled. */
export interface Settled {
  readonly type: 'machine.settled'
}

const settled: Settled = { type: 'machine.settled' }

function start<Machine extends AnyStateMachine>(
  machine: Machine,
  accepts: ReadonlySet<string>,
  self: Self<Settled>,
  input: unknown,
): MachineState<Machine> {
  const { wheel } = self.context.lifetimes
  const actor = createActor(machine, { input, clock: wheelClock(wheel) } as never)
  let sending = false
  const state: MachineState<Machine> = {
    machine,
    accepts,
    fault: undefined,
    snapshot: () => actor.getSnapshot(),
    send(event) {
      sending = true
      actor.send(event)
      sending = false
    },
    close: () => void actor.stop(),
  }
  const look = (): void => {
    if (!sending) self.tell(settled)
  }
  actor.subscribe({
    next: look,
    complete: look,
    error(error) {
      state.fault = error
      look()
    },
  })
  actor.start()
  return state
}

/** XState's clock on the system's wheel, so that delays follow a manual clock too. */
function wheelClock(wheel: Wheel): {
  setTimeout: (run: () => void, ms: number) => Timer
  clearTimeout: (timer: Timer) => void
} {
  return {
    setTimeout: (run, ms) => wheel.add(ms, call, run),
    clearTimeout: (timer) => wheel.cancel(timer),
  }
}

function call(run: () => void): void {
  run()
}
