// Where the wait-for graph is drawn: whoever is waited on stands left of those who wait, so each chain ends at the left edge,
// at the one to look at. A circle is cut open at one actor, and its last arrow leads back. Pure.
//
//   auditor 6 ◀── clerk 7 ◀──┬── picker 8
//                            └── picker 9

import type { WaitEdge, WaitGraph } from '@sluice/core'
import { hierarchy, tree } from 'd3-hierarchy'

export interface Spot {
  readonly key: string
  /** Empty for many that are one spot. */
  readonly id: string
  readonly behavior: string
  /** Actors that this spot stands for. */
  readonly count: number
  /** The name of its colour. */
  readonly color: string
  readonly dead: boolean
  readonly radius: number
  /** Nobody drawn waits on it. */
  readonly leaf: boolean
  readonly class: string
  readonly x: number
  readonly y: number
}

export interface Arrow {
  readonly from: Spot
  readonly to: Spot
  readonly class: string
  readonly ms: number
  readonly cycle: boolean
  /** It closes a circle. */
  readonly back: boolean
}

export interface Layout {
  readonly spots: readonly Spot[]
  readonly arrows: readonly Arrow[]
  readonly width: number
  readonly height: number
}

interface Actor {
  readonly key: string
  readonly id: string
  readonly behavior: string
  readonly count: number
  /** Its own wait, if it waits. */
  edge: WaitEdge | undefined
  dead: boolean
  waiters: Actor[]
}

const lineHeight = 26
const margin = { top: 34, left: 28, right: 130, bottom: 22 }
/** Room for arrows that lead back. */
const arc = 46
/** From one actor of a chain to the next. */
const step = { least: 120, most: 260 }
/** So many that are alike and on whom nobody waits stand one by one; more are one spot. */
const few = 16

export function layOutWaits(
  { edges, roots }: Pick<WaitGraph, 'edges' | 'roots'>,
  width: number,
): Layout {
  const { heads, backs } = headsOf(actorsOf(edges))
  const top = hierarchy<{ actor?: Actor; waiters: Actor[] }>({ waiters: heads }, ({ waiters }) =>
    waiters.map((actor) => ({ actor, waiters: fold(actor.waiters) })),
  )
  const depth = Math.max(1, top.height - 1)
  const across = Math.max(
    step.least,
    Math.min(step.most, (width - margin.left - margin.right) / depth),
  )
  const placed = tree<typeof top.data>()
    .nodeSize([lineHeight, across])
    .separation((a, b) => (a.parent === b.parent && !a.children && !b.children ? 1 : 1.7))(top)
  const below = placed.descendants().filter(({ data }) => data.actor !== undefined)
  const highest = Math.min(...below.map(({ x }) => x))
  const lowest = Math.max(...below.map(({ x }) => x))
  const states = new Map(roots.map(({ id, actor, all }) => [id, { state: actor?.state, all }]))
  const spots = new Map<Actor, Spot>()
  for (const { data, x, y, children } of below) {
    const actor = data.actor!
    const { key, id, behavior, count, edge, dead } = actor
    const root = states.get(id)
    const behind = root?.all ?? edge?.behind ?? 0
    spots.set(actor, {
      key,
      id,
      behavior,
      count,
      color: dead ? 'dead' : edge?.cycle ? 'bad' : edge ? 'waiting' : (root?.state ?? 'idle'),
      dead,
      radius: 6 + Math.min(9, 2 * Math.sqrt(behind + count - 1)),
      leaf: children === undefined,
      class: edge?.class ?? '',
      x: margin.left + y - across,
      y: margin.top + x - highest,
    })
  }
  const arrows = below.flatMap(({ data, parent }): Arrow[] => {
    const actor = data.actor!
    const onto = backs.get(actor) ?? parent?.data.actor
    if (actor.edge === undefined || onto === undefined) return []
    const { class: kind, ms, cycle = false } = actor.edge
    const [from, to] = [spots.get(actor)!, spots.get(onto)!]
    return [{ from, to, class: kind, ms, cycle, back: backs.has(actor) }]
  })
  return {
    spots: [...spots.values()],
    arrows,
    width: Math.max(width, margin.left + depth * across - across + margin.right),
    height: margin.top + lowest - highest + (backs.size > 0 ? arc : margin.bottom),
  }
}

function actorsOf(edges: readonly WaitEdge[]): Actor[] {
  const known = new Map<string, Actor>()
  const actorOf = (id: string, behavior: string): Actor => {
    const found = known.get(id)
    if (found !== undefined) return found
    const made: Actor = {
      key: id,
      id,
      behavior,
      count: 1,
      edge: undefined,
      dead: false,
      waiters: [],
    }
    known.set(id, made)
    return made
  }
  for (const edge of edges) {
    const from = actorOf(edge.from, edge.fromBehavior)
    const to = actorOf(edge.to, edge.toBehavior)
    from.edge = edge
    if (edge.dead) to.dead = true
    to.waiters.push(from)
  }
  return [...known.values()]
}

/** Where chains end, and for each circle its first actor, with the one that it waits on. */
function headsOf(actors: readonly Actor[]): { heads: Actor[]; backs: Map<Actor, Actor> } {
  const heads: Actor[] = []
  const backs = new Map<Actor, Actor>()
  const byId = new Map(actors.map((actor) => [actor.id, actor]))
  const seen = new Set<Actor>()
  for (const actor of actors) {
    if (actor.edge === undefined) heads.push(actor)
    if (!actor.edge?.cycle || seen.has(actor)) continue
    const onto = byId.get(actor.edge.to)!
    heads.push(actor)
    backs.set(actor, onto)
    onto.waiters = onto.waiters.filter((one) => one !== actor)
    for (let at = actor; !seen.has(at); at = byId.get(at.edge!.to)!) seen.add(at)
  }
  return { heads, backs }
}

/** Many that are alike, and on whom nobody waits, as one. */
function fold(waiters: readonly Actor[]): Actor[] {
  const kinds = Map.groupBy(waiters, ({ behavior, edge, waiters: { length } }) =>
    length > 0 || edge!.cycle ? '' : `${behavior} ${edge!.class}`,
  )
  return [...kinds].flatMap(([kind, alike]) => {
    const [first] = alike
    if (kind === '' || alike.length <= few) return alike
    return [{ ...first!, key: `${first!.edge!.to} ${kind}`, id: '', count: alike.length }]
  })
}
