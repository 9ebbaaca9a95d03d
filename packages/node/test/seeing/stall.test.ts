import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Beat } from '../../src/seeing/beat.ts'
import { HeapMeter } from '../../src/seeing/heap.ts'
import { beatMsFor, type StallLook, StallMeter } from '../../src/seeing/stall.ts'

/** Looks at each of these times; the beats there had been by then. */
function looks(meter: StallMeter, seen: readonly (readonly [at: number, beats: number])[]) {
  return seen.map(([at, beats]): StallLook => meter.look(at, beats))
}

/** Every 100 ms from `from` on, the same number of beats. */
const quiet = (from: number, length: number, beats: number) =>
  Array.from({ length }, (_, i) => [from + i * 100, beats] as const)

describe('a loop', () => {
  test('is stalled when no beat came for so long, not before', () => {
    const seen = looks(new StallMeter(500), quiet(0, 8, 1))
    expect(seen.findIndex(({ stalled }) => stalled)).toBe(5)
    expect(seen[5]).toEqual({ quietMs: 500, stalled: true })
  })

  test('is told once it turns again, with how long it stood', () => {
    const meter = new StallMeter(500)
    looks(meter, quiet(0, 11, 1))
    expect(meter.look(1_100, 2)).toEqual({ quietMs: 0, stalled: false, endedMs: 1_000 })
    expect(meter.look(1_200, 2)).toEqual({ quietMs: 100, stalled: false })
    looks(meter, quiet(1_300, 2, 2))
    expect(meter.look(1_500, 3)).toEqual({ quietMs: 0, stalled: false })
  })

  test('is not stalled because the whole process was stopped', () => {
    const meter = new StallMeter(500)
    looks(meter, quiet(0, 3, 1))
    // An hour of sleep: the first look afterwards comes before the first beat.
    expect(meter.look(3_600_000, 1)).toEqual({ quietMs: 325, stalled: false })
    expect(meter.look(3_600_100, 2)).toEqual({ quietMs: 0, stalled: false })
  })

  test('is stalled also where there is too little CPU to look at it often', () => {
    const seen = looks(
      new StallMeter(500),
      [0, 300, 600, 900].map((at) => [at, 1]),
    )
    expect(seen.map(({ stalled }) => stalled)).toEqual([false, false, false, true])
  })

  test('that beats is never stalled, whatever becomes of the looks', () => {
    const steps = fc.array(fc.double({ min: 0, max: 10_000, noNaN: true }), { maxLength: 100 })
    fc.assert(
      fc.property(steps, (waits) => {
        const meter = new StallMeter(500)
        let now = 0
        const seen = waits.map((wait, beats) => meter.look((now += wait), beats))
        expect(seen.every(({ stalled, quietMs }) => !stalled && quietMs === 0)).toBe(true)
      }),
    )
  })

  test('is looked at often enough for its limit, and not more often', () => {
    expect([50, 500, 10_000].map(beatMsFor)).toEqual([10, 100, 100])
  })
})

describe('a heap', () => {
  test('is near its limit once, until it had room', () => {
    const meter = new HeapMeter(0.9)
    const used = [80, 90, 95, 89, 95, 81, 91, 80, 91]
    expect(used.filter((megabytes) => meter.look(megabytes, 100))).toEqual([90, 91])
  })

  test('whose limit nobody has told is not near it', () => {
    expect(new HeapMeter(0.9).look(0, 0)).toBe(false)
  })
})

describe('a beat', () => {
  const figures = { heap_used_bytes: 1, heap_limit_bytes: 2, sockets: 3, clients: 4, rooms: 5 }

  test('is seen by whoever has its memory', () => {
    const own = new Beat()
    const other = new Beat(own.buffer)
    expect([other.beats, other.debugged]).toEqual([0, false])
    own.beat(figures, true)
    own.beat(figures, true)
    expect([other.beats, other.debugged, other.figures]).toEqual([2, true, figures])
    own.beat(figures, false)
    expect(other.debugged).toBe(false)
  })
})
