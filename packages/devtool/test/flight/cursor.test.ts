import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FlightCursor } from '../../src/data/flight/cursor.ts'
import { type Final, type Standing, statesAt } from '../../src/data/flight/states.ts'
import { final, histories, longest, row } from './histories.ts'

const longestFirst = (a: Standing, b: Standing): number =>
  (b.since ?? Infinity) - (a.since ?? Infinity) || 0

/** The same, of all states at one moment. */
function counted(states: readonly Standing[]): unknown {
  const waiting = states.filter(({ state }) => state === 'waiting')
  const groups = Map.groupBy(waiting, ({ behavior, wait }) => `${behavior} ${wait}`)
  return {
    running: new Set(states.filter(({ state }) => state === 'running')),
    waiting: waiting.length,
    groups: new Map(
      [...groups].map(([key, all]) => [
        key,
        { count: all.length, since: all.toSorted(longestFirst)[0]!.since },
      ]),
    ),
  }
}

function told(cursor: FlightCursor): unknown {
  return {
    running: new Set(cursor.running),
    waiting: cursor.waiting,
    groups: new Map(
      cursor
        .largest(cursor.waits)
        .map(({ count, oldest: { behavior, wait, since } }) => [
          `${behavior} ${wait}`,
          { count, since },
        ]),
    ),
  }
}

describe('a moment that moves', () => {
  test('tells, wherever it has been before, what is told of that moment alone', () => {
    const moves = fc.array(fc.integer({ min: 0, max: longest + 300 }), { maxLength: 12 })
    fc.assert(
      fc.property(histories, moves, fc.boolean(), ({ rows, finals }, to, known) => {
        const alike = <One extends { behavior: string }>(all: readonly One[]): One[] =>
          all.map((one) => ({ ...one, behavior: `b${one.behavior.charCodeAt(1) % 2}` }))
        const moved = alike(rows)
        // In the live view nobody tells who did nothing; in a dump some have waited since they were born.
        const ends = alike(known ? finals : []).map((one) =>
          rows.some(({ actor }) => actor === one.id)
            ? one
            : final(one.id, 'waiting', one.ms, one.ageMs),
        )
        const cursor = new FlightCursor(moved, ends)
        for (const agoMs of to) {
          cursor.moveTo(agoMs)
          expect(told(cursor)).toEqual(counted([...statesAt(moved, ends, agoMs).values()]))
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('has the longest first, and the largest groups', () => {
    const waiting = (id: string, behavior: string, ms: number): Final => ({
      ...final(id, 'waiting', ms),
      behavior,
    })
    const finals = [waiting('3', 'job', 50), waiting('4', 'bid', 20), waiting('5', 'bid', 70)]
    const rows = [row(60, '1', 'idle', 'running'), row(40, '2', 'idle', 'running')]
    const cursor = new FlightCursor(rows, finals)
    expect(cursor.running.map(({ actor }) => actor)).toEqual(['1', '2'])
    expect(cursor.largest(1)).toEqual([
      { count: 2, oldest: expect.objectContaining({ actor: '5', since: 70 }) },
    ])
    expect([cursor.waiting, cursor.waits]).toEqual([3, 2])
    // By then those of a shorter wait did the same, or nobody tells what.
    cursor.moveTo(50)
    expect(cursor.running.map(({ actor }) => actor)).toEqual(['1'])
    expect(cursor.largest(2)[0]).toEqual({
      count: 2,
      oldest: expect.objectContaining({ actor: '4', since: undefined }),
    })
  })
})
