// What blocks: actors that wait, or run too long, by family and by what they wait on. Three families, as a post-mortem
// reads them, and a fourth for what is a choice (a timer) or has no name (an await that nobody named). Pure.
//
//   network      socket, redis            the other side is slow or gone
//   message      ask, mailbox, child      another actor is
//   contention   lock, running, loop      too much wants one thing: a permit, or the loop itself

import type { ActorRow, Dump } from '../dump.ts'
import type { Group } from './groups.ts'
import {
  compareText,
  fold,
  printCount,
  printNumber,
  printRange,
  printShare,
  type Range,
  rangeOf,
} from '../phrases.ts'
import { printMs } from '../text/text.ts'

export const blockedFamilies = ['network', 'message', 'contention', 'other'] as const

export type BlockedFamilyName = (typeof blockedFamilies)[number]

export interface BlockedOptions {
  /** A handler that runs for so long holds the loop: who has messages then waits for it. Default 500. */
  runningMs?: number
  /** Targets listed of each family. Default 20. */
  limit?: number
  /** Actors named of each target. Default 5. */
  samples?: number
}

export interface BlockedTarget {
  /** A wait class; `running` for who holds the loop, `loop` for who waits for its turn. */
  class: string
  /** The behaviour or the thing waited on; for `running`, the message being handled. */
  target: string
  count: number
  ms: Range
  /** Distinct actors that they wait on, and the ones that most wait on. */
  on: number
  most: { actor: string; count: number }[]
  /** Waits on something dead. */
  dead: number
  /** Waits past their deadline. */
  overdue: number
  /** Those that have waited longest. */
  sample: string[]
}

export interface BlockedFamily {
  family: BlockedFamilyName
  count: number
  /** The largest first. */
  targets: BlockedTarget[]
  /** Targets beyond the limit. */
  unlisted: number
}

export interface Blocked {
  /** Actors looked at. */
  of: number
  count: number
  /** All four, in their order. */
  families: BlockedFamily[]
}

/** Why actors do not go on, by family and target. */
export function blockedActors(
  dump: Pick<Dump, 'actors' | 'groups'>,
  options: BlockedOptions = {},
): Blocked {
  const { runningMs = 500, limit = 20, samples = 5 } = options
  if (dump.actors.length === 0 && dump.groups !== undefined) {
    return blockedGroups(dump.groups, runningMs, limit, samples)
  }
  const held = dump.actors.some(({ state, ms }) => state === 'running' && ms >= runningMs)
  const blocks = dump.actors
    .map((actor) => blockOf(actor, runningMs, held))
    .filter((block) => block !== undefined)
  const targets = [...Map.groupBy(blocks, (block) => `${block.class} ${block.target}`).values()]
  return byFamily(
    dump.actors.length,
    targets.map((group) => summarize(group, samples)),
    limit,
  )
}

/** Families with their targets, the largest first. */
export function printBlocked(blocked: Blocked): string[] {
  const { of, count, families } = blocked
  const lines = [`blocked: ${printNumber(count)} of ${printCount(of, 'actor')}`]
  for (const { family, count: own, targets, unlisted } of families) {
    if (own === 0) continue
    lines.push('', `${family}: ${printNumber(own)} (${printShare(own, count)})`)
    for (const target of targets) lines.push(...printTarget(target))
    if (unlisted > 0) lines.push(`    ${printCount(unlisted, 'target')} more, not listed`)
  }
  return lines
}

/** The family of a wait class. */
export function familyOf(wait: string): BlockedFamilyName {
  return families[wait] ?? 'other'
}

const families: Record<string, BlockedFamilyName> = {
  socket: 'network',
  redis: 'network',
  ask: 'message',
  mailbox: 'message',
  child: 'message',
  lock: 'contention',
  running: 'contention',
  loop: 'contention',
}

