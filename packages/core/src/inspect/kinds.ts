// Kinds of actors over two dumps: one behaviour spawned by one line of source. How many came, went and stayed, what those
// that stayed did meanwhile, and whether sockets explain them. Pure.

import { booksOf } from './books.ts'
import type { ActorRow, Dump } from './dump.ts'
import type { Pair } from './pair.ts'
import { compareText } from './phrases.ts'

export interface KindChange {
  behavior: string
  spawner: string
  message: string
  line: string
  before: number
  after: number
  /** Undefined when the node started anew in between: nobody is the same actor then. */
  life: KindLife | undefined
  /** Median age; 0 where there is none. */
  ageBefore: number
  ageAfter: number
  /** Sockets of the actor that has spawned them, where it counts some. */
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
export function kindsOf({ from, to, kinship, earlier }: Pair): KindChange[] {
  const before = byKind(from)
  const after = byKind(to)
  const [oldSockets, newSockets] = [socketsOf(from), socketsOf(to)]
  const kinds: KindChange[] = []
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old = [], now = []] = [before.get(key), after.get(key)]
    const [behavior, spawner, message, line] = JSON.parse(key) as [string, string, string, string]
    const owner = now[0]?.parent ?? ''
    const count = newSockets.get(owner)
    kinds.push({
      behavior,
      spawner,
      message,
      line,
      before: old.length,
      after: now.length,
      life: kinship === 'same' ? lifeOf(old, now, earlier) : undefined,
      ageBefore: medianAge(old),
      ageAfter: medianAge(now),
      sockets:
        count === undefined
          ? undefined
          : { before: oldSockets.get(old[0]?.parent ?? '') ?? 0, after: count },
      sample: now.slice(0, 5).map(({ id }) => id),
    })
  }
  return kinds.sort(
    (a, b) =>
      b.after - b.before - (a.after - a.before) ||
      compareText(`${a.behavior} ${a.line}`, `${b.behavior} ${b.line}`),
  )
}

function byKind({ actors, sites }: Dump): Map<string, ActorRow[]> {
  const bySite = Map.groupBy(actors, ({ behavior, site }) => `${site} ${behavior}`)
  return mergeBy([...bySite.values()], ({ behavior, site }) => {
    const { spawner = '', message = '', line = '' } = sites[site] ?? {}
    return JSON.stringify([behavior, spawner, message, line])
  })
}

/** Groups whose first actors have the same key, as one: a key in words is made once a group and not once an actor. */
export function mergeBy(
  groups: readonly ActorRow[][],
  keyOf: (actor: ActorRow) => string,
): Map<string, ActorRow[]> {
  const merged = Map.groupBy(groups, ([first]) => keyOf(first!))
  return new Map(
    [...merged].map(([key, parts]) => [key, parts.length === 1 ? parts[0]! : parts.flat()]),
  )
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
