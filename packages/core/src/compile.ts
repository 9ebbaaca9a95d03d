// Compiles a flat XState machine into a table of bytes, so that a million actors follow the same specification at a few
// nanoseconds an event, with one byte of state each.
//
//              take  settle  wait  resume  end
//   idle          1       0     2       0    3        next[state × events + event] = the state after it
//   running       1       0     2       1    3
//   …
//
// A table knows states and events and nothing else. What it cannot express is refused by name, and so is what this
// file does not know: a compiled machine must never behave otherwise than the machine.

import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { Code, SluiceError } from './errors.ts'

const machineKeys = [
  'id',
  'version',
  'initial',
  'states',
  'description',
  'meta',
  'types',
  'schemas',
  'type',
]
const stateKeys = ['id', 'on', 'type', 'description', 'meta', 'tags']
const finalKeys = ['id', 'type', 'description', 'meta', 'tags']
const transitionKeys = ['target', 'reenter', 'description', 'meta']

/** The codes that a table is to use; without them, the order in which the machine names its states and events. */
export interface CompileOptions {
  /** The states in the order of their codes. */
  states?: readonly string[]
  /** The events in the order of their codes; may name some that the machine ignores. */
  events?: readonly string[]
}

/** A machine as a table; states and events are codes. */
export class TransitionTable {
  readonly states: readonly string[]
  readonly events: readonly string[]
  /** The code of the first state. */
  readonly initial: number
  /** The state after each event in each state, row by row. */
  readonly next: Uint8Array
  readonly #width: number

  constructor(states: readonly string[], events: readonly string[], initial: number) {
    this.states = states
    this.events = events
    this.initial = initial
    this.#width = events.length
    this.next = new Uint8Array(states.length * events.length)
  }

  /** The state after an event. Unchecked: both must be codes of this table. */
  step(state: number, event: number): number {
    return this.next[state * this.#width + event]!
  }
}

/** The table of a machine. Throws `machine_unsupported`, with the state and the key, for what a table cannot do. */
export function compile(machine: AnyStateMachine, options: CompileOptions = {}): TransitionTable {
  const { root } = machine
  const nodes: Record<string, AnyStateNode> = root.states
  if (root.type !== 'compound')
    throw refused(machine, undefined, 'type', `the root is ${root.type}`)
  checkKeys(machine, undefined, root.config, machineKeys)
  if (root.initial.actions.length > 0) throw refused(machine, undefined, 'initial', 'has actions')

  const states = ordered('states', Object.keys(nodes), options.states)
  const unknown = states.find((name) => !Object.hasOwn(nodes, name))
  if (unknown !== undefined) throw wrong('states', `machine ${machine.id} has no ${unknown}`)
  if (states.length > 256)
    throw refused(machine, undefined, 'states', 'has more states than a byte')
  for (const name of states) checkState(machine, nodes[name]!)
  const events = ordered(
    'events',
    [...new Set(Object.values(nodes).flatMap(eventsOf))],
    options.events,
  )

  const table = new TransitionTable(states, events, states.indexOf(only(root.initial.target).key))
  states.forEach((name, state) => {
    events.forEach((event, i) => {
      const target = nodes[name]!.transitions.get(event)?.[0]?.target
      // Without a target the machine stays, as with an event that it does not list.
      table.next[state * events.length + i] = target ? states.indexOf(only(target).key) : state
    })
  })
  return table
}

function eventsOf(node: AnyStateNode): string[] {
  return [...node.transitions.keys()]
}

function only<T>(list: readonly T[]): T {
  return list[0]!
}

function checkState(machine: AnyStateMachine, node: AnyStateNode): void {
  const { key, type, config } = node
  if (type !== 'atomic' && type !== 'final') throw refused(machine, key, 'type', `is ${type}`)
  // XState itself disagrees on what a final state does with an event: an actor has stopped, a pure transition moves.
  checkKeys(machine, key, config, type === 'final' ? finalKeys : stateKeys)
  for (const [event, transitions] of node.transitions) {
    const where = `on.${event}`
    if (event === '*' || event.endsWith('.*')) throw refused(machine, key, where, 'is a wildcard')
    if (event.startsWith('xstate.'))
      throw refused(machine, key, where, "is one of XState's own events")
    if (transitions.length > 1)
      throw refused(machine, key, where, 'has several transitions to choose from')
    const given: unknown = config.on?.[event]
    for (const transition of Array.isArray(given) ? given : [given]) {
      if (isRecord(transition)) checkKeys(machine, key, transition, transitionKeys, `${where}.`)
    }
    for (const { target } of transitions) {
      if (target === undefined) continue
      if (target.length > 1) throw refused(machine, key, `${where}.target`, 'names several states')
      if (only(target).parent !== machine.root) {
        throw refused(
          machine,
          key,
          `${where}.target`,
          `is not a state of the root: ${only(target).id}`,
        )
      }
    }
  }
}

/** Refuses what is set and not on the list. */
function checkKeys(
  machine: AnyStateMachine,
  state: string | undefined,
  config: object,
  known: readonly string[],
  prefix = '',
): void {
  for (const [key, value] of Object.entries(config)) {
    const unset = value === undefined || (Array.isArray(value) && value.length === 0)
    if (!unset && !known.includes(key))
      throw refused(machine, state, prefix + key, 'is more than a table can do')
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The names in the order asked for, which must have each of them once. */
function ordered(
  what: string,
  names: readonly string[],
  asked: readonly string[] = names,
): readonly string[] {
  const missing = names.find((name) => !asked.includes(name))
  if (missing !== undefined) throw wrong(what, `${missing} has no code`)
  if (new Set(asked).size < asked.length) throw wrong(what, 'a name has two codes')
  return [...asked]
}

function wrong(option: string, why: string): SluiceError {
  return new SluiceError(Code.option_invalid, `compile.${option}: ${why}`)
}

function refused(
  machine: AnyStateMachine,
  state: string | undefined,
  key: string,
  why: string,
): SluiceError {
  const where = state === undefined ? machine.id : `${machine.id}.${state}`
  return new SluiceError(Code.machine_unsupported, `${where}: ${key} ${why}`)
}
