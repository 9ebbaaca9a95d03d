// The wait-for graph: who waits on whom. A row names one actor that it waits on at most, so every chain is a line that
// ends at an actor that waits on none, at one that is dead, or in a circle: a deadlock. Pure.
//
//   a ─▶ b ─▶ c [running, 12 s]       a and b wait, directly or not, on c: c is their root
//   d ─▶ e ⇄ f                        e and f wait on each other, and d behind them
//
// Leaves are peeled off until only circles are left, so that a chain of 100,000 needs no stack and one pass.

import type { ActorRow, Dump } from '../dump.ts'
import { fold, nameOf, printCount, printDoing, printNumber } from '../phrases.ts'
import { printMs } from '../text/text.ts'

export interface WaitGraphOptions {
  /** Roots, circles and waits listed of each. Default 100. */
  limit?: number
  /** Actors named of each root. Default 5. */
  samples?: number
}

/** One actor waits on another. */
export interface WaitEdge {
  from: string
  fromBehavior: string
  to: string
  toBehavior: string
  class: string
  ms: number
  /** Actors that wait, directly or not, on the one that waits here. */
  behind: number
  dead?: true
  /** It is part of a circle. */
  cycle?: true
}

/** An actor at the end of chains: what it does holds up all of them. */
export interface WaitRoot {
  id: string
  behavior: string
  /** `dead`: nothing will end the waits. `unlisted`: the dump's list was cut before it. */
  kind: 'alive' | 'dead' | 'unlisted'
  /** Absent unless alive. */
  actor?: ActorRow
  direct: number
  /** Actors that wait on it, directly or not. */
  all: number
  /** Waits in the longest chain. */
  longest: number
  /** The longest wait of those that wait on it directly. */
  ms: number
  sample: string[]
  words: string
}

/** Actors that wait on each other in a circle. */
export interface WaitCycle {
  /** Each waits on the next, the last on the first. */
  actors: ActorRow[]
  /** The youngest of their waits: so long has the circle been closed. */
  ms: number
  /** Others that wait on one of them, directly or not. */
  behind: number
  words: string
}

export interface WaitGraph {
  /** Actors that wait on an actor. */
  count: number
  /** The one that holds up most first. */
  roots: WaitRoot[]
  rootCount: number
  /** The one that was closed first, first. */
  cycles: WaitCycle[]
  cycleCount: number
  /** Circles first, then those that hold up most. */
  edges: WaitEdge[]
}

/** Who waits on whom. */
export function waitGraph(dump: Pick<Dump, 'actors'>, options: WaitGraphOptions = {}): WaitGraph {
  const { limit = 100, samples = 5 } = options
  const nodes = linked(dump.actors)
  peel(nodes)
  const cycles = circles(nodes)
  const waiting = nodes.filter(({ to }) => to !== undefined)
  const roots = nodes.filter(({ to, from }) => to === undefined && from > 0)
  roots.sort((a, b) => b.behind - a.behind || b.ms - a.ms || a.index - b.index)
  const edges = waiting
    .slice()
    .sort(
      (a, b) =>
        Number(b.circle) - Number(a.circle) ||
        b.behind - a.behind ||
        b.actor!.wait!.ms - a.actor!.wait!.ms ||
        a.index - b.index,
    )
  return {
    count: waiting.length,
    roots: roots.slice(0, limit).map((root) => readRoot(root, samples)),
    rootCount: roots.length,
    cycles: cycles.slice(0, limit).map((circle) => readCycle(circle)),
    cycleCount: cycles.length,
    edges: edges.slice(0, limit).map((node) => readEdge(node)),
  }
}

/** Circles and roots as sentences, the worst first. */
export function printWaitGraph(graph: WaitGraph): string[] {
  const { cycles, cycleCount, roots, rootCount } = graph
  const lines = cycles.flatMap(({ words }) => fold(`deadlock: ${words}`))
  if (cycleCount > cycles.length) {
    lines.push(`${printCount(cycleCount - cycles.length, 'deadlock')} more`)
  }
  for (const { words, sample } of roots) lines.push(...fold(words), `    ${sample.join(' ')}`)
  if (rootCount > roots.length) {
    lines.push(`${printCount(rootCount - roots.length, 'other')} waited on`)
  }
  return lines
}

interface Node {
  readonly id: string
  readonly index: number
  /** Undefined for one that the dump does not list. */
  readonly actor: ActorRow | undefined
  to: Node | undefined
  /** Actors that wait on it directly. */
  from: number
  /** Of those, the ones not peeled off yet. */
  left: number
  sample: string[]
  /** What those say that it is, and how long the first of them has waited. */
  behavior: string
  dead: boolean
  ms: number
  /** Actors that wait on it, directly or not, without its own circle. */
  behind: number
  longest: number
  circle: boolean
}

