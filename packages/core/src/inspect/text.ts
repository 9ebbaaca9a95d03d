// A dump as text, in the manner that operators know from Go. Pure.
//
//   connection 7f3a [waiting: socket, 43 s] user 42 mailbox 0 queue 812345
//       spawned by edge on upgraded                 at listener.ts:88

import type { Site } from '../sites.ts'
import { type Group, groupActors } from './groups.ts'
import type { ActorRow, Dump, TombstoneRow, WaitRow } from './dump.ts'

/** Groups with counts: the `debug=1` form. */
export function printGroups(dump: Dump): string {
  const groups = groupActors(dump)
  const lines = groups.flatMap((group) => printGroup(group, dump))
  return [...printHeader(dump), '', ...lines, ''].join('\n')
}

/** Every actor, then the dead: the `debug=2` form. */
export function printActors(dump: Dump): string {
  const lines = [...printHeader(dump), '']
  for (const actor of dump.actors) lines.push(...printActor(actor, dump), '')
  if (dump.tombstones.length > 0) {
    lines.push('dead, the newest first:', '')
    for (const tombstone of dump.tombstones) lines.push(...printTombstone(tombstone), '')
  }
  return lines.join('\n')
}

/** A duration as a person reads it: `340 ms`, `43 s`, `7 min`, `3 h`. */
export function printMs(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  return `${Math.round(ms / 3_600_000)} h`
}

function printHeader(dump: Dump): string[] {
  const { population, total, actors, orphans, ends, counters } = dump
  const states = ['idle', 'running', 'waiting'] as const
  const shown = actors.length < total ? `, ${actors.length} shown` : ''
  const ended = Object.entries(ends).filter(([, count]) => count > 0)
  return [
    `actors: total ${total}${shown} (${states.map((state) => `${state} ${population[state]}`).join(', ')}), orphans ${orphans}`,
    `taken ${dump.takenAt}, up ${printMs(dump.uptimeMs)}, held the loop ${dump.tookMs.toFixed(1)} ms`,
    `ends: ${ended.map(([code, count]) => `${code} ${count}`).join(', ') || 'none'}`,
    `counters: ${Object.entries(counters)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  ]
}

function printGroup(group: Group, dump: Dump): string[] {
  const { ms } = group
  const wait = group.wait ? `: ${group.wait}` : ''
  return [
    `${group.count} × ${group.behavior} [${group.state}${wait}] ${printMs(ms.min)} … ${printMs(ms.p50)} … ${printMs(ms.max)}`,
    ...printSites(group.site, dump.sites),
    `    such as ${group.sample.join(' ')}`,
  ]
}

function printActor(actor: ActorRow, dump: Dump): string[] {
  const head = [`${actor.behavior} ${actor.id} [${printState(actor)}]`]
  if (actor.label) head.push(actor.label)
  head.push(`mailbox ${actor.mailbox}`, `handled ${actor.handled}`)
  if (actor.restarts > 0) head.push(`restarts ${actor.restarts}`)
  for (const [key, value] of Object.entries(actor.more ?? {})) head.push(`${key} ${value}`)
  const lines = [head.join(' ')]
  lines.push(...printSites(actor.site, dump.sites))
  if (actor.parent) lines.push(`    child of ${actor.parent}, age ${printMs(actor.ageMs)}`)
  if (actor.deadlineMs !== undefined)
    lines.push(`    context: deadline in ${printMs(actor.deadlineMs)}`)
  if (actor.ending !== undefined) lines.push(`    ending: ${actor.ending}`)
  if (actor.restarted !== undefined) lines.push(`    restarted after ${actor.restarted}`)
  return lines
}

function printState(actor: ActorRow): string {
  const { wait } = actor
  if (wait === undefined) return `${actor.state}, ${printMs(actor.ms)}`
  const left = wait.leftMs === undefined ? '' : `, deadline in ${printMs(Math.max(0, wait.leftMs))}`
  return `waiting: ${wait.class}${printTarget(wait)}, ${printMs(wait.ms)}${left}`
}

/** ` room 3f (dead)`; nothing for an await that nobody named. */
function printTarget({ target, actor, dead }: WaitRow): string {
  const words = [target, actor, dead && '(dead)'].filter(
    (word) => word !== undefined && word !== '',
  )
  return words.map((word) => ` ${word}`).join('')
}

function printSites(code: number, sites: Record<string, Site>): string[] {
  const lines: string[] = []
  for (let at = sites[code]; at !== undefined; at = sites[at.parent]) {
    if (lines.length === longestLineage) return [...lines, '    …']
    const by = at.spawner ? `by ${at.spawner}` : 'by the system'
    const on = at.message ? ` on ${at.message}` : ''
    const verb = lines.length === 0 ? 'spawned' : 'started'
    lines.push(`    ${verb} ${`${by}${on}`.padEnd(36)} ${at.line ? `at ${at.line}` : ''}`.trimEnd())
  }
  return lines
}

/** Lines of one lineage: a dump is read most when something grew out of bounds, and must not do so itself. */
const longestLineage = 24

function printTombstone(tombstone: TombstoneRow): string[] {
  const label = tombstone.label ? ` ${tombstone.label}` : ''
  return [
    `${tombstone.behavior} ${tombstone.id} [dead: ${tombstone.code}, ${printMs(tombstone.agoMs)} ago]${label} handled ${tombstone.handled}`,
    `    ${tombstone.end}`,
    `    lived ${printMs(tombstone.livedMs)}: ${tombstone.trail.join(' → ') || 'no transition kept'}`,
  ]
}
