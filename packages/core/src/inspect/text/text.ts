// A dump as text, in the manner that operators know from Go. Pure. What it says can be read back: read-text.ts.
//
//   connection 7f3a [waiting: socket peer, 43 s] user 42 mailbox 0 handled 12 queue 812345
//       spawned by edge on upgraded                 at listener.ts:88

import type { Site } from '../../sites.ts'
import type { ActorRow, Dump, FlightRow, StackFrame, TombstoneRow, WaitRow } from '../dump.ts'
import { printRest, printValue, printWord, printWords, quote } from '../escape.ts'
import { type Group, groupsOf } from '../map/groups.ts'

/** Groups with counts: the `debug=1` form. */
export function printGroups(dump: Dump): string {
  return [...groupPieces(dump)].join('')
}

/** Every actor, then the dead: the `debug=2` form. */
export function printActors(dump: Dump): string {
  return [...actorPieces(dump)].join('')
}

/** The same in pieces, one for each group. */
export function* groupPieces(dump: Dump): Generator<string, void, undefined> {
  const groups = groupsOf(dump)
  const shown = groups.reduce((sum, { count }) => sum + count, 0)
  yield linesOf(printHeader(dump, shown))
  if (groups.length > 0) yield '\n'
  for (const group of groups) yield linesOf(printGroup(group, dump.sites))
}

/** The same in pieces, one for each actor. */
export function* actorPieces(
  dump: Dump,
  rows: Iterable<ActorRow | undefined> = dump.actors,
  shown: number = dump.actors.length,
): Generator<string, void, undefined> {
  yield linesOf(printHeader(dump, shown))
  if (dump.stack !== undefined) {
    yield blockOf([stackTitle, ...dump.stack.map((frame) => `    ${printFrame(frame)}`)])
  }
  for (const row of rows) yield row === undefined ? '' : blockOf(printActor(row, dump.sites))
  if (dump.tombstones.length > 0) yield blockOf([tombstonesTitle])
  for (const tombstone of dump.tombstones) yield blockOf(printTombstone(tombstone))
  if (dump.flight !== undefined) {
    yield blockOf([flightTitle, ...dump.flight.map((row) => `    ${printFlight(row)}`)])
  }
}

export const stackTitle = 'the loop is held by:'
export const tombstonesTitle = 'dead, the newest first:'
export const flightTitle = 'the last transitions, the newest last:'

