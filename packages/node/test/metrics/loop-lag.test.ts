import { ManualClock, Wheel } from '@sluice/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Lag, LoopLag } from '../../src/metrics/loop-lag.ts'

/** Holds the event loop for so long. */
function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Reads again and again, a look of the library apart, until it is so. */
async function until(lag: LoopLag, is: (read: Lag) => boolean): Promise<Lag> {
  for (;;) {
    const read = lag.read()
    if (is(read)) return read
    // oxlint-disable-next-line no-await-in-loop -- until it is so
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('the lag of the loop', () => {
  function watch(): { lag: LoopLag; clock: ManualClock } {
    const clock = new ManualClock()
    const lag = new LoopLag(new Wheel(clock))
    onTestFinished(() => lag.close())
    return { lag, clock }
  }

  test('is nothing before anything was seen', () => {
    expect(watch().lag.read()).toEqual({ p50: 0, p99: 0, max: 0 })
  })

  test('shows a stall at once, then for one window more, then no longer', async () => {
    const { lag, clock } = watch()
    // The library looks once before a stall can come between two looks.
    await until(lag, ({ max, p50 }) => max > 0 || p50 > 0)
    stall(300)
    const { max } = await until(lag, (read) => read.max > 0.2)

    clock.advance(10_000)
    expect(lag.read().max).toBe(max)
    expect(lag.read().max).toBe(max)
    clock.advance(10_000)
    expect(lag.read().max).toBeLessThan(max)
  })

  test('is measured no more after the end', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock)
    const lag = new LoopLag(wheel)
    lag.close()
    expect(wheel.size).toBe(0)
    expect(clock.pending).toBe(0)
  })
})
