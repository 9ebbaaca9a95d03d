// Rows in words: what a cut has as numbers, as a dump has it. The words come from the system, or from the memory that it
// shares with another thread.

import { states } from '../lifecycle.ts'
import type { Site } from '../sites.ts'
import { idOf, noRow, type Table, waitClasses } from '../table.ts'
import type { ActorRow, WaitRow } from './dump.ts'

/** What the numbers of names and sites stand for. */
export interface Words {
  name(code: number): string
  site(code: number): Site | undefined
}

/** One actor, as far as the table tells of it. */
export function wordRow(table: Table, row: number, now: number, words: Words): ActorRow {
  const parent = table.parent[row]!
  const wait = wordWait(table, row, now, words)
  const message = table.message[row]!
  const endedAt = table.endedAt[row]!
  const read: ActorRow = {
    id: idOf(row, table.generation[row]!),
    behavior: words.name(table.behavior[row]!),
    label: '',
    state: states[table.state[row]!] ?? 'idle',
    ms: Math.max(0, now - table.since[row]!),
    ageMs: Math.max(0, now - table.spawnedAt[row]!),
    parent: parent === noRow ? '' : idOf(parent, table.generation[parent]!),
    mailbox: table.depth[row]!,
    handled: table.handled[row]!,
    restarts: table.restarts[row]!,
    site: table.site[row]!,
  }
  if (wait !== undefined) read.wait = wait
  if (message !== 0) read.message = words.name(message)
  if (endedAt !== Infinity) read.endedMs = Math.max(0, now - endedAt)
  return read
}

function wordWait(table: Table, row: number, now: number, words: Words): WaitRow | undefined {
  const code = table.waitClass[row]!
  if (code === 0) return undefined
  const target = table.waitRow[row]!
  const generation = table.waitGeneration[row]!
  const deadline = table.waitDeadline[row]!
  const wait: WaitRow = {
    class: waitClasses[code] ?? 'none',
    target: words.name(table.waitName[row]!),
    ms: Math.max(0, now - table.waitSince[row]!),
  }
  if (target !== noRow) {
    wait.actor = idOf(target, generation)
    if (!table.holds(target, generation)) wait.dead = true
  }
  if (Number.isFinite(deadline)) wait.leftMs = deadline - now
  return wait
}

/** Adds the site of this number and those that led to it. */
export function wordSites(code: number, words: Words, sites: Record<string, Site>): void {
  for (
    let at = words.site(code);
    at !== undefined && at.code !== 0 && sites[at.code] === undefined;
    at = words.site(at.parent)
  ) {
    sites[at.code] = at
  }
}