/** A duration as a person reads it: `340 ms`, `43 s`, `7 min`, `3 h`. Of its own text it makes the same. */
export function printMs(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.round(ms) || 0} ms`
  if (Math.round(ms / 1_000) < 120) return `${Math.round(ms / 1_000)} s`
  if (Math.round(ms / 60_000) < 120) return `${Math.round(ms / 60_000)} min`
  return `${Math.round(ms / 3_600_000)} h`
}

function linesOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}

function blockOf(lines: readonly string[]): string {
  return `\n${linesOf(lines)}`
}

function printHeader(dump: Dump, shown: number): string[] {
  const { population, total, matched, orphans, ends, counters, node, reason, error } = dump
  const states = (['idle', 'running', 'waiting'] as const).map(
    (state) => `${state} ${population[state]}`,
  )
  const some = [
    matched === undefined ? '' : `, ${matched} match`,
    shown < total ? `, ${shown} shown` : '',
  ]
  const lines = [
    `actors: total ${total}${some.join('')} (${states.join(', ')}), orphans ${orphans}`,
    `taken ${dump.takenAt}, up ${printMs(dump.uptimeMs)}, held the loop ${dump.tookMs.toFixed(1)} ms${dump.described ? `, described ${dump.described}` : ''}`,
    `ends: ${printCounts(ends, ([, count]) => count > 0)}`,
    `counters: ${printCounts(counters, () => true)}`,
  ]
  if (node !== undefined) {
    const { name, uid, pid, host, version } = node
    lines.push(
      `node: ${printWord(name)} uid ${printWord(uid)} pid ${pid} host ${printWord(host)} version ${printWord(version)}`,
    )
  }
  if (reason !== undefined) lines.push(`reason: ${printReason(reason)}`)
  if (error !== undefined) lines.push(`error: ${printRest(error, longestError)}`)
  for (const note of dump.notes ?? []) lines.push(`note: ${printRest(note)}`)
  for (const [name, value] of Object.entries(dump.facts ?? {})) {
    lines.push(`fact: ${printWord(name)} ${printValue(value)}`)
  }
  return lines
}

/** `none` where there are none; `not counted` where nobody counted. */
function printCounts(
  counts: Record<string, number>,
  shown: (entry: [string, number]) => boolean,
): string {
  const entries = Object.entries(counts)
  if (entries.length === 0) return 'not counted'
  const some = entries.filter(shown).map(([name, count]) => `${printWord(name)} ${count}`)
  return some.join(', ') || 'none'
}

function printReason({ trigger, detail, value, threshold }: NonNullable<Dump['reason']>): string {
  const words: string[] = [trigger]
  if (detail !== undefined) words.push(quote(detail.slice(0, longestDetail)))
  if (value !== undefined) words.push(`value ${value}`)
  if (threshold !== undefined) words.push(`threshold ${threshold}`)
  return words.join(' ')
}

function printGroup(group: Group, sites: Record<string, Site>): string[] {
  const { ms, wait } = group
  const space = wait.indexOf(' ')
  const kind = space < 0 ? '' : ` ${printWord(wait.slice(space + 1))}`
  const on = wait === '' ? '' : `: ${space < 0 ? wait : wait.slice(0, space)}${kind}`
  return [
    `${group.count} × ${printWord(group.behavior)} [${group.state}${on}] ${printMs(ms.min)} … ${printMs(ms.p50)} … ${printMs(ms.max)}`,
    ...printSites(group.site, sites),
    ...(group.sample.length > 0 ? [`    such as ${group.sample.join(' ')}`] : []),
  ]
}

function printActor(actor: ActorRow, sites: Record<string, Site>): string[] {
  const head = [`${printWord(actor.behavior)} ${actor.id} [${printState(actor)}]`]
  if (actor.label) head.push(printWords(actor.label, reserved))
  head.push(`mailbox ${actor.mailbox}`, `handled ${actor.handled}`)
  if (actor.restarts > 0) head.push(`restarts ${actor.restarts}`)
  for (const [key, value] of Object.entries(actor.more ?? {})) {
    // After `handled`, this word says how often it was restarted.
    head.push(`${key === 'restarts' ? quote(key) : printWord(key)} ${printValue(value)}`)
  }
  const lines = [head.join(' '), ...printSites(actor.site, sites)]
  if (actor.message !== undefined) lines.push(`    handling ${printWord(actor.message)}`)
  const child = actor.parent === '' ? '' : `child of ${actor.parent}, `
  lines.push(`    ${child}age ${printMs(actor.ageMs)}`)
  if (actor.deadlineMs !== undefined)
    lines.push(`    context: deadline in ${printMs(actor.deadlineMs)}`)
  if (actor.endedMs !== undefined)
    lines.push(`    context: ended ${printMs(actor.endedMs)} ago${actor.orphan ? ', orphan' : ''}`)
  if (actor.ending !== undefined) lines.push(`    ending: ${printRest(actor.ending)}`)
  if (actor.restarted !== undefined) lines.push(`    restarted after ${printRest(actor.restarted)}`)
  if (actor.timers !== undefined) lines.push(`    timers ${actor.timers}`)
  for (const frame of actor.stack ?? []) lines.push(`    in ${printFrame(frame)}`)
  if (actor.later !== undefined) lines.push(`    later: ${actor.later}`)
  return lines
}

/** Words that follow a label. */
const reserved = ['mailbox', 'handled']

function printState(actor: ActorRow): string {
  const { wait } = actor
  if (wait === undefined) return `${actor.state}, ${printMs(actor.ms)}`
  const left = wait.leftMs === undefined ? '' : `, deadline in ${printMs(Math.max(0, wait.leftMs))}`
  return `waiting: ${wait.class}${printTarget(wait)}, ${printMs(wait.ms)}${left}`
}

/** ` room 3f (dead)`; nothing for an await that nobody named. */
function printTarget({ target, actor, dead }: WaitRow): string {
  if (target === '' && actor === undefined) return ''
  return ` ${printWord(target)}${actor === undefined ? '' : ` ${actor}`}${dead ? ' (dead)' : ''}`
}

function printFrame({ function: name, at }: StackFrame): string {
  return `${name === '' ? '(anonymous)' : printWord(name)} at ${printWord(at)}`
}

function printSites(code: number, sites: Record<string, Site>): string[] {
  const lines: string[] = []
  for (let at = sites[code]; at !== undefined; at = sites[at.parent]) {
    if (lines.length === longestLineage) return [...lines, '    …']
    const by = at.spawner ? `by ${printWord(at.spawner)}` : 'by the system'
    const on = at.message ? ` on ${printWord(at.message)}` : ''
    const verb = lines.length === 0 ? 'spawned' : 'started'
    const line = at.line ? `at ${printWord(at.line)}` : ''
    lines.push(`    ${verb} ${`${by}${on}`.padEnd(36)} ${line}`.trimEnd())
  }
  return lines
}

/** Lines of one lineage: a dump is read most when something grew out of bounds, and must not do so itself. */
const longestLineage = 24
const longestError = 4_000
const longestDetail = 200

function printTombstone(tombstone: TombstoneRow): string[] {
  const { behavior, id, code, agoMs, label, handled, restarts, end, livedMs, trail } = tombstone
  const below = tombstone.parent === undefined ? '' : ` below ${tombstone.parent}`
  const head = [`${printWord(behavior)} ${id} [dead: ${printWord(code)}, ${printMs(agoMs)} ago]`]
  if (label) head.push(printWords(label, reserved))
  head.push(`handled ${handled}`)
  if (restarts > 0) head.push(`restarts ${restarts}`)
  return [
    head.join(' '),
    `    ${printRest(end)}`,
    `    lived ${printMs(livedMs)}${below}: ${trail.map(printStep).join(' → ') || 'no transition kept'}`,
  ]
}

/** `running`, `waiting(socket)` */
function printStep(step: string): string {
  return /^[a-z]+(?:\([a-z]+\))?$/.test(step) ? step : quote(step)
}

function printFlight({ agoMs, behavior, actor, event, from, to, wait }: FlightRow): string {
  return `${printMs(agoMs)} ago ${printWord(behavior)} ${actor} ${event}: ${from} → ${to}${wait === undefined ? '' : `(${wait})`}`
}
