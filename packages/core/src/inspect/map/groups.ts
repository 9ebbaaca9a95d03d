// Groups: actors that look alike, counted, as pprof's debug=1 does for stacks. Pure.

import type { ActorRow, Dump } from '../dump.ts'

export interface Group {
  behavior: string
  state: string
  /** Wait class and kind of target: `ask auction`. Empty unless waiting. */
  wait: string
  site: number
  count: number
  /** Time in state, over the group. */
  ms: { min: number; p50: number; max: number }
  /** A few of them, to go on with. */
  sample: string[]
}

/** The groups that a dump has instead of its actors, or else those of its actors. */
export function groupsOf(dump: Pick<Dump, 'actors' | 'groups'>): Group[] {
  return dump.groups ?? groupActors(dump)
}

/** The groups of a dump's actors. */
export function groupActors(dump: Pick<Dump, 'actors'>, samples = 5): Group[] {
  const byKey = new Map<string, ActorRow[]>()
  for (const actor of dump.actors) {
    const key = `${actor.behavior}\n${actor.state}\n${waitKind(actor)}\n${actor.site}`
    const group = byKey.get(key)
    if (group === undefined) byKey.set(key, [actor])
    else group.push(actor)
  }
  return [...byKey.values()].map((actors) => summarize(actors, samples)).sort(compareGroups)
}

function summarize(actors: readonly ActorRow[], samples: number): Group {
  const first = actors[0]!
  const ages = actors.map((actor) => actor.ms).sort((a, b) => a - b)
  return {
    behavior: first.behavior,
    state: first.state,
    wait: waitKind(first),
    site: first.site,
    count: actors.length,
    ms: { min: ages[0]!, p50: ages[ages.length >> 1]!, max: ages[ages.length - 1]! },
    sample: actors.slice(0, samples).map((actor) => actor.id),
  }
}

/** The class and the kind of what is waited on, without the one it is: ids would split the group. */
function waitKind({ wait }: ActorRow): string {
  return wait === undefined ? '' : `${wait.class} ${targetKind(wait.target)}`.trim()
}

export function targetKind(target: string): string {
  return target.split(' ', 1)[0]!
}

/** The largest first; ties by name, so that equal dumps print equally. */
export function compareGroups(a: Group, b: Group): number {
  if (a.count !== b.count) return b.count - a.count
  const one = `${a.behavior} ${a.state} ${a.wait} ${a.site}`
  const other = `${b.behavior} ${b.state} ${b.wait} ${b.site}`
  return one < other ? -1 : one > other ? 1 : 0
}
