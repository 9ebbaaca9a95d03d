// A behaviour made of an XState machine. Messages are its events; its state value shows as the substate in dumps; its
// `after` delays run on the system's wheel, its end is the actor's end, its error the actor's fault.
//
// Only events that the machine declares, by name or wildcard, reach it. XState itself listens to names such as `xstate.stop` and
// `xstate.error.actor.x`, so an event name must never come from a wire; here the guard is at the door.

import {
  type AnyStateMachine,
  type AnyStateNode,
  createActor,
  type EventFromLogic,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate'
import { type Behavior, type Scalar, type Self, stop } from './behavior.ts'
import { SluiceError } from './errors.ts'
import { pathsOf } from './machine-chart.ts'
import type { MailboxOptions } from './mailbox.ts'
import type { Restart } from './supervision.ts'
import type { Tab } from './tab.ts'
import type { Timer, Wheel } from './wheel.ts'

export interface MachineOptions<Machine extends AnyStateMachine, Input> {
  /** Default: the machine's id. */
  name?: string
  /** The machine's input, from the actor's. Default: the actor's own. */
  input?: (self: Self<EventFromLogic<Machine>>, input: Input) => InputFrom<Machine>
  /** More columns in a dump, from the machine's snapshot. */
  describe?: (snapshot: SnapshotFrom<Machine>) => Record<string, Scalar>
  /** What the devtool shows of one actor, from the machine's snapshot. */
  inspect?: (snapshot: SnapshotFrom<Machine>) => unknown
  /** A list of its actors in the devtool; its columns are `substate`, and what `describe` adds. */
  tab?: string | Tab
  mailbox?: MailboxOptions
  restart?: Restart
}

/** One running machine, as the actor's state. */
export interface MachineState<Machine extends AnyStateMachine> {
  /** The newest snapshot. */
  snapshot(): SnapshotFrom<Machine>
  send(event: EventFromLogic<Machine>): void
  /** The actor has the word that the machine moved by itself, and looks now. */
  seen(): void
  close(): void
}

/** Makes a behaviour of a machine. */
export function fromMachine<Machine extends AnyStateMachine, Input = InputFrom<Machine>>(
  machine: Machine,
  options: MachineOptions<Machine, Input> = {},
): Behavior<EventFromLogic<Machine> | Settled, MachineState<Machine>, Input> {
  const { inspect } = options
  const name = options.name ?? machine.id
  const declared = new Set(descriptorsOf(machine.root))
  const open = [...declared].some((descriptor) => descriptor.endsWith('*'))
  return {
    name,
    // A list can name no wildcard.
    ...(!open && { accepts: [...declared] }),
    ...(options.mailbox && { mailbox: options.mailbox }),
    ...(options.restart && { restart: options.restart }),
    ...(options.tab !== undefined && { tab: options.tab }),
    start(self, given) {
      const input = options.input === undefined ? given : options.input(self, given)
      return start(machine, self as unknown as Self<Settled>, input)
    },
    receive(state, message) {
      const { type } = message as { type: string }
      if (type === settled.type) state.seen()
      else if (declares(declared, type)) state.send(message as EventFromLogic<Machine>)
      else throw new SluiceError('machine_unsupported', `${name} declares no event ${type}`)
      const { status, error } = state.snapshot() as { status: string; error?: unknown }
      if (status === 'error') throw error
      return status === 'active' ? undefined : stop(status)
    },
    stop: (state) => state.close(),
    describe(state) {
      const snapshot = state.snapshot()
      const { value } = snapshot as unknown as { value: unknown }
      return { substate: pathsOf(value).join(' '), ...options.describe?.(snapshot) }
    },
    ...(inspect && { inspect: (state) => inspect(state.snapshot()) }),
  }
}

/** The machine moved by itself: a delay passed, an invoked promise settled. */
export interface Settled {
  readonly type: 'machine.settled'
}

const settled: Settled = { type: 'machine.settled' }

/** All that the states from here downwards have a transition for, also those that say to do nothing. */
function descriptorsOf(node: AnyStateNode): string[] {
  const below: AnyStateNode[] = Object.values(node.states)
  const own = [...node.transitions.keys()].filter((type) => !type.startsWith('xstate.'))
  return [...own, ...below.flatMap(descriptorsOf)]
}

/** `bid`, or `bid.*`, or `*`: as XState reads them, but for its own events. */
function declares(declared: ReadonlySet<string>, type: string): boolean {
  if (declared.has(type)) return !type.endsWith('*')
  if (typeof type !== 'string' || type.startsWith('xstate.') || type.endsWith('*')) return false
  if (declared.has('*')) return true
  const tokens = type.split('.')
  return tokens.some((_, i) => declared.has([...tokens.slice(0, i + 1), '*'].join('.')))
}

function start<Machine extends AnyStateMachine>(
  machine: Machine,
  self: Self<Settled>,
  input: unknown,
): MachineState<Machine> {
  const { wheel } = self.context.lifetimes
  const actor = createActor(machine, { input, clock: wheelClock(wheel) } as never)
  // While the actor itself drives the machine, it looks afterwards anyway; and one word at a time is enough.
  let driving = true
  let told = false
  const look = (): void => {
    if (driving || told) return
    told = true
    // Ahead of all others, and never refused: a full mailbox must not hide the machine's end.
    self.signal(settled)
  }
  actor.subscribe({ next: look, complete: look, error: look })
  actor.start()
  const { status, error } = actor.getSnapshot() as { status: string; error?: unknown }
  if (status === 'error') throw error
  driving = false
  if (status !== 'active') look()
  return {
    snapshot: () => actor.getSnapshot(),
    send(event) {
      driving = true
      try {
        actor.send(event)
      } finally {
        driving = false
      }
    },
    seen() {
      told = false
    },
    close() {
      driving = true
      actor.stop()
    },
  }
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
