import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ManualClock, systemClock } from '../src/clock.ts'
import { SluiceError } from '../src/errors.ts'

describe('the manual clock', () => {
  test('stands still until it is told to move', () => {
    const clock = new ManualClock({ nowMs: 50, wallMs: 1_000 })
    expect([clock.now(), clock.wall()]).toEqual([50, 1_000])
    clock.advance(2.5)
    expect([clock.now(), clock.wall()]).toEqual([52.5, 1_002.5])
  })

  test('runs what falls due on the way, at its own time, and nothing after', () => {
    const clock = new ManualClock()
    const seen: [string, number][] = []
    const note = (name: string) => () => void seen.push([name, clock.now()])
    clock.after(30, note('c'))
    clock.after(10, note('a'))
    clock.after(20, note('b'))
    clock.after(31, note('later'))
    clock.advance(30)
    expect(seen).toEqual([
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ])
    expect(clock.pending).toBe(1)
  })

  test('runs soon callbacks before the timers of an instant, also those that a timer makes', () => {
    const clock = new ManualClock()
    const seen: string[] = []
    clock.after(0, () => {
      seen.push('timer 1')
      clock.soon(() => {
        seen.push('soon 2')
        clock.soon(() => seen.push('soon 3'))
      })
    })
    clock.after(0, () => seen.push('timer 2'))
    clock.soon(() => seen.push('soon 1'))
    clock.flush()
    expect(seen).toEqual(['soon 1', 'timer 1', 'soon 2', 'soon 3', 'timer 2'])
  })

  test('a cancelled timer does not run, and a late cancel changes nothing', () => {
    const clock = new ManualClock()
    const run = vi.fn<() => void>()
    const cancel = clock.after(5, run)
    const cancelLate = clock.after(1, () => {})
    cancel()
    cancel()
    expect(clock.pending).toBe(1)
    clock.advance(10)
    cancelLate()
    expect(run).not.toHaveBeenCalled()
    expect(clock.pending).toBe(0)
  })

  test('says so when a loop never ends', () => {
    const clock = new ManualClock({ limit: 100 })
    const again = (): void => clock.soon(again)
    clock.soon(again)
    expect(() => clock.flush()).toThrow(/100 callbacks ran at 0 ms.*endless loop/)
  })

  test('a periodic timer is no endless loop, however often it runs', () => {
    const clock = new ManualClock({ limit: 10 })
    let beats = 0
    const beat = (): void => {
      beats++
      clock.after(1, beat)
    }
    clock.after(1, beat)
    clock.advance(1_000)
    expect(beats).toBe(1_000)
  })

  test('hands on what a callback throws, and goes on from there', () => {
    const clock = new ManualClock()
    const run = vi.fn<() => void>()
    clock.after(1, () => {
      throw new Error('boom')
    })
    clock.after(2, run)
    expect(() => clock.advance(5)).toThrow('boom')
    expect(clock.now()).toBe(1)
    clock.advance(5)
    expect(run).toHaveBeenCalledOnce()
  })

  test('is not advanced from within, and not backwards', () => {
    const clock = new ManualClock()
    clock.soon(() => clock.advance(1))
    expect(() => clock.flush()).toThrow('[not_available]')
    expect(() => clock.advance(-1)).toThrow('[option_invalid]')
    expect(() => clock.advance(NaN)).toThrow(SluiceError)
  })

  test('advanceAsync lets promises settle between callbacks', async () => {
    const clock = new ManualClock()
    const seen: string[] = []
    const sleep = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))
    const worker = async (name: string): Promise<void> => {
      for (let i = 1; i <= 3; i++) {
        await sleep(10)
        seen.push(`${name}${i} at ${clock.now()}`)
      }
    }
    void worker('a')
    await clock.advanceAsync(100)
    expect(seen).toEqual(['a1 at 10', 'a2 at 20', 'a3 at 30'])
    expect(clock.now()).toBe(100)
  })

  test('any set of timers runs in the order of a stable sort', () => {
    const plan = fc.array(fc.record({ at: fc.integer({ min: 0, max: 30 }), cancel: fc.boolean() }))
    fc.assert(
      fc.property(plan, fc.array(fc.integer({ min: 0, max: 9 })), (timers, steps) => {
        const clock = new ManualClock()
        const seen: number[] = []
        const cancels = timers.map(({ at }, i) => clock.after(at, () => seen.push(i)))
        timers.forEach(({ cancel }, i) => cancel && cancels[i]?.())
        for (const step of steps) clock.advance(step)
        const end = clock.now()
        const expected = timers
          .map(({ at, cancel }, i) => ({ at, cancel, i }))
          .filter(({ at, cancel }) => !cancel && at <= end && steps.length > 0)
          .toSorted((a, b) => a.at - b.at)
        expect(seen).toEqual(expected.map(({ i }) => i))
      }),
    )
  })
})

describe('the system clock', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  test('after runs when the time has come, soon before it', async () => {
    const seen: string[] = []
    const start = systemClock.now()
    await new Promise<void>((resolve) => {
      systemClock.after(5, () => {
        seen.push('after')
        resolve()
      })
      systemClock.soon(() => seen.push('soon'))
    })
    expect(seen).toEqual(['soon', 'after'])
    // Node counts whole milliseconds from a moment it has rounded down.
    expect(systemClock.now() - start).toBeGreaterThan(4)
  })

  test('a cancelled timer does not run', async () => {
    const run = vi.fn<() => void>()
    systemClock.after(0, run)()
    await new Promise<void>((resolve) => void systemClock.after(5, resolve))
    expect(run).not.toHaveBeenCalled()
  })

  test('a timer keeps no process alive', () => {
    const program = `
      const { systemClock } = await import(${JSON.stringify(new URL('../src/clock.ts', import.meta.url))})
      systemClock.after(60_000, () => console.log('too late'))
      console.log('done')`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 30_000,
    })
    expect(output).toBe('done\n')
  })

  test('a delay that the host cannot count is cut into spans, and can still be cancelled', () => {
    const spans: number[] = []
    const pending: (() => void)[] = []
    const cleared: unknown[] = []
    vi.stubGlobal('setTimeout', (run: () => void, ms: number) => {
      spans.push(ms)
      return pending.push(run)
    })
    vi.stubGlobal('clearTimeout', (handle: unknown) => cleared.push(handle))
    const run = vi.fn<() => void>()
    const cancel = systemClock.after(2 ** 31 + 4.5, run)
    pending[0]?.()
    expect(run).not.toHaveBeenCalled()
    expect(spans).toEqual([2 ** 31 - 1, 6])
    pending[1]?.()
    expect(run).toHaveBeenCalledOnce()
    cancel()
    expect(cleared).toEqual([2])
  })

  test('without setImmediate soon takes a message channel, one message a callback', async () => {
    vi.stubGlobal('setImmediate', undefined)
    const { systemClock: browser } = await import('../src/clock.ts')
    const seen: number[] = []
    await new Promise<void>((resolve) => {
      browser.soon(() => seen.push(1))
      browser.soon(() => seen.push(2))
      browser.soon(resolve)
      seen.push(0)
    })
    expect(seen).toEqual([0, 1, 2])
  })

  test('without both it takes a timeout', async () => {
    vi.stubGlobal('setImmediate', undefined)
    vi.stubGlobal('MessageChannel', undefined)
    const { systemClock: bare } = await import('../src/clock.ts')
    await expect(new Promise<void>((resolve) => bare.soon(resolve))).resolves.toBeUndefined()
  })
})
