import type { HistoryResult, Publication } from '@sluice/cluster'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Live } from '../../src/rooms/live.ts'
import { lastOffset, recover } from '../../src/rooms/recovery.ts'

const pub = (offset: number): Publication => ({ data: `${offset}`, offset })
const range = (from: number, to: number): Publication[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => pub(from + i))

/** What a stream that holds `from…to` answers to `since`. */
function past(since: number, from: number, to: number, epoch = 'e'): HistoryResult {
  const complete = since <= to && since + 1 >= from
  return { offset: to, epoch, complete, publications: complete ? range(since + 1, to) : [] }
}

describe('recovery', () => {
  test('gets all that was missed, in order and once, or nothing and the current position', () => {
    const scenario = fc.record({
      // Of a stream of 0…40: where the subscriber stood, what was trimmed, when it was read, when live began.
      since: fc.nat({ max: 40 }),
      trimmed: fc.nat({ max: 40 }),
      read: fc.nat({ max: 40 }),
      liveFrom: fc.nat({ max: 41 }),
      liveTo: fc.nat({ max: 40 }),
      lost: fc.array(fc.nat({ max: 40 }), { maxLength: 2 }),
      doubled: fc.array(fc.nat({ max: 40 }), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(scenario, ({ since, trimmed, read, liveFrom, liveTo, lost, doubled }) => {
        const history = past(since, Math.min(trimmed, read) + 1, read)
        const live = range(liveFrom, liveTo)
          .filter(({ offset }) => !lost.includes(offset!))
          .flatMap((each) => (doubled.includes(each.offset!) ? [each, each] : [each]))
        const result = recover(since, history, live)

        // The model: everything known, by offset.
        const known = new Set([...history.publications, ...live].map(({ offset }) => offset!))
        const end = Math.max(read, since, ...[...known].filter((offset) => offset > since))
        let whole = history.complete
        for (let at = since + 1; at <= end; at++) whole &&= known.has(at)
        expect(result.recovered).toBe(whole)
        expect(result.publications.map(({ offset }) => offset)).toEqual(
          whole ? range(since + 1, end).map(({ offset }) => offset) : [],
        )
        expect(result.offset).toBe(whole ? end : lastOffset(read, live))
      }),
      { numRuns: 2_000 },
    )
  })

  test('is complete for who missed nothing', () => {
    expect(recover(7, past(7, 8, 7), [])).toEqual({
      recovered: true,
      publications: [],
      offset: 7,
    })
  })

  test('leaves out what the stream did not take: that has no place in the past', () => {
    const loose: Publication = { data: 'x' }
    expect(recover(1, past(1, 1, 2), [loose, pub(3), loose]).publications).toEqual([pub(2), pub(3)])
  })

  test('is refused when the answer ends before the position it names', () => {
    const short = { ...past(1, 1, 5), publications: range(2, 4) }
    expect(recover(1, short, [])).toEqual({ recovered: false, publications: [], offset: 5 })
  })
})

describe('what comes live while the past is read', () => {
  test('is heard by every reader from its own beginning on, and kept for nobody else', () => {
    const step = fc.record({
      do: fc.constantFrom('add', 'begin', 'end'),
      who: fc.nat({ max: 5 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const live = new Live()
        const heard: Publication[][] = []
        const expected: Publication[][] = []
        const readers: { moment: ReturnType<Live['begin']>; expected: Publication[] }[] = []
        for (const [i, each] of steps.entries()) {
          if (each.do === 'begin') readers.push({ moment: live.begin(), expected: [] })
          else if (each.do === 'add') {
            live.add(pub(i))
            for (const reader of readers) reader.expected.push(pub(i))
          } else {
            const ended = readers.splice(each.who % Math.max(1, readers.length), 1)
            heard.push(...ended.map(({ moment }) => live.end(moment)))
            expected.push(...ended.map((reader) => reader.expected))
          }
        }
        for (const reader of readers) {
          heard.push(live.end(reader.moment))
          expected.push(reader.expected)
        }
        expect(heard).toEqual(expected)
        live.add(pub(99))
        expect(live.end(live.begin())).toEqual([])
      }),
    )
  })
})
