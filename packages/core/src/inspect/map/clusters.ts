// Clusters: actors that are near each other without sharing a key, by density (dbscan.ts). State and wait class must be
// equal; times in state, ages, tree depth, mailboxes and what behaviours tell of themselves in figures may differ by a
// factor. Figures are laid on a lattice of half octaves first, where equal actors fall together: the work depends on how
// different actors are, hardly on how many there are. Pure.

import type { ActorRow, Dump } from '../dump.ts'
import { dbscan } from './dbscan.ts'
import {
  compareText,
  fold,
  printCount,
  printNumber,
  printRange,
  printShare,
  type Range,
  rangeOf,
} from '../phrases.ts'
import { printMs } from '../text/text.ts'

export interface ClusterOptions {
  /** How far apart neighbours are, in octaves: 1 is a factor of two in one figure. Default 1. */
  octaves?: number
  /** Neighbours that make a place dense. Default: one in a thousand of the actors, 10 at least. */
  neighbors?: number | undefined
  /** Columns of `describe` that count, those that most actors have. Default 3. */
  columns?: number
  /** Clusters listed. Default 50. */
  limit?: number
  /** Actors named of each. Default 5. */
  samples?: number
}

export interface Cluster {
  count: number
  state: string
  /** Wait class; empty unless waiting. */
  wait: string
  /** The largest first. */
  behaviors: { behavior: string; count: number }[]
  /** Spawn sites among them. */
  sites: number
  /** Time in state. */
  ms: Range
  ageMs: Range
  mailbox: Range
  /** Ancestors. */
  depth: Range
  columns: Record<string, Range>
  sample: string[]
  /** What they share, in words. */
  words: string
}

export interface Clustering {
  /** The largest first. */
  clusters: Cluster[]
  /** Clusters beyond the limit, and their actors. */
  unlisted: { clusters: number; count: number }
  /** Actors like few others. */
  outliers: { count: number; sample: string[] }
  /** Columns of `describe` that were looked at. */
  columns: string[]
}

export const clusterDefaults: Required<ClusterOptions> = {
  octaves: 1,
  neighbors: undefined,
  columns: 3,
  limit: 50,
  samples: 5,
}

/** The clusters of a dump. */
export function clusterActors(
  dump: Pick<Dump, 'actors'>,
  options: ClusterOptions = {},
): Clustering {
  const { octaves, limit, samples, ...given } = { ...clusterDefaults, ...options }
  const neighbors = given.neighbors ?? Math.max(10, dump.actors.length / 1_000)
  const columns = commonColumns(dump.actors, given.columns)
  const depths = depthsOf(dump.actors)
  const found: ActorRow[][] = []
  const outliers: ActorRow[] = []
  for (const actors of alike(dump.actors)) {
    const places = placesOf(actors, columns, depths)
    const at = Int32Array.from(places.flatMap(({ figures }) => figures))
    const weights = places.map((place) => place.actors.length)
    const dimensions = columns.length + 4
    const labels = dbscan({ dimensions, at, weights }, octaves * steps, neighbors)
    const members: ActorRow[][] = []
    places.forEach((place, i) => {
      const number = labels[i]!
      const to = number < 0 ? outliers : (members[number] ??= [])
      for (const actor of place.actors) to.push(actor)
    })
    for (const cluster of members) found.push(cluster)
  }
  // A stable sort: what comes first of equals is decided by the places, not by the rows.
  found.sort((a, b) => b.length - a.length)
  const rest = found.slice(limit)
  const sample = outliers.slice(0, samples).map(({ id }) => id)
  return {
    clusters: found.slice(0, limit).map((actors) => summarize(actors, columns, depths, samples)),
    unlisted: { clusters: rest.length, count: rest.reduce((sum, { length }) => sum + length, 0) },
    outliers: { count: outliers.length, sample },
    columns,
  }
}

/** One cluster a paragraph; `total` is what shares are of. */
export function printClusters(
  { clusters, unlisted, outliers }: Clustering,
  total: number,
  indent = '',
): string[] {
  const lines = clusters.flatMap(({ words, count, sample }) => [
    ...fold(`${printShare(count, total)}: ${words}`, indent),
    `${indent}    such as ${sample.join(' ')}`,
  ])
  if (unlisted.count > 0) {
    const { clusters: more, count } = unlisted
    lines.push(
      `${indent}${printShare(count, total)}: ${printCount(more, 'cluster')} more, not listed`,
    )
  }
  if (outliers.count > 0) {
    lines.push(`${indent}${printCount(outliers.count, 'actor')} like few others`)
    lines.push(`${indent}    such as ${outliers.sample.join(' ')}`)
  }
  return lines
}

/** Places of one octave on the lattice. */
const steps = 2

/** Below a second all times are alike. */
const onTime = (ms: number): number => onLattice(ms / 1_000)

function onLattice(value: number): number {
  return Math.round(Math.sign(value) * Math.log2(1 + Math.abs(value)) * steps)
}

interface Place {
  readonly figures: readonly number[]
  readonly actors: ActorRow[]
}

