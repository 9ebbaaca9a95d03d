import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEnd, endCodes } from '../src/ends.ts'
import {
  admitRestart,
  backoffMs,
  isSettled,
  resolveSupervision,
  type Supervision,
  supervisionDefaults,
  wantsRestart,
} from '../src/supervision.ts'

const { backoff } = supervisionDefaults

describe('a restart kind', () => {
  test('says after which ends a child comes back', () => {
    const wanted = (restart: 'permanent' | 'transient' | 'temporary') =>
      endCodes.filter((code) => wantsRestart(restart, createEnd(code)))
    expect(wanted('permanent')).toEqual(['completed', 'failed', 'escalated'])
    expect(wanted('transient')).toEqual(['failed', 'escalated'])
    expect(wanted('temporary')).toEqual([])
  })
})

describe('the intensity', () => {
  const options = resolveSupervision({ intensity: 2, periodMs: 100 })

  test('admits so many restarts in its window, and no more', () => {
    const history: number[] = []
    const admitted = [0, 50, 99, 100, 150, 151].map((now) => admitRestart(history, now, options))
    expect(admitted).toEqual([true, true, false, false, false, false])
    expect(admitRestart(history, 400, options)).toBe(true)
  })

  test('of 0 admits none', () => {
    expect(admitRestart([], 0, resolveSupervision({ intensity: 0 }))).toBe(false)
  })

  test('admits exactly while the window holds no more than its number, whatever the times', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 5 }), (steps, intensity) => {
        const limits = resolveSupervision({ intensity, periodMs: 100 })
        const history: number[] = []
        const times: number[] = []
        let now = 0
        for (const gap of steps) {
          now += gap
          times.push(now)
          const within = times.filter((time) => time > now - 100).length
          expect(admitRestart(history, now, limits)).toBe(within <= intensity)
        }
        expect(history.every((time) => time > now - 100)).toBe(true)
      }),
    )
  })
})

describe('the backoff', () => {
  test('doubles up to its greatest', () => {
    const delays = [1, 2, 3, 4, 11, 12, 2_000].map((n) => backoffMs(n, backoff, () => 0))
    expect(delays).toEqual([10, 20, 40, 80, 10_000, 10_000, 10_000])
  })

  test('takes no more than its jitter off', () => {
    expect(backoffMs(1, backoff, () => 0.5)).toBe(9)
    expect(backoffMs(1, { ...backoff, jitter: 1 }, () => 0.999)).toBeCloseTo(0.01)
  })

  test('stays between its bounds and never shrinks but by jitter', () => {
    const given = fc.record({
      minMs: fc.integer({ min: 0, max: 1_000 }),
      more: fc.integer({ min: 0, max: 100_000 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(given, fc.nat({ max: 5_000 }), random, (shape, attempt, chance) => {
        const options = { ...shape, maxMs: shape.minMs + shape.more }
        const delay = backoffMs(attempt, options, () => chance)
        const next = backoffMs(attempt + 1, options, () => chance)
        expect(delay).toBeGreaterThanOrEqual(options.minMs * (1 - options.jitter) - 1e-9)
        expect(delay).toBeLessThanOrEqual(options.maxMs)
        expect(next).toBeGreaterThanOrEqual(delay)
      }),
    )
  })

  test('starts over after an incarnation that lived half its range', () => {
    expect(isSettled(5_004, backoff)).toBe(false)
    expect(isSettled(5_005, backoff)).toBe(true)
    expect(isSettled(-Infinity, backoff)).toBe(false)
  })
})

describe('options', () => {
  test('come over the defaults', () => {
    expect(resolveSupervision()).toEqual(supervisionDefaults)
    const given = { strategy: 'rest-for-one', backoff: { ...backoff, minMs: 1 } } as const
    expect(resolveSupervision(given)).toEqual({ ...supervisionDefaults, ...given })
  })

  test('that make no sense are refused by name', () => {
    const bad: [name: string, given: object][] = [
      ['strategy', { strategy: 'one-for-al' }],
      ['intensity', { intensity: 1.5 }],
      ['intensity', { intensity: -1 }],
      ['periodMs', { periodMs: 0 }],
      ['backoff.minMs', { backoff: { minMs: -1 } }],
      ['backoff.maxMs', { backoff: { minMs: 5, maxMs: 4 } }],
      ['backoff.factor', { backoff: { factor: 0.5 } }],
      ['backoff.jitter', { backoff: { jitter: 1.1 } }],
      ['backoff.jitter', { backoff: { jitter: Number.NaN } }],
    ]
    for (const [name, given] of bad) {
      expect(() => resolveSupervision(given as Partial<Supervision>)).toThrow(
        `[option_invalid] supervise.${name}: expected`,
      )
    }
  })
})
