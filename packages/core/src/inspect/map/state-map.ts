// The state map: a whole population on one page. Its groups, its clusters, and the share of it that is parked. Pure.

import { type Clustering, clusterActors, type ClusterOptions, printClusters } from './clusters.ts'
import type { Dump } from '../dump.ts'
import { type Group, groupsOf } from './groups.ts'
import { compareText, fold, printCount, printNumber, printShare } from '../phrases.ts'
import { printMs } from '../text/text.ts'

export interface StateMapOptions {
  /** Groups listed. Default 200. */
  groups?: number
  clusters?: ClusterOptions
}

export interface StateMap {
  takenAt: string
  /** Actors there were; those that the groups are of; those that the dump lists, which the clusters are of. */
  total: number
  grouped: number
  listed: number
  population: Dump['population']
  /** Actors that wait, of all; by wait class as far as there are groups of them. */
  parked: { count: number; share: number; waits: { wait: string; count: number }[] }
  /** The largest first. */
  groups: Group[]
  groupCount: number
  clustering: Clustering
}

/** The state map of a dump. */
export function stateMap(dump: Dump, options: StateMapOptions = {}): StateMap {
  const { takenAt, total, actors, population } = dump
  const groups = groupsOf(dump)
  const waits = new Map<string, number>()
  for (const { wait, count } of groups) {
    const [name = ''] = wait.split(' ', 1)
    if (name !== '') waits.set(name, (waits.get(name) ?? 0) + count)
  }
  return {
    takenAt,
    total,
    grouped: groups.reduce((sum, { count }) => sum + count, 0),
    listed: actors.length,
    population,
    parked: {
      count: population.waiting,
      share: total === 0 ? 0 : population.waiting / total,
      waits: [...waits]
        .map(([wait, count]) => ({ wait, count }))
        .sort((a, b) => b.count - a.count || compareText(a.wait, b.wait)),
    },
    groups: groups.slice(0, options.groups ?? 200),
    groupCount: groups.length,
    clustering: clusterActors(dump, options.clusters),
  }
}

/** How much is parked, the groups in a line each, and the clusters. */
export function printStateMap(map: StateMap): string[] {
  const { total, grouped, listed, parked, groups, groupCount, clustering } = map
  const waits = parked.waits.map(({ wait, count }) => `${wait} ${printNumber(count)}`)
  const which = waits.length === 0 ? '' : `: ${waits.join(', ')}`
  const lines = fold(
    `parked: ${printShare(parked.count, total)} of ${printCount(total, 'actor')}${which}`,
  )
  lines.push('', `${printCount(groupCount, 'group')}${ofSome(grouped, total)}:`)
  for (const { behavior, state, wait, count, ms } of groups) {
    const doing = wait === '' ? state : `${state}: ${wait}`
    const ages = `${printMs(ms.min)} … ${printMs(ms.p50)} … ${printMs(ms.max)}`
    lines.push(...fold(`${printNumber(count)} × ${behavior} [${doing}] ${ages}`, '    '))
  }
  if (groups.length < groupCount) lines.push(`    ${printNumber(groupCount - groups.length)} more`)
  const { clusters, unlisted } = clustering
  lines.push(
    '',
    `${printCount(clusters.length + unlisted.clusters, 'cluster')}${ofSome(listed, total)}:`,
  )
  lines.push(...printClusters(clustering, listed, '    '))
  return lines
}

function ofSome(some: number, all: number): string {
  return some < all ? `, of ${printNumber(some)} listed` : ''
}