/** Actors at the same place of the lattice, in the order of the places. */
function placesOf(
  actors: readonly ActorRow[],
  columns: readonly string[],
  depths: ReadonlyMap<string, number>,
): Place[] {
  const places = new Map<string, Place>()
  const figuresOf = (actor: ActorRow): number[] => [
    onTime(actor.ms),
    onTime(actor.ageMs),
    onLattice(actor.mailbox),
    onLattice(depths.get(actor.id) ?? 0),
    ...columns.map((name) => onLattice(figure(actor, name))),
  ]
  for (const actor of actors) {
    const figures = figuresOf(actor)
    const key = figures.join(' ')
    const place = places.get(key)
    if (place === undefined) places.set(key, { figures, actors: [actor] })
    else place.actors.push(actor)
  }
  return [...places.values()].sort((a, b) => {
    const d = a.figures.findIndex((value, i) => value !== b.figures[i])
    return (a.figures[d] ?? 0) - (b.figures[d] ?? 0)
  })
}

/** A behaviour's own figure; one that has no such figure has none of it. */
function figure(actor: ActorRow, name: string): number {
  const value = actor.more?.[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

/** Actors of one state and wait class. */
function alike(actors: readonly ActorRow[]): ActorRow[][] {
  const parts = Map.groupBy(actors, ({ state, wait }) => `${state} ${wait?.class ?? ''}`)
  return [...parts].sort(([a], [b]) => compareText(a, b)).map(([, part]) => part)
}

function commonColumns(actors: readonly ActorRow[], limit: number): string[] {
  const counts = new Map<string, number>()
  for (const { more } of actors) {
    if (more === undefined) continue
    for (const name of Object.keys(more)) {
      if (typeof more[name] === 'number') counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  return [...counts]
    .sort(([a, one], [b, other]) => other - one || compareText(a, b))
    .slice(0, limit)
    .map(([name]) => name)
}

/** How many ancestors each has, as far as the dump knows them. */
function depthsOf(actors: readonly ActorRow[]): Map<string, number> {
  const depths = new Map<string, number>()
  const late: ActorRow[] = []
  for (const actor of actors) {
    // Most come after their parents.
    const above = actor.parent === '' ? -1 : depths.get(actor.parent)
    if (above === undefined) late.push(actor)
    else depths.set(actor.id, above + 1)
  }
  const parents = new Map(late.map(({ id, parent }) => [id, parent]))
  for (const { id } of late) {
    const path: string[] = []
    let at = id
    while (parents.has(at) && !depths.has(at)) {
      path.push(at)
      // A file made by hand may have a circle.
      depths.set(at, 0)
      at = parents.get(at)!
    }
    let depth = depths.get(at) ?? -1
    for (const child of path.reverse()) depths.set(child, ++depth)
  }
  return depths
}

function summarize(
  actors: readonly ActorRow[],
  columns: readonly string[],
  depths: ReadonlyMap<string, number>,
  samples: number,
): Cluster {
  const { state, wait } = actors[0]!
  const counts = new Map<string, number>()
  for (const { behavior } of actors) counts.set(behavior, (counts.get(behavior) ?? 0) + 1)
  const behaviors = [...counts]
    .map(([behavior, count]) => ({ behavior, count }))
    .sort((a, b) => b.count - a.count || compareText(a.behavior, b.behavior))
  const told = columns.filter((name) => actors.some((actor) => figure(actor, name) !== 0))
  const facts = {
    count: actors.length,
    state,
    wait: wait?.class ?? '',
    behaviors,
    sites: new Set(actors.map(({ site }) => site)).size,
    ms: rangeOf(actors.map(({ ms }) => ms)),
    ageMs: rangeOf(actors.map(({ ageMs }) => ageMs)),
    mailbox: rangeOf(actors.map(({ mailbox }) => mailbox)),
    depth: rangeOf(actors.map(({ id }) => depths.get(id) ?? 0)),
    columns: Object.fromEntries(
      told.map((name) => [name, rangeOf(actors.map((actor) => figure(actor, name)))]),
    ),
    sample: actors.slice(0, samples).map(({ id }) => id),
  }
  return { ...facts, words: describe(facts) }
}

/** Behaviours that a cluster's words name. */
const namedBehaviors = 3

function describe(cluster: Omit<Cluster, 'words'>): string {
  const { behaviors, wait, state, mailbox, columns } = cluster
  const who =
    behaviors.length === 1
      ? `${printNumber(cluster.count)} × ${behaviors[0]!.behavior}`
      : printCount(cluster.count, 'actor')
  const named = behaviors
    .slice(0, namedBehaviors)
    .map(({ behavior, count }) => `${behavior} ${printNumber(count)}`)
  if (behaviors.length > namedBehaviors) {
    named.push(`${behaviors.length - namedBehaviors} behaviours more`)
  }
  const parts = [
    `${who} [${state}${wait === '' ? '' : `: ${wait}`}, ${printRange(cluster.ms, printMs)}]`,
    ...(behaviors.length > 1 ? [`(${named.join(', ')})`] : []),
    `age ${printRange(cluster.ageMs, printMs)}`,
    ...(mailbox.max > 0 ? [`mailbox ${printRange(mailbox, printNumber)}`] : []),
    ...Object.entries(columns).map(([name, range]) => `${name} ${printRange(range, printNumber)}`),
    `from ${printCount(cluster.sites, 'site')}`,
  ]
  return parts.join(' ')
}