/** Waiters that a node remembers. */
const remembered = 16

function linked(actors: readonly ActorRow[]): Node[] {
  const nodes: Node[] = []
  const byId = new Map<string, Node>()
  const add = (id: string, actor: ActorRow | undefined): Node => {
    const node = {
      id,
      index: nodes.length,
      actor,
      to: undefined,
      from: 0,
      left: 0,
      sample: [],
      behavior: actor?.behavior ?? '',
      dead: false,
      ms: 0,
      behind: 0,
      longest: 0,
      circle: false,
    }
    nodes.push(node)
    byId.set(id, node)
    return node
  }
  for (const actor of actors) add(actor.id, actor)
  for (let i = 0; i < actors.length; i++) {
    const wait = actors[i]!.wait
    if (wait?.actor === undefined) continue
    const to = byId.get(wait.actor) ?? add(wait.actor, undefined)
    if (to.actor === undefined) to.behavior = wait.target
    if (wait.dead) to.dead = true
    nodes[i]!.to = to
    to.from++
    to.left++
    to.ms = Math.max(to.ms, wait.ms)
    if (to.sample.length < remembered) to.sample.push(actors[i]!.id)
  }
  return nodes
}

/** Takes leaves away until none is left, adding up what waits behind each. */
function peel(nodes: readonly Node[]): void {
  const leaves = nodes.filter(({ from }) => from === 0)
  for (let leaf = leaves.pop(); leaf !== undefined; leaf = leaves.pop()) {
    const { to } = leaf
    if (to === undefined) continue
    to.behind += leaf.behind + 1
    to.longest = Math.max(to.longest, leaf.longest + 1)
    if (--to.left === 0) leaves.push(to)
  }
}

/** What peeling left: each circle from its first actor, the one that closed first before the others. */
function circles(nodes: readonly Node[]): Node[][] {
  const found: Node[][] = []
  for (const node of nodes) {
    if (node.left === 0 || node.to === undefined || node.circle) continue
    const circle: Node[] = []
    for (let at: Node = node; !at.circle; at = at.to!) {
      at.circle = true
      circle.push(at)
    }
    found.push(circle)
  }
  return found.sort((a, b) => closedMs(b) - closedMs(a) || a[0]!.index - b[0]!.index)
}

function closedMs(circle: readonly Node[]): number {
  return circle.reduce((least, { actor }) => Math.min(least, actor!.wait!.ms), Infinity)
}

function readEdge(node: Node): WaitEdge {
  const wait = node.actor!.wait!
  return {
    from: node.id,
    fromBehavior: node.behavior,
    to: node.to!.id,
    toBehavior: node.to!.behavior,
    class: wait.class,
    ms: wait.ms,
    behind: node.behind,
    ...(wait.dead && { dead: true as const }),
    ...(node.circle && { cycle: true as const }),
  }
}

function readRoot(node: Node, samples: number): WaitRoot {
  const { id, behavior, actor, from: direct, behind: all, longest, ms } = node
  const kind = actor !== undefined ? 'alive' : node.dead ? 'dead' : 'unlisted'
  const verb = all === 1 ? 'waits' : 'wait'
  const how = all > direct ? ', directly or not,' : ''
  const fate = {
    alive: actor === undefined ? '' : ` [${printDoing(actor)}]`,
    dead: ', which is dead',
    unlisted: ', which this dump does not list',
  }[kind]
  const name = actor === undefined ? `${behavior} ${id}`.trim() : nameOf(actor)
  return {
    id,
    behavior,
    kind,
    ...(actor && { actor }),
    direct,
    all,
    longest,
    ms,
    sample: node.sample.slice(0, samples),
    words: `${printCount(all, 'actor')} ${verb}${how} on ${name}${fate}`,
  }
}

/** Actors of a circle that its words name. */
const named = 8

function readCycle(circle: readonly Node[]): WaitCycle {
  const actors = circle.map(({ actor }) => actor!)
  const behind = circle.reduce((sum, node) => sum + node.behind, 0)
  return { actors, ms: closedMs(circle), behind, words: describe(actors, behind) }
}

function describe(actors: readonly ActorRow[], behind: number): string {
  const parts = actors.slice(0, named).map((actor, i) => {
    const { wait } = actor
    const next = i + 1 < actors.length ? nameOf(actors[i + 1]!) : nameOf(actors[0]!)
    const on = actors.length === 1 ? 'itself' : next
    return `${i === 0 ? nameOf(actor) : 'which'} waits on ${on} (${wait!.class}, ${printMs(wait!.ms)})`
  })
  if (actors.length > named) {
    parts.push(`and so on over ${printNumber(actors.length - named)} more, back to the first`)
  }
  const others = behind === 0 ? '' : `; ${printCount(behind, 'actor')} behind`
  return parts.join(', ') + others
}