/** Of groups alone: whom each waits on, whether that is dead, and deadlines are not known. */
function blockedGroups(
  groups: readonly Group[],
  runningMs: number,
  limit: number,
  samples: number,
): Blocked {
  const blocked = groups.filter(
    ({ wait, state, ms }) => wait !== '' || (state === 'running' && ms.max >= runningMs),
  )
  const targets = Map.groupBy(blocked, ({ wait }) => wait || 'running')
  return byFamily(
    groups.reduce((sum, { count }) => sum + count, 0),
    [...targets].map(([wait, parts]): BlockedTarget => {
      const [name = '', target = ''] = wait.split(' ', 2)
      return {
        class: name,
        target,
        count: parts.reduce((sum, { count }) => sum + count, 0),
        ms: {
          min: Math.min(...parts.map(({ ms }) => ms.min)),
          // The largest group comes first.
          p50: parts[0]!.ms.p50,
          max: Math.max(...parts.map(({ ms }) => ms.max)),
        },
        on: 0,
        most: [],
        dead: 0,
        overdue: 0,
        sample: parts.flatMap(({ sample }) => sample).slice(0, samples),
      }
    }),
    limit,
  )
}

function byFamily(of: number, targets: readonly BlockedTarget[], limit: number): Blocked {
  const sorted = targets.toSorted(
    (a, b) => b.count - a.count || compareText(`${a.class} ${a.target}`, `${b.class} ${b.target}`),
  )
  const count = (list: readonly BlockedTarget[]): number =>
    list.reduce((sum, target) => sum + target.count, 0)
  return {
    of,
    count: count(sorted),
    families: blockedFamilies.map((family) => {
      const own = sorted.filter((target) => familyOf(target.class) === family)
      return {
        family,
        count: count(own),
        targets: own.slice(0, limit),
        unlisted: Math.max(0, own.length - limit),
      }
    }),
  }
}

interface Block {
  readonly actor: ActorRow
  readonly class: string
  readonly target: string
  readonly ms: number
}

function blockOf(actor: ActorRow, runningMs: number, held: boolean): Block | undefined {
  const { state, wait, ms, message } = actor
  if (wait !== undefined) return { actor, class: wait.class, target: wait.target, ms: wait.ms }
  if (state === 'running' && ms >= runningMs) {
    return { actor, class: 'running', target: message ?? '', ms }
  }
  if (held && state === 'idle' && actor.mailbox > 0) {
    return { actor, class: 'loop', target: '', ms }
  }
  return undefined
}

function summarize(blocks: readonly Block[], samples: number): BlockedTarget {
  const first = blocks[0]!
  const on = new Map<string, number>()
  for (const { actor } of blocks) {
    const id = actor.wait?.actor
    if (id !== undefined) on.set(id, (on.get(id) ?? 0) + 1)
  }
  const oldest = blocks.toSorted((a, b) => b.ms - a.ms)
  return {
    class: first.class,
    target: first.target,
    count: blocks.length,
    ms: rangeOf(blocks.map(({ ms }) => ms)),
    on: on.size,
    most: [...on]
      .map(([actor, count]) => ({ actor, count }))
      .sort((a, b) => b.count - a.count || compareText(a.actor, b.actor))
      .slice(0, samples),
    dead: blocks.filter(({ actor }) => actor.wait?.dead).length,
    overdue: blocks.filter(({ actor }) => (actor.wait?.leftMs ?? 0) < 0).length,
    sample: oldest.slice(0, samples).map(({ actor }) => actor.id),
  }
}

function printTarget(target: BlockedTarget): string[] {
  const { count, ms, on, most, dead, overdue } = target
  const facts = [printNumber(count), printRange(ms, printMs)]
  const [top] = most
  if (on === 1) facts.push(`all on ${top!.actor}`)
  else if (on > 1) {
    facts.push(`on ${printCount(on, 'actor')}, ${printNumber(top!.count)} of them on ${top!.actor}`)
  }
  if (dead > 0) facts.push(`${printNumber(dead)} on the dead`)
  if (overdue > 0) facts.push(`${printNumber(overdue)} past the deadline`)
  return [
    ...fold(`${words(target)}: ${facts.join(', ')}`, '    '),
    `        such as ${target.sample.join(' ')}`,
  ]
}

function words({ class: wait, target }: BlockedTarget): string {
  if (wait === 'loop') return 'loop: their turn, while another runs'
  if (wait === 'promise' && target === '') return 'promise, an await that nobody named'
  return `${wait} ${target}`.trim()
}
