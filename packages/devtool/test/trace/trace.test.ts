import type { CloseUpEntry, CloseUpHook } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barsOf, ticksOf, type Trace, TraceStore } from '../../src/data/trace/trace.ts'
import {
  laneHeight,
  nearestBar,
  placesOf,
  scaleOf,
  shapesOf,
  topOf,
} from '../../src/data/trace/shapes.ts'

const hook = (number: number, more: Partial<CloseUpHook> = {}): CloseUpHook => ({
  number,
  change: number,
  atMs: number,
  what: 'receive',
  type: 'add',
  ranMs: 1,
  waits: [],
  outcome: 'ok',
  ...more,
})

const trace = (entries: CloseUpEntry[], more: Partial<Trace> = {}): Trace => ({
  node: 'alpha',
  actor: '7',
  behavior: 'clerk',
  beganAt: '2026-11-26T12:00:00.000Z',
  ms: 1_000,
  leftMs: 59_000,
  dropped: 0,
  changes: entries.length,
  entries,
  ...more,
})

describe('a trace that is read a piece at a time', () => {
  test('has what changed in its newest form, in the order in which it began', () => {
    const store = new TraceStore()
    store.take(trace([hook(1), hook(2, { outcome: 'open' })]))
    expect(store.since).toBe(2)
    const { entries } = store.take(trace([hook(3), hook(2)], { changes: 4 }))
    expect(entries.map((entry) => [entry.number, (entry as CloseUpHook).outcome])).toEqual([
      [1, 'ok'],
      [2, 'ok'],
      [3, 'ok'],
    ])
  })

  test('drops what the node has dropped', () => {
    const store = new TraceStore()
    store.take(trace([hook(1), hook(2), hook(3)]))
    const { entries } = store.take(trace([hook(4)], { dropped: 2 }))
    expect(entries.map(({ number }) => number)).toEqual([3, 4])
  })

  test('begins anew with another trace of the same actor, and asks for all of that', () => {
    const store = new TraceStore()
    store.take(trace([hook(1), hook(2)]))
    const beganAt = '2026-11-26T13:00:00.000Z'
    expect(store.take(trace([hook(9)], { beganAt, changes: 9 })).entries).toHaveLength(1)
    expect(store.since).toBe(0)
    store.take(trace([hook(8), hook(9)], { beganAt, changes: 9 }))
    expect(store.since).toBe(9)
  })
})

describe('bars on the line of time', () => {
  test('wait in the mailbox, run and are awaited, one after the other', () => {
    const entry = hook(1, { atMs: 100, queuedMs: 30, ranMs: 5, awaitedMs: 50 })
    expect(barsOf([entry], { from: 0, to: 1_000 }, 1_000, 4)).toEqual([
      { entry, lane: 0, toldAt: 70, ranAt: 100, awaitedAt: 105, endedAt: 155 },
    ])
  })

  test('last until now while they are open', () => {
    const open = hook(1, { outcome: 'open' })
    const [bar] = barsOf([open], { from: 0, to: 1_000 }, 900, 4)
    expect(bar!.endedAt).toBe(900)
  })

  test('stand in a lane of their own as long as there are lanes, and nothing in the span is left out', () => {
    const many = fc.array(
      fc.record({ at: fc.nat(1_000), queued: fc.nat(200), ran: fc.nat(50), awaited: fc.nat(200) }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 8 }), (given, lanes) => {
        const entries = given.map(({ at, queued, ran, awaited }, number) =>
          hook(number + 1, { atMs: at, queuedMs: queued, ranMs: ran, awaitedMs: awaited }),
        )
        const span = { from: 300, to: 700 }
        const bars = barsOf(entries, span, 2_000, lanes)
        const inSpan = given.filter(
          ({ at, queued, ran, awaited }) => at - queued <= 700 && at + ran + awaited >= 300,
        )
        expect(bars).toHaveLength(inSpan.length)
        for (const bar of bars) {
          expect(bar.lane).toBeGreaterThanOrEqual(0)
          expect(bar.lane).toBeLessThan(lanes)
          const over = bars.filter(
            (other) => other.toldAt < bar.endedAt + 1 && other.endedAt + 1 > bar.toldAt,
          )
          const before = over.filter(
            (other) =>
              other.lane === bar.lane &&
              (other.toldAt - bar.toldAt || other.entry.number - bar.entry.number) < 0,
          )
          // In the place of another only where more are there than lanes.
          expect(before.length === 0 || over.length > lanes).toBe(true)
        }
      }),
    )
  })
})

test('ticks are few, even, and within the span', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -5_000, max: 600_000 }),
      fc.integer({ min: 100, max: 600_000 }),
      (from, length) => {
        const span = { from, to: from + length }
        const ticks = ticksOf(span, 8)
        expect(ticks.length).toBeLessThanOrEqual(9)
        for (const tick of ticks) expect(tick >= span.from && tick <= span.to).toBe(true)
        const steps = new Set(ticks.slice(1).map((tick, at) => tick - ticks[at]!))
        expect(steps.size).toBeLessThanOrEqual(1)
      },
    ),
  )
})

describe('bars as they are drawn', () => {
  const span = { from: 0, to: 1_000 }
  const x = scaleOf(span, 1_008)

  test('are as wide as they took, and never too thin to be seen', () => {
    const [long, short] = barsOf(
      [
        hook(1, { atMs: 100, queuedMs: 30, ranMs: 50, awaitedMs: 20 }),
        hook(2, { atMs: 500, ranMs: 0 }),
      ],
      span,
      1_000,
      4,
    )
    expect(placesOf(long!, x)).toEqual({ told: 74, ran: 104, awaited: 154, ended: 174 })
    expect(placesOf(short!, x)).toEqual({ told: 504, ran: 504, awaited: 506, ended: 506 })
  })

  test('are one path for each kind of stretch, and what failed stands out', () => {
    const entries = [
      hook(1, { atMs: 100, queuedMs: 30, ranMs: 50, awaitedMs: 20 }),
      hook(2, { atMs: 500, ranMs: 10, outcome: 'failed' }),
      { number: 3, change: 3, atMs: 600, what: 'dead' as const, text: 'over' },
    ]
    expect(shapesOf(barsOf(entries, span, 1_000, 4), x, 40)).toEqual({
      queued: 'M74 4h30v18h-30z',
      ran: 'M104 4h50v18h-50z',
      failed: 'M504 4h10v18h-10z',
      awaited: 'M154 4h20v18h-20z',
      turn: 'M604 0V40',
    })
  })

  test('are found where they are', () => {
    const times = fc.array(fc.record({ at: fc.nat(900), ran: fc.nat(80) }), {
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(times, fc.nat(19), (given, chosen) => {
        const entries = given.map(({ at, ran }, number) =>
          hook(number + 1, { atMs: at, ranMs: ran }),
        )
        const bars = barsOf(entries, span, 2_000, 20)
        const bar = bars[chosen % bars.length]!
        const { told, ended } = placesOf(bar, x)
        const place = { x: (told + ended) / 2, y: topOf(bar) + laneHeight / 2 }
        expect(nearestBar(bars, x, place)).toBe(bar)
      }),
    )
  })

  test('are not found where there are none', () => {
    expect(nearestBar([], x, { x: 1, y: 1 })).toBeUndefined()
  })
})
