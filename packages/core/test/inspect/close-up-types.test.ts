import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CloseUpHook } from '../../src/close-up.ts'
import { closeUpTypes } from '../../src/inspect/close-up-types.ts'

const hook = (more: Partial<CloseUpHook> = {}): CloseUpHook => ({
  number: 1,
  change: 1,
  atMs: 0,
  what: 'receive',
  type: 'add',
  ranMs: 1,
  waits: [],
  outcome: 'ok',
  ...more,
})

test('messages are counted by type, and what ran longest in all comes first', () => {
  const entries = [
    hook({ type: 'fast', ranMs: 1 }),
    hook({ type: 'slow', ranMs: 40, awaitedMs: 7, queuedMs: 3 }),
    hook({ type: 'fast', ranMs: 3, outcome: 'failed' }),
    hook({ what: 'start', type: '', ranMs: 900 }),
  ]
  const sums = closeUpTypes(entries)
  expect(sums.map(({ type, count, failed }) => [type, count, failed])).toEqual([
    ['slow', 1, 0],
    ['fast', 2, 1],
  ])
  expect(sums[0]).toMatchObject({ totalMs: 40, awaitedMs: 7, queuedMs: 3 })
})

test('what is still out is counted and in no figure of time', () => {
  const [sum] = closeUpTypes([hook({ ranMs: 5 }), hook({ ranMs: 99, outcome: 'open' })])
  expect(sum).toMatchObject({ count: 2, open: 1, totalMs: 5, maxMs: 5 })
})

test('the middle, the slowest in a hundred and the slowest are times that were', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 250 }), (times) => {
      const [sum] = closeUpTypes(times.map((ranMs) => hook({ ranMs })))
      const { p50Ms, p99Ms, maxMs, totalMs } = sum!
      const share = (ms: number): number => times.filter((one) => one <= ms).length / times.length
      for (const ms of [p50Ms, p99Ms, maxMs]) expect(times).toContain(ms)
      expect(share(p50Ms)).toBeGreaterThanOrEqual(0.5)
      expect(share(p99Ms)).toBeGreaterThanOrEqual(0.99)
      expect(share(maxMs)).toBe(1)
      // None that is smaller would do.
      expect(times.filter((one) => one < p99Ms).length / times.length).toBeLessThan(0.99)
      expect(times.filter((one) => one < p50Ms).length / times.length).toBeLessThan(0.5)
      expect(totalMs).toBe(times.reduce((sumOf, ms) => sumOf + ms, 0))
    }),
  )
})
