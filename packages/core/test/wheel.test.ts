import { describe, expect, test, vi } from 'vitest'
import { ManualClock } from '../src/clock.ts'
import { type Timer, Wheel } from '../src/wheel.ts'
import { LateClock } from './late-clock.ts'

const day = 86_400_000
const nothing = (): void => {}

describe('a timer', () => {
  test('runs with its owner and itself, once', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock)
    const run = vi.fn<(owner: string, timer: Timer) => void>()
    const timer = wheel.add(12, run, 'me')
    expect([timer.waiting, wheel.size]).toEqual([true, 1])
    clock.advance(1_000)
    expect(run.mock.calls).toEqual([['me', timer]])
    expect([timer.waiting, wheel.size]).toEqual([false, 0])
  })

  test('counts from the time it is given, for whoever has just read the clock', () => {
    const clock = new ManualClock({ nowMs: 100 })
    const wheel = new Wheel(clock)
    const seen: number[] = []
    const timer = wheel.add(50, () => seen.push(clock.now()), undefined, 80)
    clock.advance(30)
    wheel.reset(timer, 50, 110)
    clock.advance(100)
    expect(seen).toEqual([130, 160])
  })

  test('can be moved out and in, cancelled, and used again', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock)
    const seen: number[] = []
    const timer = wheel.add(100, () => seen.push(clock.now()), undefined)
    clock.advance(50)
    wheel.reset(timer, 100)
    clock.advance(99)
    wheel.reset(timer, 10_000)
    wheel.reset(timer, 20)
    wheel.cancel(timer)
    wheel.cancel(timer)
    clock.advance(1_000)
    expect(seen).toEqual([])
    wheel.reset(timer, 10)
    clock.advance(1_000)
    expect(seen).toEqual([1_160])
    expect(wheel.size).toBe(0)
  })

  test('of no time, or less, runs in the next tick and never within the call', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock, 5)
    const seen: number[] = []
    for (const ms of [0, -5, NaN]) wheel.add(ms, () => seen.push(clock.now()), undefined)
    expect(seen).toEqual([])
    clock.advance(5)
    expect(seen).toEqual([5, 5, 5])
  })

  test('that starts itself again at once gives the others and the loop their turn', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock, 5)
    let beats = 0
    wheel.add(0, (_, timer) => (beats++, wheel.reset(timer, 0)), undefined)
    clock.advance(100)
    expect(beats).toBe(20)
  })

  test('longer than the wheel is round waits until its time, also for ever', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock, 5)
    const seen: string[] = []
    wheel.add(24 * day, () => seen.push('24 days'), undefined)
    wheel.add(400 * day, () => seen.push('400 days'), undefined)
    wheel.add(Infinity, () => seen.push('never'), undefined)
    clock.advance(24 * day)
    expect(seen).toEqual(['24 days'])
    clock.advance(376 * day - 1)
    expect(seen).toEqual(['24 days'])
    clock.advance(1)
    expect(seen).toEqual(['24 days', '400 days'])
    clock.advance(2_000 * day)
    expect(seen).toEqual(['24 days', '400 days'])
    expect(wheel.size).toBe(1)
  })
})

