// Kinds of actors over two dumps: one behaviour spawned by one line of source. How many came, went and stayed, what those
// that stayed did meanwhile, and whether sockets explain them. Pure.

import { booksOf, gapOf, nodeSockets } from '../lints/books.ts'
import type { ActorRow, Dump } from '../dump.ts'
import { groupsOf } from '../map/groups.ts'
import { lintDefaults } from '../lints/lint.ts'
import type { Pair } from './pair.ts'
import { compareText } from '../phrases.ts'

export interface KindChange {
  behavior: string
  spawner: string
  message: string
  line: string
  before: number
  after: number
  /** Undefined after a restart, when nobody is the same actor, and where lists are cut. */
  life: KindLife | undefined
  /** Median age; 0 where there is none. */
  ageBefore: number
  ageAfter: number
  /** Sockets of the actor that has spawned them, or else of the node if there are as many; undefined when neither is known. */
  sockets: { before: number; after: number } | undefined
  sample: string[]
}

export interface KindLife {
  /** New, and still there. */
  born: number
  gone: number
  stayed: number
  /** Stayed, and handled nothing meanwhile. */
  still: number
}

/** Every kind that is in one of the dumps, the one that grew most first. */
export function kindsOf({ from, to, kinship, earlier, listed }: Pair): KindChange[] {
  const before = countKinds(from)
  const after = countKinds(to)
  const [old, now] = [actorsByKind(from), actorsByKind(to)]
  const [oldSockets, newSockets] = [socketsOf(from), socketsOf(to)]
  const kinds = [...new Set([...before.keys(), ...after.keys()])].map((key): KindChange => {
    const [behavior, spawner, message, line] = JSON.parse(key) as [string, string, string, string]
    const [oldActors, newActors] = [old.get(key) ?? [], now.get(key) ?? []]
    const change = {
      before: before.get(key)?.count ?? 0,
      after: after.get(key)?.count ?? 0,
    }
    const sockets = newSockets.get(newActors[0]?.parent ?? '')
    return {
      behavior,
      spawner,
      message,
      line,
      ...change,
      life: kinship === 'same' && listed ? lifeOf(oldActors, newActors, earlier) : undefined,
      ageBefore: medianAge(oldActors),
      ageAfter: medianAge(newActors),
      sockets:
        sockets === undefined
          ? asManyAsSockets(from, to, change)
          : { before: oldSockets.get(oldActors[0]?.parent ?? '') ?? 0, after: sockets },
      sample: after.get(key)?.sample ?? [],
    }
  })
  return kinds.sort(
    (a, b) =>
      b.after - b.before - (a.after - a.before) ||
      compareText(`${a.behavior} ${a.line}`, `${b.behavior} ${b.line}`),
  )
}

/** The sockets of the node, if in both dumps there were as many of this kind: whoever read the table alone saw no column. */
function asManyAsSockets(
  from: Dump,
  to: Dump,
  { before, after }: { before: number; after: number },
): KindChange['sockets'] {
  const [old, now] = [nodeSockets(from), nodeSockets(to)]
  if (old === undefined || now === undefined) return undefined
  const { books, booksShare } = lintDefaults
  const apart =
    gapOf({ sockets: old, children: before }, books, booksShare) ||
    gapOf({ sockets: now, children: after }, books, booksShare)
  return apart === 0 ? { before: old, after: now } : undefined
}

/** The number of a site means nothing in another dump: its words do. */
function keyOf({ sites }: Dump, { behavior, site }: { behavior: string; site: number }): string {
  const { spawner = '', message = '', line = '' } = sites[site] ?? {}
  return JSON.stringify([behavior, spawner, message, line])
}

function countKinds(dump: Dump): Map<string, { count: number; sample: string[] }> {
  const kinds = Map.groupBy(groupsOf(dump), (group) => keyOf(dump, group))
  return new Map(
    [...kinds].map(([key, groups]) => [
      key,
      {
        count: groups.reduce((sum, { count }) => sum + count, 0),
        sample: groups.flatMap(({ sample }) => sample).slice(0, 5),
      },
    ]),
  )
}

function actorsByKind(dump: Dump): Map<string, ActorRow[]> {
  // A key in words is made once a site, and not once an actor.
  const bySite = Map.groupBy(dump.actors, ({ behavior, site }) => `${site} ${behavior}`)
  const kinds = Map.groupBy(bySite.values(), ([first]) => keyOf(dump, first!))
  return new Map([...kinds].map(([key, parts]) => [key, parts.flat()]))
}

function lifeOf(
  old: readonly ActorRow[],
  now: readonly ActorRow[],
  earlier: ReadonlyMap<string, ActorRow>,
): KindLife {
  let [stayed, still] = [0, 0]
  for (const actor of now) {
    const before = earlier.get(actor.id)
    if (before === undefined) continue
    stayed++
    if (before.handled === actor.handled) still++
  }
  return { born: now.length - stayed, gone: old.length - stayed, stayed, still }
}

function medianAge(actors: readonly ActorRow[]): number {
  const sorted = actors.map(({ ageMs }) => ageMs).sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

/** Sockets that an actor says it has, by its id. */
function socketsOf(dump: Dump): Map<string, number> {
  return new Map(booksOf(dump).map(({ actor, sockets }) => [actor.id, sockets]))
}
