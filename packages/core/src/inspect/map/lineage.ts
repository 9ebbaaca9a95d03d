// Lineage: from an actor back to the handler that caused it, and how many come from one line of source. Pure.
//
//   connection 7f3a user 42 [idle, 43 s]
//       spawned by edge on upgraded                 at listener.ts:88     1,000 alive
//       started by the system                       at node.ts:41         1 alive, 1,001 with those below

import type { Site } from '../../sites.ts'
import type { StackFrame } from '../../stacks.ts'
import type { ActorRow, Dump } from '../dump.ts'
import {
  compareText,
  fold,
  nameOf,
  printCount,
  printDoing,
  printNumber,
  printRange,
  printShare,
  type Range,
  rangeOf,
  visible,
} from '../phrases.ts'
import { printMs } from '../text/text.ts'

/** One spawn in the chain of spawns. */
export interface LineageStep extends Site {
  /** Listed actors that this very site spawned, and with those spawned below it. */
  alive: number
  below: number
}

export interface Lineage {
  actor: ActorRow
  /** Its own spawn first, the root's last. Turns of a recursion are folded into one. */
  steps: LineageStep[]
  /** The handler that it all goes back to: the farthest step that a message caused. */
  source: LineageStep | undefined
  /** Its parents, as far as they are listed, the nearest first. */
  owners: ActorRow[]
  /** The whole stack of its spawn, when that was sampled, or of one from the same site. */
  stack?: readonly StackFrame[]
  /** Whose stack it is. */
  stackOf?: string
}

/** All listed actors of one behaviour that one line of source spawned. */
export interface SpawnLine {
  /** `connection.ts:88`; empty when it is not known. */
  line: string
  behavior: string
  spawner: string
  message: string
  count: number
  ageMs: Range
  /** Sites that share the line. */
  sites: number
  sample: string[]
}

/** Where an actor comes from; undefined when the dump does not list it. */
export function lineageOf(dump: Pick<Dump, 'actors' | 'sites'>, id: string): Lineage | undefined {
  const byId = new Map(dump.actors.map((actor) => [actor.id, actor]))
  const actor = byId.get(id)
  if (actor === undefined) return undefined
  const steps = stepsOf(dump, actor.site)
  const sampled =
    actor.stack === undefined
      ? dump.actors.find(({ site, stack }) => site === actor.site && stack !== undefined)
      : actor
  return {
    actor,
    steps,
    source: steps.findLast(({ message }) => message !== '') ?? steps.at(-1),
    owners: ownersOf(byId, actor),
    ...(sampled?.stack && { stack: sampled.stack, stackOf: sampled.id }),
  }
}

/** How many actors each line of source spawned, the most first. */
export function spawnLines(dump: Pick<Dump, 'actors' | 'sites'>, samples = 5): SpawnLine[] {
  const groups = Map.groupBy(dump.actors, ({ site, behavior }) => {
    const { line = '', spawner = '', message = '' } = dump.sites[site] ?? {}
    return line === '' ? `${behavior}\n\n${spawner}\n${message}` : `${behavior}\n${line}`
  })
  return [...groups]
    .sort(([a, one], [b, other]) => other.length - one.length || compareText(a, b))
    .map(([, actors]) => {
      const { behavior, site } = actors[0]!
      const { line = '', spawner = '', message = '' } = dump.sites[site] ?? {}
      return {
        line,
        behavior,
        spawner,
        message,
        count: actors.length,
        ageMs: rangeOf(actors.map(({ ageMs }) => ageMs)),
        sites: new Set(actors.map((actor) => actor.site)).size,
        sample: actors.slice(0, samples).map(({ id }) => id),
      }
    })
}

