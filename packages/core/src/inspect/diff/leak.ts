// Whether a difference between two dumps looks like a leak, and why. Pure, and the same for the same dumps.
//
// A kind of actor leaks when all of this holds: it grew beyond what comes and goes, ends do not keep up with spawns, those
// that were there before are still there, and they do nothing. Growth alone makes a suspect: two dumps are two moments,
// and a gateway that fills up grows, too. What sockets explain is no suspect at all, nor is a kind whose earlier ones have
// ended, however many there are now.

import { booksOf, gapOf, nodeSockets } from '../lints/books.ts'
import type { Dump } from '../dump.ts'
import type { GrownFigure } from './growth.ts'
import type { KindChange } from './kinds.ts'
import { lintDefaults } from '../lints/lint.ts'
import type { Pair } from './pair.ts'
import { nameOf, printCount, printNumber, printShare } from '../phrases.ts'
import { printMs } from '../text/text.ts'

/** `unknown`: these two dumps cannot tell. */
export type LeakLevel = 'leak' | 'suspect' | 'steady' | 'unknown'

export interface LeakSuspect {
  level: 'leak' | 'suspect'
  /** Who or what, and why it is suspect. */
  reason: string
  /** A few of them. */
  ids: string[]
}

export interface LeakVerdict {
  level: LeakLevel
  /** That of the worst suspect, or why there is none. */
  reason: string
  /** The worst first. */
  suspects: LeakSuspect[]
}

/** Actors by which a kind must grow to be looked at. */
const leastGrowth = 20
/** What comes and goes by chance spreads as the square root of its number; so many times that is growth. */
const beyondNoise = 3
/** Ends keep up with spawns when there is one for so many of them. */
const keepsUp = 1 / 2
/** The share of the earlier ones that is still there when nobody ends them, and that did nothing. */
const stay = 0.9
const doNothing = 0.8
/** The share of the earlier ones that is gone when a kind turns over. */
const turnOver = 0.9
/** Timers that one actor must have set on top. */
const manyTimers = 1_000

/** The verdict, from what is known of the pair. */
export function judgeLeak(
  pair: Pair,
  kinds: readonly KindChange[],
  grown: readonly GrownFigure[],
): LeakVerdict {
  const { from, to, kinship, listed, grouped } = pair
  const same = kinship === 'same'
  const suspects = [
    ...orphanSuspects(pair),
    ...(listed ? bookSuspects(pair) : []),
    ...(same ? kindSuspects(pair, kinds) : []),
    ...(same ? figureSuspects(pair, grown) : []),
    ...(same && !grouped ? totalSuspects(pair) : []),
  ]
  // A stable sort: leaks first, each in the order of the rules.
  suspects.sort((a, b) => Number(b.level === 'leak') - Number(a.level === 'leak'))
  const [worst] = suspects
  if (worst !== undefined) return { level: worst.level, reason: worst.reason, suspects }
  if (!same) {
    const why = kinship === 'other' ? 'the dumps are of two nodes' : 'the node started anew'
    return { level: 'unknown', reason: `${why}: growth cannot be judged`, suspects }
  }
  const totals = `${printNumber(from.total)} → ${printCount(to.total, 'actor')} in ${printMs(pair.betweenMs)}`
  const how = grouped ? whyLittle(kinds) : 'in total no more than comes and goes; lists are cut'
  return { level: 'steady', reason: `${totals}: ${how}`, suspects }
}

function orphanSuspects({ from, to, kinship }: Pair): LeakSuspect[] {
  if (to.orphans === 0) return []
  const before = kinship === 'same' ? ` (${printNumber(from.orphans)} before)` : ''
  const orphans = to.actors.filter(({ orphan }) => orphan === true)
  const verb = to.orphans === 1 ? 'lives on although its' : 'live on although their'
  return [
    {
      level: 'leak',
      reason: `${printCount(to.orphans, 'actor')} ${verb} context ended${before}`,
      ids: orphans.slice(0, 5).map(({ id }) => id),
    },
  ]
}

function bookSuspects({ from, to, kinship }: Pair): LeakSuspect[] {
  const earlier = new Map(booksOf(from).map((book) => [book.actor.id, book]))
  const { books, booksShare } = lintDefaults
  return booksOf(to).flatMap((book): LeakSuspect[] => {
    const gap = gapOf(book, books, booksShare)
    if (gap === 0) return []
    const old = kinship === 'same' ? earlier.get(book.actor.id) : undefined
    const before = old === undefined ? 0 : old.sockets - old.children
    const which = gap > 0 ? 'sockets without an actor' : 'actors without a socket'
    const was = old === undefined ? '' : ` (${printNumber(Math.abs(before))} before)`
    const wider = Math.abs(gap) > Math.abs(before)
    return [
      {
        level: wider ? 'leak' : 'suspect',
        reason: `${nameOf(book.actor)} has ${printCount(book.sockets, 'socket')} and ${printCount(book.children, 'child', 'children')}: ${printNumber(Math.abs(gap))} ${which}${was}`,
        ids: [book.actor.id],
      },
    ]
  })
}

