// What an auction promises whatever bidders do and whenever they do it: its behaviour in a system of its own, on a clock
// that the test moves.

import { createSystem, ManualClock } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAuction, type Fact, type View } from '../../examples/auction/auction.ts'
import { judge, type Phase } from '../../examples/auction/bids.ts'
import { readTerms, termsDefaults } from '../../examples/auction/terms.ts'

const terms = { startPrice: 100, step: 10, openMs: 30_000, goingMs: 6_000 }

/** One auction, and what it told its room. */
class House {
  readonly facts: (Fact & { at: number })[] = []
  readonly #clock = new ManualClock()
  readonly #system = createSystem({ clock: this.#clock, maxActors: 64, recorderSize: 64 })
  readonly #auction = this.#system.spawn(createAuction(terms), {
    room: {
      name: 'auction:old-clock',
      publish: (fact) => void this.facts.push({ ...(fact as Fact), at: this.#clock.now() }),
      members: () => [],
    },
    publish: () => undefined,
  })

  /** What happened, in order. */
  get said(): string[] {
    return this.facts.map(({ what }) => what)
  }

  async pass(ms: number): Promise<void> {
    await this.#clock.advanceAsync(ms)
  }

  /** The answer, or the reason why there is none. */
  async call(who: string, method: string, data: unknown = {}): Promise<View | string> {
    const client = { client: who, user: '' }
    const answered = this.#auction
      .ask<View>((reply) => ({ type: 'rpc', method, data, client, reply }))
      .catch((error: Error) => error.message)
    await this.pass(0)
    return await answered
  }

  bid(who: string, amount: unknown): Promise<View | string> {
    return this.call(who, 'bid', { amount, name: who.toUpperCase() })
  }

  /** Lets the time pass until nothing can happen any more. */
  async close(): Promise<void> {
    await this.pass(terms.openMs + 2 * terms.goingMs)
  }
}

async function open(): Promise<House> {
  const house = new House()
  await house.pass(0)
  return house
}

