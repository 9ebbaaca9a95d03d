// Two dumps, the earlier one first: whether they are of one life of one node, and how long lies between them. Only then
// have an actor's id, the number of a site and a counter the same meaning in both. Pure.

import type { ActorRow, Dump } from '../dump.ts'

/** One life of a node; the same node started anew; another node. */
export type Kinship = 'same' | 'restarted' | 'other'

export interface Pair {
  from: Dump
  to: Dump
  kinship: Kinship
  /** By the date. */
  betweenMs: number
  /** They were given the other way round. */
  swapped: boolean
  /** The actors of the earlier one by id: of the same life, the same actors. */
  earlier: ReadonlyMap<string, ActorRow>
  /** Both list every actor. */
  listed: boolean
  /** The groups of both are of every actor. */
  grouped: boolean
}

/** No actor is missing from the list. */
export function listsAll({ actors, total }: Dump): boolean {
  return actors.length >= total
}

/** No actor is missing from the groups. */
export function groupsAll({ actors, groups, total }: Dump): boolean {
  const count = groups?.reduce((sum, group) => sum + group.count, 0) ?? actors.length
  return count >= total
}

/** Two dumps in the order of time. */
export function pairOf(one: Dump, other: Dump): Pair {
  const ahead = Date.parse(other.takenAt) - Date.parse(one.takenAt)
  const swapped = ahead < 0
  const [from, to] = swapped ? [other, one] : [one, other]
  const betweenMs = Math.abs(ahead)
  const earlier = new Map(from.actors.map((actor) => [actor.id, actor]))
  return {
    from,
    to,
    kinship: kinshipOf(from, to, betweenMs),
    betweenMs,
    swapped,
    earlier,
    listed: listsAll(from) && listsAll(to),
    grouped: groupsAll(from) && groupsAll(to),
  }
}

function kinshipOf(from: Dump, to: Dump, betweenMs: number): Kinship {
  const [one, other] = [from.node, to.node]
  if (one !== undefined && other !== undefined) {
    if (one.name !== other.name) return 'other'
    if (one.uid !== other.uid) return 'restarted'
  }
  const before = { ...from.counters, ...from.ends }
  const after = { ...to.counters, ...to.ends }
  const wentBack = Object.entries(before).some(([name, count]) => (after[name] ?? count) < count)
  return wentBack || isYounger(from, to, betweenMs) ? 'restarted' : 'same'
}

/** Whether the later one has not been up for the time between. In text an uptime is rounded by up to a third. */
function isYounger(from: Dump, to: Dump, betweenMs: number): boolean {
  const longest = to.uptimeMs * roundedBy + 1_000
  return longest < betweenMs || longest < from.uptimeMs / roundedBy
}

const roundedBy = 4 / 3
