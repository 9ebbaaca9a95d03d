// Rows in words: what a cut has as numbers, as a dump has it. The words come from the system, or from the memory that it
// shares with another thread.

import { states } from '../lifecycle.ts'
import type { Site } from '../sites.ts'
import { idOf, noRow, waitClasses } from '../table.ts'
import type { Cut } from './cut.ts'
import type { ActorRow, WaitRow } from './dump.ts'

/** What the numbers of names and sites stand for. */
export interface Words {
  name(code: number): string
  site(code: number): Site | undefined
}

/** One actor, as far as the table tells of it. */
export function wordRow(cut: Cut, place: number, words: Words): ActorRow {
  const now = cut.at
  const parent = cut.parent[place]!
  const wait = wordWait(cut, place, words)
  const message = cut.message[place]!
  const endedAt = cut.endedAt[place]!
  return {
    id: idOf(cut.row[place]!, cut.generation[place]!),
    behavior: words.name(cut.behavior[place]!),
    label: '',
    state: states[cut.state[place]!] ?? 'idle',
    ms: Math.max(0, now - cut.since[place]!),
    ageMs: Math.max(0, now - cut.spawnedAt[place]!),
    ...(wait && { wait }),
    ...(message !== 0 && { message: words.name(message) }),
    parent: parent === noRow ? '' : idOf(parent, cut.parentGeneration[place]!),
    mailbox: cut.depth[place]!,
    handled: cut.handled[place]!,
    restarts: cut.restarts[place]!,
    site: cut.site[place]!,
    ...(endedAt !== Infinity && { endedMs: Math.max(0, now - endedAt) }),
    ...(cut.orphan[place] === 1 && { orphan: true as const }),
  }
}

function wordWait(cut: Cut, place: number, words: Words): WaitRow | undefined {
  const code = cut.waitClass[place]!
  if (code === 0) return undefined
  const target = cut.waitRow[place]!
  const deadline = cut.waitDeadline[place]!
  return {
    class: waitClasses[code] ?? 'none',
    target: words.name(cut.waitName[place]!),
    ...(target !== noRow && { actor: idOf(target, cut.waitGeneration[place]!) }),
    ...(cut.waitDead[place] === 1 && { dead: true as const }),
    ms: Math.max(0, cut.at - cut.waitSince[place]!),
    ...(Number.isFinite(deadline) && { leftMs: deadline - cut.at }),
  }
}

/** The sites of these actors, each up to its root. */
export function wordSites(actors: readonly ActorRow[], words: Words): Record<string, Site> {
  const sites: Record<string, Site> = {}
  for (const actor of actors) {
    for (
      let at = words.site(actor.site);
      at !== undefined && at.code !== 0 && sites[at.code] === undefined;
      at = words.site(at.parent)
    ) {
      sites[at.code] = at
    }
  }
  return sites
}