describe('an auction', () => {
  test('opens, goes once, goes twice, and is sold to who bid most', async () => {
    const house = await open()
    expect(await house.bid('ann', 100)).toMatchObject({ next: 110, bids: 1 })
    expect(await house.bid('bob', 150)).toMatchObject({
      phase: 'open',
      highest: { bidder: 'bob', name: 'BOB', amount: 150 },
    })
    await house.close()
    expect(house.said).toEqual(['open', 'bid', 'bid', 'going once', 'going twice', 'sold'])
    expect(house.facts.at(-1)).toMatchObject({
      lot: 'old-clock',
      phase: 'sold',
      highest: { name: 'BOB', amount: 150 },
      leftMs: 0,
      at: 42_000,
    })
  })

  test('is not sold when nobody bids', async () => {
    const house = await open()
    await house.close()
    expect(house.said).toEqual(['open', 'going once', 'going twice', 'unsold'])
    expect(await house.bid('ann', 100)).toBe('[ask_failed] closed: the lot was not sold')
  })

  test('says how long a phase still lasts', async () => {
    const house = await open()
    await house.pass(10_000)
    expect(await house.call('ann', 'look')).toMatchObject({ leftMs: 20_000, phaseMs: 30_000 })
    await house.pass(21_000)
    expect(await house.call('ann', 'look')).toMatchObject({
      phase: 'going once',
      leftMs: 5_000,
      phaseMs: 6_000,
    })
  })

  test('makes the hammer wait for a late bid, however late', async () => {
    const house = await open()
    await house.bid('ann', 100)
    await house.pass(terms.openMs + terms.goingMs + terms.goingMs - 1)
    await house.bid('bob', 110)
    await house.pass(terms.goingMs - 1)
    await house.bid('ann', 120)
    await house.pass(2 * terms.goingMs - 1)
    expect(house.said.slice(2)).toEqual([
      ...['going once', 'going twice', 'bid'],
      ...['going once', 'bid'],
      ...['going once', 'going twice'],
    ])
    // The wheel that all timers are on turns every few milliseconds.
    await house.pass(20)
    expect(house.facts.at(-1)).toMatchObject({
      what: 'sold',
      highest: { name: 'ANN', amount: 120 },
    })
  })

  test('refuses with the reason, and stays as it was', async () => {
    const house = await open()
    await house.bid('ann', 100)
    const refused = [
      await house.bid('bob', 109),
      await house.bid('ann', 200),
      await house.bid('bob', '110'),
      await house.bid('bob', 110.5),
      await house.bid('bob', Infinity),
      await house.call('bob', 'bid', null),
      await house.call('bob', 'toString'),
    ]
    expect(refused).toEqual(
      [
        'too low: bid at least 110',
        'own bid: you are leading already',
        ...Array.from({ length: 4 }, () => 'no bid: amount must be a whole number'),
        'no call of an auction: toString',
      ].map((why) => `[ask_failed] ${why}`),
    )
    expect(house.said).toEqual(['open', 'bid'])
    await house.close()
    expect(await house.bid('bob', 110)).toBe('[ask_failed] closed: sold to ANN for 100')
    expect(await house.call('bob', 'look')).toMatchObject({ phase: 'sold', bids: 1 })
  })

  test('keeps its rules whatever is bid and whenever', async () => {
    const bid = fc.record({
      who: fc.constantFrom('ann', 'bob', 'cy'),
      /** On top of what the next bid must be. */
      raise: fc.integer({ min: -15, max: 40 }),
    })
    const wait = fc.record({ ms: fc.integer({ min: 0, max: 9_000 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(bid, wait), { maxLength: 40, size: 'max' }),
        async (steps) => {
          const house = await open()
          let accepted = 0
          for (const step of steps) {
            /* oxlint-disable no-await-in-loop -- one after the other is the point */
            if ('ms' in step) await house.pass(step.ms)
            else {
              const amount = house.facts.at(-1)!.next + step.raise
              if (typeof (await house.bid(step.who, amount)) === 'object') accepted++
            }
            /* oxlint-enable no-await-in-loop */
          }
          await house.close()

          const bids = house.facts.filter(({ what }) => what === 'bid')
          expect(bids).toHaveLength(accepted)
          for (const [at, { highest }] of bids.entries()) {
            const before = bids[at - 1]?.highest
            expect(highest!.amount).toBeGreaterThanOrEqual(
              before ? before.amount + terms.step : 100,
            )
            expect(highest!.bidder).not.toBe(before?.bidder)
          }
          const ends = house.facts.filter(({ what }) => what === 'sold' || what === 'unsold')
          expect(ends).toEqual([house.facts.at(-1)])
          expect(ends[0]!.what).toBe(bids.length > 0 ? 'sold' : 'unsold')
          expect(ends[0]!.highest).toEqual(bids.at(-1)?.highest ?? null)
          // Whoever was outbid had the time of both calls to answer.
          expect(ends[0]!.at - (bids.at(-1)?.at ?? 0)).toBeGreaterThanOrEqual(2 * terms.goingMs)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a verdict', () => {
  test('is a good bid or a reason, for anything that a wire can bring', () => {
    const phases: Phase[] = ['open', 'going once', 'going twice', 'sold', 'unsold']
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...phases), (data, phase) => {
        const client = { client: 'c1', user: '' }
        const { bid, why } = judge(data, client, { phase, terms, highest: undefined })
        expect(why === '').toBe(bid !== undefined)
        expect(bid?.name ?? 'nobody').toMatch(/^[^]{1,48}$/)
      }),
    )
  })

  test('knows a bidder by the user, and by the connection only without one', () => {
    const highest = { bidder: 'u1', name: 'Ann', amount: 100 }
    const standing = { phase: 'open', terms, highest } as const
    expect(judge({ amount: 110 }, { client: 'c2', user: 'u1' }, standing).why).toMatch(/^own bid/)
    expect(judge({ amount: 110 }, { client: 'u1', user: 'u2' }, standing).bid).toMatchObject({
      bidder: 'u2',
      name: 'somebody',
    })
  })
})

describe('the terms', () => {
  test('come from the environment, or are the defaults', () => {
    expect(readTerms({})).toEqual(termsDefaults)
    expect(readTerms({ AUCTION_OPEN_MS: '500', AUCTION_STEP: '' })).toEqual({
      ...termsDefaults,
      openMs: 500,
    })
  })

  test.each(['0', '-5', '1e3', ' 5', '5s', '1.5'])('refuse %j, by name', (given) => {
    expect(() => readTerms({ AUCTION_GOING_MS: given })).toThrow(
      `AUCTION_GOING_MS: expected a positive whole number, got "${given}"`,
    )
  })
})
