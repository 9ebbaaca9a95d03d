import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LoopBeat } from '../../src/metrics/loop-beat.ts'
import { JumpClock } from '../support/jump-clock.ts'

/** `ahead` is a timer that is set before the beat, and runs first when both are due. */
function watch(ahead?: { ms: number; look: (beat: LoopBeat) => void }): {
  clock: JumpClock
  beat: LoopBeat
  lags: number[]
} {
  const clock = new JumpClock()
  const lags: number[] = []
  if (ahead !== undefined) clock.after(ahead.ms, () => ahead.look(beat))
  const beat = new LoopBeat(clock, (lag) => lags.push(lag))
  return { clock, lags, beat }
}

describe('the beat of a loop', () => {
  test('is told with how late it is', () => {
    const { clock, lags } = watch()
    for (const ms of [20, 25, 320]) clock.jump(ms)
    expect(lags).toEqual([0, 5, 300])
  })

  test('is taken by whoever looks before it can come, once, and is early then', () => {
    const look = (beat: LoopBeat): void => {
      beat.look()
      beat.look()
    }
    const { clock, lags } = watch({ ms: 100, look })
    clock.jump(520)
    expect(lags).toEqual([500, 0])
  })

  test('is left alone by whoever looks before its time', () => {
    const { clock, lags } = watch({ ms: 15, look: (beat) => beat.look() })
    clock.jump(15)
    expect(lags).toEqual([])
    clock.jump(10)
    expect(lags).toEqual([5])
  })

  test('misses no time, whenever somebody looks: each is at most a beat less than what has passed', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.boolean()))
    fc.assert(
      fc.property(steps, (jumps) => {
        const { clock, beat, lags } = watch()
        for (const [ms, looked] of jumps) {
          clock.jump(ms)
          if (looked) beat.look()
        }
        const passed = jumps.reduce((sum, [ms]) => sum + ms, 0)
        const told = lags.reduce((sum, lag) => sum + lag, 0)
        expect(told).toBeLessThanOrEqual(passed)
        // The last beat may not be due yet.
        expect(told).toBeGreaterThanOrEqual(passed - 20 * (lags.length + 1))
      }),
    )
  })

  test('comes no more after the end', () => {
    const { clock, beat, lags } = watch()
    beat.close()
    clock.jump(100)
    expect(lags).toEqual([])
  })
})
