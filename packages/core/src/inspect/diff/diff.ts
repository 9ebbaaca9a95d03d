// What is different between two dumps: by population, by group, by where actors were spawned, and by actor. Whether that
// looks like a leak is in leak.ts, and how it is printed in diff-text.ts. Pure: a dump read from a file is as good as one
// just taken, and what a cut list or a restart hides is said to be unknown, not guessed.

import type { ActorRow, Dump } from '../dump.ts'
import { type GrownFigure, grownFigures } from './growth.ts'
import { type Group, groupsOf } from '../map/groups.ts'
import { kindsOf, type KindChange } from './kinds.ts'
import { type LeakVerdict, judgeLeak } from './leak.ts'
import { groupsAll, type Kinship, listsAll, type Pair, pairOf } from './pair.ts'
import { compareText, printCount, printNumber } from '../phrases.ts'

export interface DiffOptions {
  /** Groups, kinds and actors listed of each. Default 20. */
  limit?: number
}

/** A figure in both dumps. */
export interface Change {
  before: number
  after: number
}

/** One group of `groupsOf`, told by its words: the number of a site means nothing after a restart. */
export interface GroupChange extends Change {
  /** `older`: as many as before, waiting or running all the time between. */
  change: 'new' | 'grew' | 'older' | 'shrank' | 'gone'
  behavior: string
  state: string
  /** Wait class and target. */
  wait: string
  spawner: string
  message: string
  line: string
  /** Median time in state, of the largest group with these words; 0 where there is none. */
  msBefore: number
  msAfter: number
  sample: string[]
}

export interface DumpDiff {
  from: DiffSide
  to: DiffSide
  kinship: Kinship
  betweenMs: number
  verdict: LeakVerdict
  /** What these two dumps do not tell, in sentences. */
  unknown: string[]
  total: Change
  orphans: Change
  states: Record<string, Change>
  /** How far counters and ends went on; empty unless it is one life. */
  counted: Record<string, number>
  ended: Record<string, number>
  /** The largest change first; only those that changed, or got older. Empty when groups are not of all. */
  groups: GroupChange[]
  groupCount: number
  /** By behaviour and line of source, the largest growth first. Empty when groups are not of all. */
  kinds: KindChange[]
  kindCount: number
  /** By actor; undefined unless it is one life, and both list actors. */
  actors: ActorChanges | undefined
}

export interface DiffSide {
  takenAt: string
  node: string
  total: number
  listed: number
}

export interface ActorChanges {
  stayed: number
  /** Undefined when the list of the other dump is cut. */
  born: number | undefined
  gone: number | undefined
  /** In the same wait, or the same run, in both: those that got older. The oldest first. */
  older: ActorRow[]
  olderCount: number
  /** Mailboxes, timers and queues that grew, those that grew most first. */
  grown: GrownFigure[]
  grownCount: number
}

/** Compares two dumps, in the order of time whichever comes first. */
export function diffDumps(one: Dump, other: Dump, options: DiffOptions = {}): DumpDiff {
  const { limit = 20 } = options
  const pair = pairOf(one, other)
  const { from, to, kinship, betweenMs } = pair
  const same = kinship === 'same'
  const groups = pair.grouped ? groupChanges(pair) : []
  const kinds = pair.grouped ? kindsOf(pair) : []
  const grown = same ? grownFigures(pair) : []
  return {
    from: sideOf(from),
    to: sideOf(to),
    kinship,
    betweenMs,
    verdict: judgeLeak(pair, kinds, grown),
    unknown: unknowns(pair),
    total: { before: from.total, after: to.total },
    orphans: { before: from.orphans, after: to.orphans },
    states: Object.fromEntries(
      (['idle', 'running', 'waiting'] as const).map((state) => [
        state,
        { before: from.population[state], after: to.population[state] },
      ]),
    ),
    counted: same ? advance(from.counters, to.counters) : {},
    ended: same ? advance(from.ends, to.ends) : {},
    groups: groups.slice(0, limit),
    groupCount: groups.length,
    kinds: kinds.slice(0, limit),
    kindCount: kinds.length,
    actors: same && hasActors(from) && hasActors(to) ? actorChanges(pair, grown, limit) : undefined,
  }
}

function hasActors({ actors, total }: Dump): boolean {
  return actors.length > 0 || total === 0
}

function sideOf({ takenAt, node, total, actors }: Dump): DiffSide {
  return { takenAt, node: node?.name ?? '', total, listed: actors.length }
}

