import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { halfMs, places, Publishers } from '../../src/rooms/publishers.ts'

const info = (client: string) => ({ client, user: `user of ${client}` })

/** What some publish, with pauses between: mostly a few of them, and never so long that nothing would be left. */
const story = fc.array(
  fc.record({
    client: fc.oneof(fc.nat(3), fc.nat(99)).map(String),
    times: fc.integer({ min: 1, max: 20 }),
    pauseMs: fc.oneof(fc.constant(0), fc.nat(3_000), fc.nat(3 * halfMs)),
  }),
  { maxLength: 200, size: 'max' },
)

/** Counts everybody, and halves with the sketch. */
function countAll(steps: readonly { client: string; times: number; pauseMs: number }[]) {
  const publishers = new Publishers(0)
  const counts = new Map<string, number>()
  let [now, fadedAt] = [0, 0]
  for (const { client, times, pauseMs } of steps) {
    now += pauseMs
    for (; now - fadedAt >= halfMs; fadedAt += halfMs) {
      for (const [one, count] of counts) counts.set(one, count / 2)
    }
    counts.set(client, (counts.get(client) ?? 0) + times)
    for (let i = 0; i < times; i++) publishers.add(info(client), now)
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return { counts, total, read: publishers.read(now) }
}

/** Halves of halves do not always add up to the last bit. */
const nearly = (value: number): number => value * (1 + 1e-9)

describe('who publishes', () => {
  test('is never counted too low, and too high by no more than is said, and that by no more than total / places', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const { counts, total, read } = countAll(steps)
        expect(read.total).toBeCloseTo(total, 6)
        expect(read.publishers.length).toBeLessThanOrEqual(places)
        for (const { client, count, error } of read.publishers) {
          const truth = counts.get(client) ?? 0
          expect(nearly(count)).toBeGreaterThanOrEqual(truth)
          expect(count - error).toBeLessThanOrEqual(nearly(truth))
          expect(error).toBeLessThanOrEqual(nearly(total / places))
        }
      }),
    )
  })

  test('has everybody in it who has more than total / places', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const { counts, total, read } = countAll(steps)
        const held = new Set(read.publishers.map(({ client }) => client))
        const many = [...counts].filter(([, count]) => count > nearly(total / places))
        expect(many.filter(([client]) => !held.has(client))).toEqual([])
      }),
    )
  })

  test('is told the most first, and counts add up to all there was', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const { read } = countAll(steps)
        const counts = read.publishers.map(({ count }) => count)
        expect(counts).toEqual(counts.toSorted((a, b) => b - a))
        expect(counts.reduce((sum, count) => sum + count, 0)).toBeCloseTo(read.total, 6)
      }),
    )
  })

  test('has the rate of one who publishes evenly, whenever it is read', () => {
    const publishers = new Publishers(0)
    for (let now = 0; now < 90_000; now += 100) {
      publishers.add(info('a'), now)
      if (now < 1_000 || now % 700 !== 0) continue
      const { publishers: found, seconds } = publishers.read(now)
      expect(Math.abs(found[0]!.count / seconds - 10)).toBeLessThan(1.1)
    }
  })

  test('forgets the past: who was loud a minute ago is less than who speaks now', () => {
    const publishers = new Publishers(0)
    for (let i = 0; i < 1_000; i++) publishers.add(info('then'), 0)
    for (let i = 0; i < 20; i++) publishers.add(info('now'), 60_000)
    const { publishers: found } = publishers.read(60_000)
    expect(found.map(({ client, count, at }) => ({ client, count, at }))).toEqual([
      { client: 'now', count: 20, at: 60_000 },
      { client: 'then', count: 1_000 / 64, at: 0 },
    ])
  })

  test('may be no client: what comes without one is counted together', () => {
    const publishers = new Publishers(0)
    publishers.add(undefined, 1)
    publishers.add(info('a'), 2)
    publishers.add(undefined, 3)
    expect(publishers.read(3).publishers).toEqual([
      { client: '', user: '', count: 2, error: 0, at: 3 },
      { client: 'a', user: 'user of a', count: 1, error: 0, at: 2 },
    ])
  })
})
