// Whole systems in which everything goes wrong that can, with and without somebody who looks closely at some of the actors.

import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Actor } from '../src/actor.ts'
import { type CloseUp, type CloseUpEntry, closeUpGoesOn } from '../src/close-up.ts'
import { Flag } from '../src/flags.ts'
import { Chaos, type Kind, kinds, type Step, steps } from './chaos.ts'
import { expectConsistent, expectNothingLeft, type World } from './world.ts'

/** Before each step: looks at somebody, sees enough of somebody, or neither. */
const looks = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('begin' as const), at: fc.nat(100), ms: fc.constantFrom(5, 600) }),
    fc.record({ do: fc.constant('end' as const), at: fc.nat(100) }),
    fc.constant(undefined),
  ),
  { minLength: 80, maxLength: 80 },
)

type Look = { do: 'begin'; at: number; ms: number } | { do: 'end'; at: number } | undefined

class Looker {
  readonly seen = new Map<CloseUp, { actor: Actor; handledBefore: number }>()
  readonly #chaos: Chaos

  constructor(chaos: Chaos) {
    this.#chaos = chaos
  }

  get world(): World {
    return this.#chaos.world
  }

  take(look: Look): void {
    if (look === undefined) return
    const { system } = this.world
    const actor = system.find(this.#chaos.ref(look.at).id)
    if (actor === undefined) return
    if (look.do === 'end') return system.closeUps.find(actor.id)?.end('hand')
    if (system.closeUps.running.length >= 8) return
    const closeUp = system.closeUps.begin(actor, look.ms)
    const handledBefore = system.table.handled[actor.row]!
    if (!this.seen.has(closeUp)) this.seen.set(closeUp, { actor, handledBefore })
  }
}

/** All that is told so far is so. */
function expectTrue({ seen, world }: Looker): void {
  const { table } = world.system
  for (const [closeUp, { actor, handledBefore }] of seen) {
    const { entries, over, dropped } = closeUp.read()
    expect(dropped).toBe(0)
    expect(entries.map(({ number }) => number)).toEqual(entries.map((_, at) => at + 1))
    const times = entries.map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    for (const entry of entries) expectWhole(entry)
    if (over === undefined) {
      expect(actor.rare?.closeUp).toBe(closeUp)
      // What it shows as going on is what goes on.
      const out = entries.filter((entry) => entry.what !== 'wait' && closeUpGoesOn(entry))
      expect(out.length).toBe(actor.flags & Flag.awaiting ? 1 : 0)
      const told = entries.filter((entry) => entry.what === 'receive' && !entry.before)
      expect(told.length).toBe(table.handled[actor.row]! - handledBefore)
    } else expect(actor.rare?.closeUp).not.toBe(closeUp)
    if (over === 'dead') {
      expect(entries.filter(closeUpGoesOn)).toEqual([])
      expect(entries.at(-1)?.what).toBe('dead')
    }
  }
}

/** An entry agrees with itself: nothing takes less than no time, and what is over lies within what it belongs to. */
function expectWhole(entry: CloseUpEntry): void {
  if (!('outcome' in entry)) return
  expect(entry.ranMs).toBeGreaterThanOrEqual(0)
  const end = entry.atMs + entry.ranMs + (entry.awaitedMs ?? 0)
  for (const { atMs, ms } of entry.waits) {
    if (entry.before === undefined) expect(atMs).toBeGreaterThanOrEqual(entry.atMs)
    if (entry.outcome !== 'open') expect(atMs).toBeLessThanOrEqual(end)
    if (ms !== undefined) expect(ms).toBeGreaterThanOrEqual(0)
  }
}

/** What became of everybody. */
async function run(
  given: readonly Kind[],
  told: readonly Step[],
  seed: number,
  looked: readonly Look[],
): Promise<unknown[]> {
  const chaos = new Chaos(given, seed)
  const { world } = chaos
  const looker = new Looker(chaos)
  for (const [at, step] of told.entries()) {
    looker.take(looked[at])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await chaos.take(step)
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await world.settle()
    expectConsistent(world.system)
    expectTrue(looker)
  }
  await world.clock.advanceAsync(5_000)
  expectTrue(looker)
  await chaos.end()
  expectTrue(looker)
  expectNothingLeft(world.system)
  expect(world.system.closeUps.running).toEqual([])
  return [
    world.events.map((event) => ('actor' in event ? `${event.name} ${event.actor}` : event.name)),
    world.system.tombstones.list(),
    world.system.counters,
  ]
}

test('whatever becomes of an actor that somebody looks at, what is told of it is whole, and the same happens as without', async () => {
  await fc.assert(
    fc.asyncProperty(kinds, steps, fc.nat(), looks, async (given, told, seed, looked) => {
      expect(await run(given, told, seed, looked)).toEqual(await run(given, told, seed, []))
    }),
    { numRuns: 60 },
  )
}, 60_000)