/** One actor's lineage, owners and stack. */
export function printLineage(lineage: Lineage): string[] {
  const { actor, steps, source, owners, stack, stackOf } = lineage
  const lines = fold(`${nameOf(actor)} [${printDoing(actor)}]`)
  for (const [i, step] of steps.entries()) {
    const below = step.below > step.alive ? `, ${printNumber(step.below)} with those below` : ''
    const spawn = `    ${visible(spawnOf(step, i === 0 ? 'spawned' : 'started'))}`
    lines.push(...(spawn.length > 80 ? fold(spawn.trim().replaceAll(/ +/g, ' '), '    ') : [spawn]))
    lines.push(`        ${step.behavior}: ${printNumber(step.alive)} alive${below}`)
  }
  if (source !== undefined) lines.push(...fold(`source: ${sourceOf(source)}`, '    '))
  if (owners.length > 0) lines.push(...fold(`owned by ${printOwners(owners)}`, '    '))
  if (stack !== undefined) {
    lines.push(
      `    stack of ${stackOf === actor.id ? 'its spawn' : `${stackOf}, from the same site`}:`,
    )
    for (const frame of stack)
      lines.push(`        ${visible(frame.function)} ${frame.at}`.trimEnd())
  }
  return lines
}

/** A line for each, such as `1,000 actors by one line`. */
export function printSpawnLines(lines: readonly SpawnLine[], total: number): string[] {
  return lines.flatMap((line) => {
    const { count, behavior, ageMs, sample } = line
    const share = printShare(count, total)
    const age = printRange(ageMs, printMs)
    return [
      ...fold(
        `${printCount(count, 'actor')} by one line (${share}): ${behavior} ${spawnOf(line, 'spawned').replaceAll(/ +/g, ' ')}, age ${age}`,
      ),
      `    such as ${sample.join(' ')}`,
    ]
  })
}

function stepsOf(dump: Pick<Dump, 'actors' | 'sites'>, from: number): LineageStep[] {
  const alive = new Map<number, number>()
  for (const { site } of dump.actors) alive.set(site, (alive.get(site) ?? 0) + 1)
  const chain = chainOf(dump.sites, from)
  const places = new Map(chain.map(({ code }, i) => [code, i]))
  const below = chain.map(() => 0)
  for (const [site, count] of alive) {
    // The first ancestor that is in the chain: it and all behind it have these below them.
    const at = chainOf(dump.sites, site).find(({ code }) => places.has(code))
    for (let i = places.get(at?.code ?? -1) ?? Infinity; i < chain.length; i++) below[i]! += count
  }
  return chain.map((site, i) => ({ ...site, alive: alive.get(site.code) ?? 0, below: below[i]! }))
}

function chainOf(sites: Record<string, Site>, from: number): Site[] {
  const chain: Site[] = []
  const seen = new Set<number>()
  for (let at = sites[from]; at !== undefined && !seen.has(at.code); at = sites[at.parent]) {
    seen.add(at.code)
    chain.push(at)
  }
  return chain
}

function ownersOf(byId: ReadonlyMap<string, ActorRow>, actor: ActorRow): ActorRow[] {
  const owners = new Set<ActorRow>()
  for (
    let at = byId.get(actor.parent);
    at !== undefined && at !== actor && !owners.has(at);
    at = byId.get(at.parent)
  ) {
    owners.add(at)
  }
  return [...owners]
}

/** `spawned by edge on upgraded                 at listener.ts:88` */
function spawnOf(
  { spawner, message, line }: Omit<Site, 'code' | 'parent' | 'behavior'>,
  verb: string,
): string {
  const by = spawner === '' ? 'by the system' : `by ${spawner}`
  const on = message === '' ? '' : ` on ${message}`
  return `${verb} ${`${by}${on}`.padEnd(36)} ${line === '' ? '' : `at ${line}`}`.trimEnd()
}

function sourceOf({ spawner, message, line }: LineageStep): string {
  const place = line === '' ? '' : ` at ${line}`
  if (message === '') return `${spawner === '' ? 'the system' : spawner}${place}`
  return `${spawner} handling ${message}${place}`
}

/** Owners that a line names. */
const named = 8

function printOwners(owners: readonly ActorRow[]): string {
  const names = owners.slice(0, named).map((owner) => nameOf(owner))
  if (owners.length > named) names.push(`${printNumber(owners.length - named)} more`)
  return names.join(' ← ')
}
