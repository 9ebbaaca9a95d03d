import { ManualClock, Wheel } from '@sluice/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Garbage, type Pause } from '../../src/metrics/garbage.ts'

describe('the garbage collector', () => {
  function watch(): { garbage: Garbage; wheel: Wheel; clock: ManualClock; pauses: Pause[] } {
    const clock = new ManualClock()
    const wheel = new Wheel(clock)
    const pauses: Pause[] = []
    const garbage = new Garbage(wheel, (pause) => pauses.push(pause))
    onTestFinished(() => garbage.close())
    return { garbage, wheel, clock, pauses }
  }

  /** Allocates so much, and keeps next to none of it. */
  function allocate(bytes: number): void {
    const kept: unknown[] = []
    for (let i = 0; i < bytes / 65_536; i++) kept[i % 8] = new Array<number>(8_192).fill(i)
  }

  test('is timed at each of its pauses', () => {
    const { garbage, pauses } = watch()
    allocate(64 << 20)
    garbage.look()
    expect(pauses.length).toBeGreaterThan(0)
    for (const { kind, seconds } of pauses) {
      expect(['minor', 'major', 'incremental', 'weakcb']).toContain(kind)
      expect(seconds).toBeGreaterThan(0)
    }
  })

  test('tells how long all pauses were together, and the longest for ten seconds at least', () => {
    const { garbage, pauses } = watch()
    expect([garbage.pausedSeconds, garbage.longestSeconds]).toEqual([0, 0])
    allocate(64 << 20)
    garbage.look()
    const seen = pauses.map(({ seconds }) => seconds)
    const longest = Math.max(...seen)
    expect(garbage.pausedSeconds).toBeCloseTo(seen.reduce((sum, one) => sum + one))
    expect(garbage.longestSeconds).toBe(longest)
    garbage.turn()
    expect(garbage.longestSeconds).toBe(longest)
    garbage.turn()
    expect(garbage.longestSeconds).toBe(0)
  })

  test('has windows that end by themselves, however often one looks', () => {
    const { garbage, clock } = watch()
    allocate(64 << 20)
    garbage.look()
    const before = garbage.longestSeconds
    expect(before).toBeGreaterThan(0)
    for (let half = 0; half < 42; half++) {
      clock.advance(500)
      garbage.look()
    }
    expect(garbage.longestSeconds).not.toBe(before)
  })

  test('tells how much was allocated, whenever one looks', () => {
    const { garbage } = watch()
    allocate(32 << 20)
    garbage.look()
    const before = garbage.allocatedBytes
    for (let part = 0; part < 4; part++) {
      allocate(32 << 20)
      garbage.look()
    }
    const allocated = garbage.allocatedBytes - before
    // A collection tells what was allocated before it: at either end one may be out.
    expect(allocated).toBeGreaterThan(80 << 20)
  })

  test('is looked at each second, and no more after the end', () => {
    const { garbage, wheel, clock, pauses } = watch()
    allocate(64 << 20)
    expect(pauses).toEqual([])
    clock.advance(1_005)
    expect(pauses.length).toBeGreaterThan(0)
    garbage.close()
    garbage.look()
    expect(wheel.size).toBe(0)
    expect(clock.pending).toBe(0)
  })
})
