// A machine as a picture needs it: its states, where each transition leads, and where the actor is now. Read from the snapshot, which
// carries its machine; the running actor is not touched.

import type { AnyStateNode } from 'xstate'

export interface ChartState {
  /** `closing.once` */
  readonly path: string
  readonly final: boolean
  /** It is in this state now. */
  readonly now: boolean
}

export interface ChartTransition {
  readonly from: string
  /** Where it leads; itself when it changes no state. */
  readonly to: string
  /** `bid`; `after openMs` for a delay, `always` for none. */
  readonly event: string
  readonly guarded: boolean
}

export interface MachineChart {
  /** States without states of their own, in the machine's order. */
  readonly states: readonly ChartState[]
  readonly transitions: readonly ChartTransition[]
}

/** The chart of an actor whose behaviour is a machine: see `fromMachine`. Undefined for others. */
export function readMachine(state: unknown): MachineChart | undefined {
  const snapshot = snapshotOf(state)
  if (snapshot === undefined) return undefined
  const { root } = snapshot.machine
  const leaves = leavesOf(root)
  const current = new Set(pathsOf(snapshot.value))
  return {
    states: leaves.map((node) => ({
      path: node.path.join('.'),
      final: node.type === 'final',
      now: current.has(node.path.join('.')),
    })),
    transitions: transitionsOf(root),
  }
}

interface Snapshot {
  readonly machine: { readonly root: AnyStateNode }
  /** `open`, or `{ closing: 'once' }`. */
  readonly value: unknown
}

function snapshotOf(state: unknown): Snapshot | undefined {
  if (typeof state !== 'object' || state === null || !('snapshot' in state)) return undefined
  if (typeof state.snapshot !== 'function') return undefined
  const snapshot = (state as { snapshot: () => unknown }).snapshot()
  if (typeof snapshot !== 'object' || snapshot === null || !('machine' in snapshot))
    return undefined
  const { machine } = snapshot
  return typeof machine === 'object' && machine !== null && 'root' in machine
    ? (snapshot as Snapshot)
    : undefined
}

/** The states that a machine is in, by their paths: `closing.once`. */
export function pathsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Object.entries(value ?? {}).flatMap(([name, below]) => {
    const paths = pathsOf(below)
    return paths.length === 0 ? [name] : paths.map((path) => `${name}.${path}`)
  })
}

function leavesOf(node: AnyStateNode): AnyStateNode[] {
  const below: AnyStateNode[] = Object.values(node.states)
  return below.length === 0 ? [node] : below.flatMap(leavesOf)
}

/** Where one is who enters a state: its first leaf. */
function entryOf(node: AnyStateNode): AnyStateNode {
  const initial = node.initial?.target[0] ?? (Object.values(node.states)[0] as AnyStateNode)
  return initial === undefined ? node : entryOf(initial)
}

/** Each from the leaves that it starts at: a transition of a state is one of all that are in it. */
function transitionsOf(node: AnyStateNode): ChartTransition[] {
  const own = [...node.transitions].flatMap(([event, choices]) =>
    choices.flatMap(({ target = [], guard }) =>
      leavesOf(node).flatMap((leaf) =>
        (target.length === 0 ? [leaf] : target.map(entryOf)).map((to) => ({
          from: leaf.path.join('.'),
          to: to.path.join('.'),
          event: wordOf(event),
          guarded: guard !== undefined,
        })),
      ),
    ),
  )
  const always = (node.always ?? []).flatMap(({ target = [], guard }) =>
    target.map(entryOf).map((to) => ({
      from: entryOf(node).path.join('.'),
      to: to.path.join('.'),
      event: 'always',
      guarded: guard !== undefined,
    })),
  )
  const below: AnyStateNode[] = Object.values(node.states)
  return [...own, ...always, ...below.flatMap(transitionsOf)]
}

/** `xstate.after.1000.auction.open` is a delay, `xstate.done.actor.x` the end of an invoked one. */
function wordOf(event: string): string {
  const [own, kind, name = ''] = event.split('.')
  if (own !== 'xstate') return event
  if (kind === 'after') return `after ${/^\d+$/.test(name) ? `${name} ms` : name}`
  return event.split('.').slice(1).join(' ')
}