function unknowns({ from, to, kinship, swapped }: Pair): string[] {
  const told: string[] = []
  if (swapped) told.push('the dumps came in reverse; they are compared in the order of time')
  if (kinship === 'other') told.push('they are of two nodes: neither actors nor counters compare')
  if (kinship === 'restarted') {
    told.push('the node started anew in between: neither actors nor counters compare')
  }
  for (const [which, dump] of [
    ['first', from],
    ['second', to],
  ] as const) {
    if (listsAll(dump)) continue
    const some = `the ${which} dump lists ${printNumber(dump.actors.length)} of ${printCount(dump.total, 'actor')}`
    const what = groupsAll(dump) ? 'who came, went and stayed' : 'how groups changed'
    told.push(`${some}: it does not tell ${what}`)
  }
  return told
}

/** How far each figure went on; without those that stand. */
function advance(
  before: Record<string, number>,
  after: Record<string, number>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, count]) => count !== 0),
  )
}

function groupChanges({ from, to, kinship, betweenMs }: Pair): GroupChange[] {
  const before = groupsByWords(from)
  const after = groupsByWords(to)
  const changes: GroupChange[] = []
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old = [], now = []] = [before.get(key), after.get(key)]
    const [behavior, state, wait, spawner, message, line] = JSON.parse(key) as string[]
    const size = { before: countOf(old), after: countOf(now) }
    // The largest comes first.
    const ms = { msBefore: old[0]?.ms.p50 ?? 0, msAfter: now[0]?.ms.p50 ?? 0 }
    const aged =
      kinship === 'same' && state !== 'idle' && isLater(ms.msBefore, ms.msAfter, betweenMs)
    if (size.before === size.after && !aged) continue
    changes.push({
      change: nameChange(size),
      behavior: behavior!,
      state: state!,
      wait: wait!,
      spawner: spawner!,
      message: message!,
      line: line!,
      ...size,
      ...ms,
      sample: (now.length > 0 ? now : old).flatMap(({ sample }) => sample).slice(0, 5),
    })
  }
  const size = ({ before: b, after: a }: Change): number => a - b
  return changes.sort(
    (a, b) =>
      Math.abs(size(b)) - Math.abs(size(a)) ||
      size(b) - size(a) ||
      compareText(wordsOf(a), wordsOf(b)),
  )
}

function nameChange({ before, after }: Change): GroupChange['change'] {
  if (before === after) return 'older'
  if (before === 0) return 'new'
  if (after === 0) return 'gone'
  return after > before ? 'grew' : 'shrank'
}

/** Sites that read alike are one group: two handlers that come to the same line, or the same one after a restart. */
function groupsByWords(dump: Dump): Map<string, Group[]> {
  return Map.groupBy(groupsOf(dump), ({ behavior, state, wait, site }) => {
    const { spawner = '', message = '', line = '' } = dump.sites[site] ?? {}
    return JSON.stringify([behavior, state, wait, spawner, message, line])
  })
}

function countOf(groups: readonly Group[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0)
}

function wordsOf({ behavior, state, wait, spawner, message, line }: GroupChange): string {
  return [behavior, state, wait, spawner, message, line].join('\n')
}

function actorChanges(pair: Pair, grown: GrownFigure[], limit: number): ActorChanges {
  const { from, to, earlier, betweenMs } = pair
  const stayed = to.actors.filter(({ id }) => earlier.has(id))
  const older = stayed.filter((actor) => isOlder(earlier.get(actor.id)!, actor, betweenMs))
  older.sort((a, b) => b.ms - a.ms)
  return {
    stayed: stayed.length,
    born: listsAll(from) ? to.actors.length - stayed.length : undefined,
    gone: listsAll(to) ? from.actors.length - stayed.length : undefined,
    older: older.slice(0, limit),
    olderCount: older.length,
    grown: grown.slice(0, limit),
    grownCount: grown.length,
  }
}

/** It did one thing all the time. */
function isOlder(before: ActorRow, after: ActorRow, betweenMs: number): boolean {
  return (
    after.state !== 'idle' &&
    after.state === before.state &&
    after.wait?.class === before.wait?.class &&
    after.wait?.target === before.wait?.target &&
    isLater(before.ms, after.ms, betweenMs)
  )
}

/** The same state, so much later. In text a time is rounded by up to a third. */
function isLater(before: number, after: number, betweenMs: number): boolean {
  return after >= Math.max(betweenMs, before) * (3 / 4)
}
