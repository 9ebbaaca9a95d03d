// `sluice lineage`: where an actor comes from, whom it belongs to, and what it did last.

import type { Command } from 'commander'
import { printMs, type Site } from '@sluice/core'
import type { ActorDetail, DeadDetail } from '../inspect/actor.ts'
import { doing } from './actors.ts'
import { addAdminFlags, adminFor, type AdminFlags } from './admin.ts'
import { clean } from './table.ts'

interface LineageFlags extends AdminFlags {
  node?: string
  json?: boolean
}

export function addLineage(program: Command): void {
  const command = program
    .command('lineage')
    .description('tell where an actor comes from, and what it did last')
    .argument('<id>', 'as `sluice actors` shows it; the last dead are known too')
    .option('--node <name>', 'on this node of the cluster')
    .option('--json', 'as JSON')
  addAdminFlags(command).action(lineage)
}

async function lineage(id: string, { node, json, ...flags }: LineageFlags): Promise<void> {
  const admin = await adminFor(flags)
  const path = `/debug/actors/${encodeURIComponent(id)}`
  const detail = await admin.get<ActorDetail | DeadDetail>(path, { node })
  if (json) return console.log(JSON.stringify(detail))
  const lines = 'tombstone' in detail ? deadLines(detail) : liveLines(detail)
  console.log(lines.map((line) => clean(line)).join('\n'))
}

function liveLines({ actor, lineage: sites, contexts, children, trail }: ActorDetail): string[] {
  const { behavior, id, label, wait, ms, ageMs, mailbox, handled, restarts } = actor
  const head = [`${behavior} ${id}`, label, `[${doing(actor)}, ${printMs(wait?.ms ?? ms)}]`]
  const lines = [
    head.filter(Boolean).join(' '),
    `  age ${printMs(ageMs)}, mailbox ${mailbox}, handled ${handled}, restarts ${restarts}`,
  ]
  if (actor.restarted !== undefined) lines.push(`  restarted after ${actor.restarted}`)
  if (actor.orphan) lines.push('  an orphan: its context ended, and it lives on')
  lines.push('', 'spawned', ...sites.map(printSite))
  for (const { function: name, at } of actor.stack ?? [])
    lines.push(`    ${name || '(anonymous)'} ${at}`)
  lines.push('', 'belongs to')
  for (const { owner, deadlineMs, ended } of contexts.slice(1)) {
    const deadline =
      deadlineMs === undefined ? '' : `, deadline in ${printMs(Math.max(0, deadlineMs))}`
    lines.push(
      `  ${owner || 'a context of its own'}${deadline}${ended === undefined ? '' : `, ended: ${ended}`}`,
    )
  }
  const below = Object.entries(children).map(([name, count]) => `${count} × ${name}`)
  if (below.length > 0) lines.push('', 'owns', `  ${below.join(', ')}`)
  lines.push('', 'did last')
  for (const { agoMs, event, from, to, wait: what } of trail) {
    const into = what === undefined ? to : `${to} (${what})`
    lines.push(`  ${`${printMs(agoMs)} ago`.padStart(12)}  ${event.padEnd(8)} ${from} → ${into}`)
  }
  return lines
}

function deadLines({ tombstone }: DeadDetail): string[] {
  const { behavior, id, label, code, agoMs, livedMs, handled, restarts, end, trail } = tombstone
  return [
    [`${behavior} ${id}`, label, `[dead: ${code}, ${printMs(agoMs)} ago]`]
      .filter(Boolean)
      .join(' '),
    `  lived ${printMs(livedMs)}, handled ${handled}, restarts ${restarts}`,
    `  ${end}`,
    '',
    'did last',
    `  ${trail.join(' → ') || 'no transition kept'}`,
  ]
}

function printSite({ spawner, message, behavior, line }: Site): string {
  const by = spawner === '' ? 'by the system' : `by ${spawner}${message && ` on ${message}`}`
  return `  ${behavior.padEnd(16)} ${by.padEnd(36)} ${line && `at ${line}`}`.trimEnd()
}
