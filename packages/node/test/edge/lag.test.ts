import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Lag } from '../../src/edge/lag.ts'

describe('a socket that stands still', () => {
  test('is overdue when the oldest thing that must arrive has waited for its time, not the newest', () => {
    const lag = new Lag(1_000, 500, 0)
    lag.push(10, 500, 400)
    lag.push(10, 500, 499)
    expect(lag.dueAt).toBe(500)
    expect(lag.overdue(1_020, 499)).toBe(false)
    expect(lag.overdue(1_020, 500)).toBe(true)
  })

  test('is never overdue with what may be late', () => {
    const lag = new Lag(1_000, Infinity, 0)
    lag.push(10, Infinity, 1)
    expect(lag.dueAt).toBe(Infinity)
    expect(lag.overdue(1_010, 1e9)).toBe(false)
  })

  test('counts from the first thing that must, however long others wait before it', () => {
    const lag = new Lag(1_000, Infinity, 0)
    lag.push(10, 500, 10_000)
    expect(lag.overdue(1_010, 10_499)).toBe(false)
    expect(lag.overdue(1_010, 10_500)).toBe(true)
  })

  test('gives a later thing its shorter time', () => {
    const lag = new Lag(1_000, 500, 0)
    lag.push(10, 100, 50)
    expect(lag.overdue(1_010, 149)).toBe(false)
    expect(lag.overdue(1_010, 150)).toBe(true)
  })
})

describe('a socket that moves on', () => {
  test('is watched from mark to mark', () => {
    const lag = new Lag(1_000, 500, 0)
    lag.push(1_000, 500, 100)
    // At 400 the first thousand has left; the second gets its time from then on.
    expect(lag.overdue(1_000, 400)).toBe(false)
    expect(lag.dueAt).toBe(900)
    expect(lag.overdue(1_000, 899)).toBe(false)
    expect(lag.overdue(1_000, 900)).toBe(true)
  })

  test('is done when all has left', () => {
    const lag = new Lag(1_000, 500, 0)
    expect(lag.overdue(0, 10_000)).toBe(false)
    expect(lag.dueAt).toBe(Infinity)
  })
})

test('nothing is overdue while all that waits is younger than it may be, and what stands still is found', () => {
  const push = fc.record({
    bytes: fc.integer({ min: 1, max: 100 }),
    maxAgeMs: fc.constantFrom(100, 500, 2_000, Infinity),
    afterMs: fc.integer({ min: 0, max: 300 }),
    leave: fc.integer({ min: 0, max: 150 }),
  })
  fc.assert(
    fc.property(fc.array(push, { minLength: 1, maxLength: 30 }), (pushes) => {
      let now = 0
      let waiting: { bytes: number; at: number; maxAgeMs: number }[] = []
      let lag: Lag | undefined
      for (const { bytes, maxAgeMs, afterMs, leave } of pushes) {
        now += afterMs
        waiting.push({ bytes, at: now, maxAgeMs })
        if (lag === undefined) lag = new Lag(bytes, maxAgeMs, now)
        else lag.push(bytes, maxAgeMs, now)
        waiting = without(waiting, leave)
        const left = waiting.reduce((sum, each) => sum + each.bytes, 0)
        const late = waiting.some((each) => now - each.at >= each.maxAgeMs)
        expect(lag.overdue(left, now) && !late).toBe(false)
      }
      // Nothing leaves any more: at most two of the longest times later it is found, if anything must arrive.
      const left = waiting.reduce((sum, each) => sum + each.bytes, 0)
      const must = waiting.some((each) => each.maxAgeMs !== Infinity)
      lag?.overdue(left, now + 2_000)
      expect(lag?.overdue(left, now + 4_000)).toBe(must)
    }),
  )
})

/** The queue after some bytes have left it. */
function without<T extends { bytes: number }>(queue: T[], bytes: number): T[] {
  let left = bytes
  const rest: T[] = []
  for (const each of queue) {
    const gone = Math.min(left, each.bytes)
    left -= gone
    if (gone < each.bytes) rest.push({ ...each, bytes: each.bytes - gone })
  }
  return rest
}
