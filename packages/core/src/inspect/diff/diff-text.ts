// A diff as text: the verdict first, then what cannot be told, then figures, groups and actors. Pure.

import type { ActorChanges, Change, DumpDiff, GroupChange } from './diff.ts'
import { kindName } from './leak.ts'
import { fold, nameOf, printCount, printDoing, printNumber } from '../phrases.ts'
import { printMs } from '../text/text.ts'

/** The diff in 80 columns. */
export function printDiff(diff: DumpDiff): string[] {
  const { verdict, unknown, groups, groupCount, kinds, kindCount, actors } = diff
  const [worst, ...others] = verdict.suspects
  const lines = [
    ...printSides(diff),
    '',
    ...fold(`${verdict.level}: ${verdict.reason}`),
    ...(worst === undefined ? [] : printSample(worst.ids)),
    ...others.flatMap(({ level, reason }) => fold(`also ${level}: ${reason}`, '    ')),
    ...unknown.flatMap((sentence) => fold(`not told: ${sentence}`)),
    '',
    ...printFigures(diff),
  ]
  if (kindCount > 0) {
    const changed = kinds.filter(({ before, after }) => before !== after)
    if (changed.length > 0) lines.push('', 'by line of source:')
    for (const kind of changed)
      lines.push(...fold(`${printChange(kind)} ${kindName(kind)}`, '    '))
  }
  if (groupCount > 0) {
    lines.push('', `by group, ${printNumber(groupCount)} changed:`)
    for (const group of groups) lines.push(...printGroup(group))
    if (groups.length < groupCount)
      lines.push(`    ${printNumber(groupCount - groups.length)} more`)
  }
  if (actors !== undefined) lines.push('', ...printActorChanges(actors))
  return lines
}

function printSides({ from, to, kinship, betweenMs }: DumpDiff): string[] {
  const later = {
    same: `${printMs(betweenMs)} later`,
    restarted: `${printMs(betweenMs)} later, after a restart`,
    other: 'on another node',
  }[kinship]
  const of = (node: string): string => (node === '' ? '' : ` ${node}`)
  return [
    `from ${from.takenAt}${of(from.node)}: ${printCount(from.total, 'actor')}`,
    `to   ${to.takenAt}${of(to.node)}: ${printCount(to.total, 'actor')}, ${later}`,
  ]
}

function printFigures({ total, orphans, states, counted, ended }: DumpDiff): string[] {
  const population = Object.entries(states).map(([state, change]) => `${state} ${span(change)}`)
  const lines = fold(`actors ${span(total)}: ${population.join(', ')}; orphans ${span(orphans)}`)
  const advanced = (figures: Record<string, number>): string =>
    Object.entries(figures)
      .map(([name, count]) => `${name} ${signed(count)}`)
      .join(', ')
  if (Object.keys(counted).length > 0) lines.push(...fold(`counters: ${advanced(counted)}`))
  if (Object.keys(ended).length > 0) lines.push(...fold(`ends: ${advanced(ended)}`))
  return lines
}

function printGroup(group: GroupChange): string[] {
  const { change, behavior, state, wait, spawner, message, line, sample } = group
  const doing = wait === '' ? state : `${state}: ${wait}`
  const from = kindName({ behavior: '', spawner, message, line })
  const [old, now] = [printMs(group.msBefore), printMs(group.msAfter)]
  const age = { new: now, gone: old, older: `${old} → ${now}`, grew: now, shrank: now }[change]
  const size = change === 'older' ? `older (${printNumber(group.after)})` : printChange(group)
  return [
    ...fold(`${size} ${behavior} [${doing}]${from}, ${age}`, '    '),
    ...(change === 'gone' ? [] : printSample(sample)),
  ]
}

function printActorChanges(actors: ActorChanges): string[] {
  const { stayed, born, gone, older, olderCount, grown, grownCount } = actors
  const known = (count: number | undefined, what: string): string =>
    count === undefined ? `${what} not told` : `${printNumber(count)} ${what}`
  const lines = [
    `by actor: ${printNumber(stayed)} stayed, ${known(born, 'new')}, ${known(gone, 'gone')}`,
  ]
  if (olderCount > 0) {
    lines.push('', `at the same thing in both, ${printNumber(olderCount)}:`)
    for (const actor of older)
      lines.push(...fold(`${nameOf(actor)} [${printDoing(actor)}]`, '    '))
    if (older.length < olderCount) lines.push(`    ${printNumber(olderCount - older.length)} more`)
  }
  if (grownCount > 0) {
    lines.push('', `grown, ${printNumber(grownCount)}:`)
    for (const { actor, figure, ...change } of grown) {
      lines.push(...fold(`${nameOf(actor)}: ${figure} ${span(change)}`, '    '))
    }
    if (grown.length < grownCount) lines.push(`    ${printNumber(grownCount - grown.length)} more`)
  }
  return lines
}

function printSample(ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : [`        such as ${ids.join(' ')}`]
}

/** `+1,000 (0 → 1,000)` */
function printChange(change: Change): string {
  return `${signed(change.after - change.before)} (${span(change)})`
}

/** `12 → 840`; one figure where it stands. */
function span({ before, after }: Change): string {
  const [from, to] = [printNumber(before), printNumber(after)]
  return from === to ? from : `${from} → ${to}`
}

function signed(count: number): string {
  return count > 0 ? `+${printNumber(count)}` : printNumber(count)
}