function kindSuspects(pair: Pair, kinds: readonly KindChange[]): LeakSuspect[] {
  const load = kinds
    .filter((kind) => isExplained(kind))
    .reduce((sum, { before, after }) => sum + Math.max(0, after - before), 0)
  return kinds.flatMap((kind): LeakSuspect[] => {
    const growth = kind.after - kind.before
    const { born, gone } = kind.life ?? { born: growth, gone: 0 }
    if (isExplained(kind) || turnsOver(kind) || !grew(growth, born, gone)) return []
    const withLoad = load >= leastGrowth && growth <= load
    const facts = [
      `${printNumber(kind.before)} → ${printNumber(kind.after)} in ${printMs(pair.betweenMs)}`,
      ...tellLife(kind),
      ...(withLoad ? [`${printCount(load, 'socket')} came meanwhile, which may be why`] : []),
    ]
    return [
      {
        level: piles(kind) && !withLoad && seesSockets(pair.to) ? 'leak' : 'suspect',
        reason: `${kindName(kind)}: ${facts.join(', ')}`,
        ids: kind.sample,
      },
    ]
  })
}

/** Those that were there are there still and do nothing, and few go. */
function piles({ before, life }: KindChange): boolean {
  if (life === undefined || before === 0) return false
  const { born, gone, stayed, still } = life
  return stayed >= stay * before && still >= doNothing * stayed && gone < keepsUp * born
}

/** Those that were there have ended: it grew, but its actors do not stay. */
function turnsOver({ before, life }: KindChange): boolean {
  return life !== undefined && before >= leastGrowth && life.gone >= turnOver * before
}

/** A thread that read the table alone saw no column; what it cannot explain by sockets may be a gateway that fills up. */
function seesSockets(dump: Dump): boolean {
  return dump.described !== 'never' || nodeSockets(dump) !== undefined
}

function tellLife({ before, life }: KindChange): string[] {
  if (life === undefined) return ['who came, went and stayed is not told']
  const { born, gone, stayed, still } = life
  const came = `${printNumber(born)} came and ${printNumber(gone)} went`
  if (before === 0) return [came, 'there was none before']
  return [
    came,
    `${printShare(stayed, before)} of the earlier ones are still there`,
    `${printShare(still, stayed)} of those did nothing meanwhile`,
  ]
}

/** Beyond noise. */
function grew(growth: number, born: number, gone: number): boolean {
  return growth >= leastGrowth && growth > beyondNoise * Math.sqrt(born + gone)
}

/** There is a socket for each. */
function isExplained({ after, sockets }: KindChange): boolean {
  const { books, booksShare } = lintDefaults
  return sockets !== undefined && after <= sockets.after * (1 + booksShare) + books
}

function figureSuspects(pair: Pair, grown: readonly GrownFigure[]): LeakSuspect[] {
  return grown
    .filter(({ figure, before, after }) => figure !== 'timers' || after - before >= manyTimers)
    .slice(0, 5)
    .map(({ actor, figure, before, after }) => ({
      level: figure === 'timers' && after >= 2 * before ? 'leak' : 'suspect',
      reason: `${nameOf(actor)}: ${figure} ${printNumber(before)} → ${printNumber(after)} in ${printMs(pair.betweenMs)}`,
      ids: [actor.id],
    }))
}

function totalSuspects({ from, to, betweenMs }: Pair): LeakSuspect[] {
  const born = (to.counters['spawned'] ?? 0) - (from.counters['spawned'] ?? 0)
  const gone = deaths(to) - deaths(from)
  if (!grew(to.total - from.total, born, gone)) return []
  return [
    {
      level: 'suspect',
      reason: `${printNumber(from.total)} → ${printCount(to.total, 'actor')} in ${printMs(betweenMs)}: ${printNumber(born)} spawned and ${printNumber(gone)} ended; of which kind they are, cut lists do not tell`,
      ids: [],
    },
  ]
}

function deaths({ ends }: Dump): number {
  return Object.values(ends).reduce((sum, count) => sum + count, 0)
}

function whyLittle(kinds: readonly KindChange[]): string {
  const [most] = kinds
  const usual = 'no kind grew beyond what comes and goes'
  if (most === undefined || most.after - most.before < leastGrowth) return usual
  const growth = `${kindName(most)} grew ${printNumber(most.before)} → ${printNumber(most.after)}`
  if (isExplained(most)) return `${growth} with its sockets`
  if (!turnsOver(most)) return usual
  return `${growth}, but ${printShare(most.life!.gone, most.before)} of the earlier ones have ended`
}

/** `room by rooms on join at directory.ts:97` */
export function kindName(
  kind: Pick<KindChange, 'behavior' | 'spawner' | 'message' | 'line'>,
): string {
  const by = kind.spawner === '' ? '' : ` by ${kind.spawner}`
  const on = kind.message === '' ? '' : ` on ${kind.message}`
  return `${kind.behavior}${by}${on}${kind.line === '' ? '' : ` at ${kind.line}`}`
}
