// The lints that look at a dump as a whole, the worst first. Thresholds and defaults are in lint.ts, what to do about each
// in docs/lints.md. Pure.

import { booksOf, countChildren, gapOf } from './books.ts'
import type { ActorRow } from '../dump.ts'
import { spawnLines } from '../map/lineage.ts'
import type { DumpLint, Finding, LintFacts } from './lint.ts'
import { nameOf, printCount, printNumber, printShare } from '../phrases.ts'
import { printMs } from '../text/text.ts'

const unknownEnd: DumpLint = {
  name: 'unknown-end',
  severity: 'fault',
  summary: ['death has no reason', 'deaths have no reason'],
  find: ({ dump }, limit) => {
    const known = dump.tombstones.filter(({ code }) => code === 'unknown')
    const findings = known.map((dead): Finding => ({
      sentence: `${nameOf(dead)} died ${printMs(dead.agoMs)} ago, and nobody knows why`,
      ids: [dead.id],
    }))
    return { count: dump.ends['unknown'] ?? 0, findings: findings.slice(0, limit) }
  },
}

const deadlock: DumpLint = {
  name: 'deadlock',
  severity: 'fault',
  summary: [
    'circle of actors that wait on each other',
    'circles of actors that wait on each other',
  ],
  find: ({ waits, deadlockMs }, limit) => {
    const closed = waits.cycles.filter(({ ms }) => ms >= deadlockMs)
    const findings = closed.slice(0, limit).map(({ words, actors }): Finding => ({
      sentence: words,
      ids: actors.slice(0, namedActors).map(({ id }) => id),
    }))
    return { count: closed.length, findings }
  },
}

const stalledLoop: DumpLint = {
  name: 'stalled-loop',
  severity: 'fault',
  summary: ['stall outside of any actor', 'stalls outside of any actor'],
  find: ({ dump }) => {
    const [frame] = dump.stack ?? []
    // Who runs is told by the lints about handlers.
    if (frame === undefined || dump.actors.some(({ state }) => state === 'running')) return none
    const place = `${frame.function} at ${frame.at}`.trim()
    const sentence = `the loop stands in ${place}, outside of any actor`
    return { count: 1, findings: [{ sentence, ids: [] }] }
  },
}

const unbalancedBooks: DumpLint = {
  name: 'unbalanced-books',
  severity: 'warning',
  summary: [
    'actor has not as many children as sockets',
    'actors have not as many children as sockets',
  ],
  find: (facts, limit) => {
    // With a part of the children in the list there is nothing to compare.
    if (!facts.whole) return none
    const { dump, books, booksShare } = facts
    const findings = booksOf(dump).flatMap((book): Finding[] => {
      const gap = gapOf(book, books, booksShare)
      if (gap === 0) return []
      const { actor, sockets, children } = book
      const which = gap > 0 ? 'sockets without an actor' : 'actors without a socket'
      return [
        {
          sentence: `${nameOf(actor)} has ${printCount(sockets, 'socket')} and ${printCount(children, 'child', 'children')}: ${printNumber(Math.abs(gap))} ${which}`,
          ids: [actor.id],
        },
      ]
    })
    return { count: findings.length, findings: findings.slice(0, limit) }
  },
}

const forcedEnd: DumpLint = {
  name: 'forced-end',
  severity: 'warning',
  summary: ['actor was ended by force', 'actors were ended by force'],
  find: ({ dump, forcedMs }, limit) => {
    const killed = dump.tombstones.filter(
      ({ code, agoMs }) => code === 'killed' && agoMs <= forcedMs,
    )
    const findings = killed.slice(0, limit).map((dead): Finding => ({
      sentence: `${printMs(dead.agoMs)} ago: ${dead.end}`,
      ids: [dead.id],
    }))
    return { count: killed.length, findings }
  },
}

const hotSite: DumpLint = {
  name: 'hot-site',
  severity: 'hint',
  summary: ['line spawned a great many actors', 'lines spawned a great many actors'],
  find: ({ dump, site, siteShare, many }, limit) => {
    const least = Math.max(site, siteShare * dump.actors.length)
    const hot = spawnLines(dump, namedActors).filter(
      ({ count, behavior }) => count >= least && !many.includes(behavior),
    )
    const findings = hot.slice(0, limit).map((line): Finding => {
      const share = printShare(line.count, dump.actors.length)
      return {
        sentence: `${printCount(line.count, 'actor')} by one line (${share}): ${line.behavior}${placeOf(line)}`,
        ids: line.sample,
      }
    })
    return { count: hot.length, findings }
  },
}

const neverReceived: DumpLint = {
  name: 'never-received',
  severity: 'hint',
  summary: [
    'line spawned actors that nobody ever sent a message',
    'lines spawned actors that nobody ever sent a message',
  ],
  find: (facts, limit) => {
    const { dump, silent, silentMs } = facts
    const children = countChildren(dump.actors)
    const actors = dump.actors.filter((actor) => isSilent(actor, facts) && !children.has(actor.id))
    const lines = spawnLines({ actors, sites: dump.sites }, namedActors)
    const found = lines.filter(({ count }) => count >= silent)
    const findings = found.slice(0, limit).map((line): Finding => ({
      sentence: `${printNumber(line.count)} × ${line.behavior}${placeOf(line)}, not one message in ${printMs(silentMs)}`,
      ids: line.sample,
    }))
    return { count: found.length, findings }
  },
}

export const dumpLints: readonly DumpLint[] = [
  unknownEnd,
  deadlock,
  stalledLoop,
  unbalancedBooks,
  forcedEnd,
  hotSite,
  neverReceived,
]

const none: ReturnType<DumpLint['find']> = { count: 0, findings: [] }

/** Actors that a finding names. */
const namedActors = 5

function isSilent(actor: ActorRow, { silentMs, many }: LintFacts): boolean {
  const { state, handled, mailbox, timers, ageMs, behavior } = actor
  return (
    state === 'idle' &&
    handled === 0 &&
    mailbox === 0 &&
    timers === undefined &&
    ageMs >= silentMs &&
    !many.includes(behavior)
  )
}

function placeOf({ spawner, message, line }: { spawner: string; message: string; line: string }) {
  const by = spawner === '' ? '' : ` spawned by ${spawner}`
  const on = message === '' ? '' : ` on ${message}`
  return `${by}${on}${line === '' ? '' : ` at ${line}`}`
}
