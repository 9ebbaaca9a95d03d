import { type Clock, ManualClock, systemClock } from '@sluice/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LoopLag } from '../../src/metrics/loop-lag.ts'
import { JumpClock } from '../support/jump-clock.ts'

/** Holds the event loop for so long. */
function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function watch(clock: Clock, windowMs?: number): LoopLag {
  const lag = new LoopLag(clock, windowMs)
  onTestFinished(() => lag.close())
  return lag
}

describe('the lag of the loop', () => {
  test('is nothing before anything was seen', () => {
    expect(watch(new ManualClock()).read()).toEqual({ p50: 0, p99: 0, max: 0 })
  })

  test('shows a stall at once, then for one window more, then no longer', () => {
    const clock = new JumpClock()
    const lag = watch(clock)
    const calm = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 20) clock.jump(20)
    }
    calm(5_000)
    clock.jump(320)
    expect(lag.read().max).toBeCloseTo(0.3, 3)
    calm(4_680)
    expect(lag.read().max).toBeCloseTo(0.3, 3)
    expect(lag.read().p50).toBeLessThan(0.001)
    calm(9_980)
    expect(lag.read().max).toBeCloseTo(0.3, 3)
    calm(20)
    expect(lag.read().max).toBeLessThan(0.001)
  })

  test('is as much as it was when a window ends while the loop stands still, whoever looks first', async () => {
    const windowMs = 100
    for (const first of ['a reader', 'the beat'] as const) {
      const lag = watch(systemClock, windowMs)
      stall(3 * windowMs)
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as they hold the loop
      if (first === 'the beat') await new Promise((resolve) => setTimeout(resolve, 30))
      expect(lag.read().max).toBeGreaterThan(0.25)
    }
  })

  test('is measured no more after the end', () => {
    const clock = new ManualClock()
    new LoopLag(clock).close()
    expect(clock.pending).toBe(0)
  })
})