describe('the wheel', () => {
  test('asks the host for one wake-up, at the next slot, and for none without timers', () => {
    const clock = new ManualClock()
    const after = vi.spyOn(clock, 'after')
    const wheel = new Wheel(clock, 5)
    expect(clock.pending).toBe(0)
    const timers = Array.from({ length: 100 }, (_, i) => wheel.add(1_000 + i, nothing, undefined))
    expect(clock.pending).toBe(1)
    for (const timer of timers) wheel.cancel(timer)
    expect(clock.pending).toBe(0)

    after.mockClear()
    wheel.add(60_000, nothing, undefined)
    clock.advance(60_000)
    // One wake-up for each level it comes down through.
    expect(after.mock.calls.length).toBeLessThanOrEqual(4)
    expect(clock.pending).toBe(0)
  })

  test('after a long rest a timer gets a level that fits: one wake-up', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock, 5)
    wheel.add(day, nothing, undefined)
    clock.advance(3_600_000)
    const after = vi.spyOn(clock, 'after')
    wheel.add(50, nothing, undefined)
    clock.advance(100)
    // One for the timer, one for the day.
    expect(after).toHaveBeenCalledTimes(2)
  })

  test('asks nothing of the host while a turn goes on', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock, 5)
    const after = vi.spyOn(clock, 'after')
    const last = wheel.add(11, nothing, undefined)
    let asked = 0
    const restless = (): void => {
      after.mockClear()
      wheel.cancel(last)
      wheel.cancel(wheel.add(30, nothing, undefined))
      wheel.add(20, nothing, undefined)
      asked = after.mock.calls.length
    }
    wheel.add(10, restless, undefined)
    clock.advance(10)
    expect(asked).toBe(0)
    expect(clock.pending).toBe(1)
  })

  test('is not early by a rounding error either', () => {
    let tried = 0
    for (let tick = 1; tick < 2_000; tick++) {
      const resolutionMs = 0.7
      const due = tick * resolutionMs
      const justBefore = due - 2 ** (Math.floor(Math.log2(due)) - 52)
      if (Math.floor(justBefore / resolutionMs) < tick) continue
      tried++
      const clock = new LateClock()
      const wheel = new Wheel(clock, resolutionMs)
      const run = vi.fn<() => void>()
      let wake = nothing
      vi.spyOn(clock, 'after').mockImplementation((_, callback) => ((wake = callback), nothing))
      wheel.add(due, run, undefined)
      clock.jump(justBefore)
      wake()
      expect(run).not.toHaveBeenCalled()
    }
    expect(tried).toBeGreaterThan(0)
  })

  test('moving a timer to a later time asks nothing of the host', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock, 5)
    const timer = wheel.add(25_000, nothing, undefined)
    const after = vi.spyOn(clock, 'after')
    for (let i = 0; i < 1_000; i++) wheel.reset(timer, 25_000 + i)
    expect(after).not.toHaveBeenCalled()
    expect([wheel.size, clock.pending]).toEqual([1, 1])
  })

  test('a wake-up that comes too early runs nothing, and another is asked for', () => {
    const clock = new LateClock()
    const wheel = new Wheel(clock, 5)
    const run = vi.fn<() => void>()
    let wake = nothing
    vi.spyOn(clock, 'after').mockImplementation((_, callback) => ((wake = callback), nothing))
    wheel.add(10, run, undefined)
    clock.jump(9.9)
    wake()
    expect(run).not.toHaveBeenCalled()
    clock.jump(0.1)
    wake()
    expect(run).toHaveBeenCalledOnce()
  })

  test('a callback that throws takes no other with it, and is reported with its timer', () => {
    const clock = new ManualClock()
    const reported: unknown[][] = []
    const wheel = new Wheel(clock, 5, (error, timer) => reported.push([error, timer]))
    const seen: string[] = []
    const boom = new Error('boom')
    const bad = wheel.add(
      10,
      () => {
        throw boom
      },
      undefined,
    )
    wheel.add(10, () => seen.push('same slot'), undefined)
    wheel.add(20, () => seen.push('later slot'), undefined)
    clock.advance(20)
    expect(reported).toEqual([[boom, bad]])
    expect(seen).toEqual(['same slot', 'later slot'])
  })

  test('without a listener the error goes to the host, and the other timers still run', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock, 5)
    const run = vi.fn<() => void>()
    const fail = (): void => {
      throw new Error('boom')
    }
    wheel.add(10, fail, undefined)
    wheel.add(10, run, undefined)
    expect(() => clock.advance(20)).toThrow('boom')
    expect(run).toHaveBeenCalledOnce()
  })

  test('a listener that throws stops nothing either', () => {
    const clock = new ManualClock()
    const fail = (): void => {
      throw new Error('boom')
    }
    const wheel = new Wheel(clock, 5, fail)
    const run = vi.fn<() => void>()
    wheel.add(10, fail, undefined)
    wheel.add(10, run, undefined)
    wheel.add(90, run, undefined)
    expect(() => clock.advance(20)).toThrow('boom')
    clock.advance(200)
    expect(run).toHaveBeenCalledTimes(2)
  })

  test('a listener that throws for the last timer leaves a wheel like new', () => {
    const clock = new ManualClock()
    const fail = (): void => {
      throw new Error('boom')
    }
    const wheel = new Wheel(clock, 5, fail)
    wheel.add(10, fail, undefined)
    expect(() => clock.advance(10)).toThrow('boom')
    clock.advance(150)
    const seen: number[] = []
    // The first shares a slot of level 0 with the one that failed, 32 ticks later.
    wheel.add(10, () => seen.push(clock.now()), undefined)
    wheel.add(5, () => seen.push(clock.now()), undefined)
    clock.advance(100)
    expect(seen).toEqual([165, 170])
  })

  test('100,000 timers due at once are run in slices, in order, between turns of the loop', () => {
    const clock = new LateClock()
    const wheel = new Wheel(clock, 5, undefined, 5)
    const total = 100_000
    const seen: number[] = []
    for (let i = 0; i < total; i++) wheel.add(10 + (i % 40), (n) => seen.push(n), i % 40)
    // 0.0625 ms a look, a look every 8 timers: 640 timers in 5 ms.
    clock.lookMs = 0.0625
    clock.jump(60)
    let last = 0
    let longest = 0
    do {
      longest = Math.max(longest, seen.length - last)
      last = seen.length
    } while (clock.turn())
    expect(seen).toHaveLength(total)
    expect(longest).toBeLessThanOrEqual(700)
    const ticks = seen.map((n) => Math.ceil((10 + n) / 5))
    expect(ticks).toEqual(ticks.toSorted((a, b) => a - b))
    expect([wheel.size, clock.pending]).toEqual([0, 0])
  })

  test('spreading a full slot over the levels below is sliced too, and overtakes nothing', () => {
    const clock = new LateClock()
    const wheel = new Wheel(clock, 5, undefined, 5)
    const seen: number[] = []
    // All in one slot of level 1, from 160 ms on; what runs first is what came last.
    for (let i = 0; i < 5_000; i++) wheel.add(315 - (i % 30) * 5, (n) => seen.push(n), i % 30)
    clock.lookMs = 0.0625
    clock.jump(400)
    let turns = 0
    while (clock.turn()) turns++
    expect(turns).toBeGreaterThan(10)
    expect(seen).toHaveLength(5_000)
    expect(seen).toEqual(seen.toSorted((a, b) => b - a))
  })

  test('while a slice waits for its turn, timers can be cancelled, moved and added', () => {
    const clock = new LateClock()
    const wheel = new Wheel(clock, 5, undefined, 5)
    const seen: string[] = []
    const timers = Array.from({ length: 16 }, (_, i) =>
      wheel.add(10, (n) => seen.push(`first ${n}`), i),
    )
    clock.lookMs = 5
    clock.jump(20)
    clock.lookMs = 0
    expect(seen).toHaveLength(7)
    wheel.cancel(timers[8]!)
    wheel.reset(timers[9]!, 1_000)
    wheel.add(0, () => seen.push('added'), undefined)
    while (clock.turn());
    clock.jump(5)
    expect(seen.slice(7)).toEqual([
      'first 7',
      ...[10, 11, 12, 13, 14, 15].map((n) => `first ${n}`),
      'added',
    ])
    clock.jump(1_000)
    expect(seen.at(-1)).toBe('first 9')
  })

  test('closed, it runs nothing, holds nothing and takes nothing', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock)
    const run = vi.fn<() => void>()
    const timers = [wheel.add(10, run, undefined), wheel.add(day, run, undefined)]
    wheel.close()
    expect([wheel.size, clock.pending, timers.some((timer) => timer.waiting)]).toEqual([
      0,
      0,
      false,
    ])
    clock.advance(2 * day)
    wheel.cancel(timers[0]!)
    expect(run).not.toHaveBeenCalled()
    expect(() => wheel.add(1, run, undefined)).toThrow('[closed]')
    expect(() => wheel.reset(timers[0]!, 1)).toThrow('[closed]')
  })

  test('closed by a timer, it runs no other of the same slot', () => {
    const clock = new ManualClock()
    const wheel = new Wheel(clock)
    const run = vi.fn<() => void>()
    wheel.add(10, () => wheel.close(), undefined)
    wheel.add(10, run, undefined)
    clock.advance(20)
    expect(run).not.toHaveBeenCalled()
    expect(clock.pending).toBe(0)
  })

  test('refuses a resolution or a budget that is none', () => {
    for (const wrong of [0, -1, NaN]) {
      expect(() => new Wheel(new ManualClock(), wrong)).toThrow('[option_invalid]')
      expect(() => new Wheel(new ManualClock(), 5, undefined, wrong)).toThrow('[option_invalid]')
    }
  })
})
