import type { CloseUpEntry, CloseUpHook } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TraceLines } from '../../src/cli/trace-lines.ts'
import type { Trace } from '../../src/inspect/trace.ts'

const hook = (number: number, more: Partial<CloseUpHook> = {}): CloseUpHook => ({
  number,
  change: number,
  atMs: number * 1_000,
  what: 'receive',
  type: 'pay',
  from: 'room 1f',
  queuedMs: 0.3,
  ranMs: 0.12,
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
  changes: 10,
  entries,
  ...more,
})

const terminal = { width: 80, colors: false }

describe('the lines of a trace', () => {
  test('tell of a message who sent it, how long it waited and ran, and how that ended', () => {
    const wait = { class: 'ask', target: 'desk', actor: '9', atMs: 1_000, ms: 12 }
    expect(
      new TraceLines().take(
        trace([
          hook(1),
          hook(2, { type: 'file', awaitedMs: 12, waits: [wait], outcome: 'failed' }),
          { number: 3, change: 3, atMs: 3_000, what: 'ending', text: 'clerk 7: failed' },
        ]),
      ),
    ).toEqual([
      '    1.000 s  pay from room 1f: 0.30 ms in the mailbox, ran 0.12 ms, ok',
      '    2.000 s  file from room 1f: 0.30 ms in the mailbox, ran 0.12 ms, awaited 12.0 ms (ask desk 9), failed',
      '    3.000 s  ending: clerk 7: failed',
    ])
  })

  test('tell what takes its time once while it lasts, and once when it is over', () => {
    const lines = new TraceLines()
    const open = hook(1, { outcome: 'open' })
    expect(lines.take(trace([open]))).toEqual([])
    expect(lines.take(trace([open]))).toEqual([expect.stringMatching(/awaits, not over$/)])
    expect(lines.take(trace([open]))).toEqual([])
    expect(lines.take(trace([{ ...open, awaitedMs: 5, outcome: 'ok' }]))).toEqual([
      expect.stringMatching(/awaited 5\.0 ms, ok$/),
    ])
  })

  test('come to a table by type, and say why they ended and what is missing', () => {
    const lines = new TraceLines()
    lines.take(trace([hook(1), hook(2, { type: 'file', ranMs: 3, outcome: 'failed' })]))
    lines.take(trace([], { over: 'dead', leftMs: 0, dropped: 40 }))
    expect(lines.end(terminal)).toEqual([
      '',
      'TYPE  COUNT  FAILED  RAN      P50      P99      MOST     AWAITED',
      'file      1       1  3.0 ms   3.0 ms   3.0 ms   3.0 ms   0.00 ms',
      'pay       1       0  0.12 ms  0.12 ms  0.12 ms  0.12 ms  0.00 ms',
      '',
      'clerk 7: the actor is dead',
      '40 entries were dropped on the node, the oldest',
    ])
  })

  test('say that the trace goes on when nobody looks any more', () => {
    const lines = new TraceLines()
    lines.take(trace([]))
    expect(lines.end(terminal)).toEqual([
      '',
      'no message',
      '',
      'clerk 7: the trace goes on for 59 s; sluice trace 7 --seconds 0 ends it',
    ])
  })

  test('let no name steer the terminal', () => {
    const [line] = new TraceLines().take(trace([hook(1, { type: '\u001B]0;evil\u0007' })]))
    expect(line).not.toContain('\u001B')
  })

  test('tell of everything that is over once, and of what lasts once more', () => {
    const lives = fc.array(fc.record({ begins: fc.nat(9), lasts: fc.nat(4) }), { maxLength: 20 })
    fc.assert(
      fc.property(lives, (unsorted) => {
        const given = unsorted.toSorted((a, b) => a.begins - b.begins)
        const lines = new TraceLines()
        const told: string[] = []
        for (let at = 0; at <= 10; at++) {
          const news = given.flatMap(({ begins, lasts }, number) => {
            const open = at < begins + lasts
            // As a node answers: what has changed since, and what is open.
            if (begins > at || (!open && begins + lasts < at)) return []
            return [hook(number, { type: `m${number}`, outcome: open ? 'open' : 'ok' })]
          })
          told.push(...lines.take(trace(news)))
        }
        told.push(...lines.end(terminal))
        const over = given.flatMap(({ begins, lasts }, at) => (begins + lasts <= 10 ? [at] : []))
        const seen = given.flatMap(({ begins, lasts }, at) =>
          Math.min(10, begins + lasts - 1) > begins ? [at] : [],
        )
        const toldWith = (end: RegExp): number[] =>
          told
            .filter((line) => end.test(line))
            .map((line) => Number(/m(\d+)/.exec(line)![1]))
            .toSorted((a, b) => a - b)
        expect(toldWith(/, ok$/)).toEqual(over)
        expect(toldWith(/, not over$/)).toEqual(seen)
      }),
    )
  })
})
