// The actor table, counted: who there is by behaviour and state, who waits for what, since when, and what lies in
// mailboxes. Two passes over some columns, so that a scrape of a million actors costs milliseconds and no dump.

import {
  type Count,
  countActors,
  type StateName,
  states,
  type System,
  type WaitClass,
  waitClasses as tableClasses,
} from '@sluice/core'
import { Spread } from './spread.ts'

/** The classes of waits, in the order of their codes in the table, which has `none` before them. */
export const waitClasses: readonly WaitClass[] = tableClasses.slice(1) as WaitClass[]

/** What times are sorted by, in seconds: from what no one notices to what should have ended long ago. */
export const ageBounds: readonly number[] = [
  0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400,
]

/** Messages in one mailbox. */
export const depthBounds: readonly number[] = [0, 1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536]

/** Behaviours that are named one by one; those that came to be later are one figure, `(other)`. */
export const maxBehaviors = 100

export interface Census {
  /** Live actors by behaviour, then by state. */
  readonly behaviors: ReadonlyMap<string, Readonly<Record<StateName, number>>>
  /** Waiting actors by what for. */
  readonly waits: ReadonlyMap<WaitClass, number>
  /** Messages in all mailboxes. */
  readonly messages: number
  /** Seconds that actors have been in their state. */
  readonly ages: ReadonlyMap<StateName, Spread>
  /** Seconds that actors have waited, by what for. */
  readonly waitAges: ReadonlyMap<WaitClass, Spread>
  /** Messages in each mailbox. */
  readonly depths: Spread
}

/** Counts every live actor. */
export function takeCensus(system: System): Census {
  const counts = countActors(system)
  const waits = waitClasses.map((name): [WaitClass, number] => [name, waitingFor(name, counts)])
  return { behaviors: byBehavior(system, counts), waits: new Map(waits), ...takeSpreads(system) }
}

function waitingFor(name: WaitClass, counts: readonly Count[]): number {
  return counts.reduce((sum, { wait, count }) => (wait === name ? sum + count : sum), 0)
}

/** How long, and how deep: what is not only counted. */
function takeSpreads({
  table,
  clock,
}: System): Pick<Census, 'messages' | 'ages' | 'waitAges' | 'depths'> {
  const { state, waitClass, depth, since, waitSince } = table
  const dead = states.indexOf('dead')
  const waiting = states.indexOf('waiting')
  const ages = states.map(() => new Spread(ageBounds))
  const waitAges = tableClasses.map(() => new Spread(ageBounds))
  const depths = new Spread(depthBounds)
  const now = clock.now()
  const top = table.top[0] ?? 0
  let messages = 0
  let empty = 0
  for (let row = 0; row < top; row++) {
    const at = state[row]!
    if (at === dead) continue
    ages[at]!.add((now - since[row]!) / 1_000)
    const letters = depth[row]!
    if (letters === 0) empty++
    else {
      messages += letters
      depths.add(letters)
    }
    if (at === waiting) waitAges[waitClass[row]!]!.add((now - waitSince[row]!) / 1_000)
  }
  depths.add(0, empty)
  return {
    messages,
    ages: new Map(states.map((name, at) => [name, ages[at]!])),
    waitAges: new Map(waitClasses.map((name, at) => [name, waitAges[at + 1]!])),
    depths,
  }
}

/** Bounded, as a behaviour may be made with a name of its own for each actor. Those that came first are named, for good. */
function byBehavior(
  { names }: System,
  counts: readonly Count[],
): Map<string, Record<StateName, number>> {
  const behaviors = new Map<string, Record<StateName, number>>()
  const code = ({ behavior }: Count): number => names.find(behavior) ?? 0
  for (const count of counts.toSorted((a, b) => code(a) - code(b))) {
    const named = behaviors.has(count.behavior) || behaviors.size < maxBehaviors
    const name = named ? count.behavior : '(other)'
    const before = behaviors.get(name) ?? none()
    before[count.state] += count.count
    behaviors.set(name, before)
  }
  return behaviors
}

function none(): Record<StateName, number> {
  return Object.fromEntries(states.map((state) => [state, 0])) as Record<StateName, number>
}
