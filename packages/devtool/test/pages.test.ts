import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Pages, pagesIn, pageSize, rowAt, unread, withPage } from '../src/data/pages.ts'

test('pages in sight are those of which a line is', () => {
  expect(pagesIn(1_000, 0, 40)).toEqual([0])
  expect(pagesIn(1_000, 99, 101)).toEqual([0, 1])
  expect(pagesIn(1_000, 950, 2_000)).toEqual([9])
  expect(pagesIn(0, 0, 40)).toEqual([])
})

test('whatever pages come, rows are where they belong, and only some pages stay', () => {
  const steps = fc.array(fc.tuple(fc.nat(299), fc.integer({ min: 1, max: 30_000 })), {
    maxLength: 200,
  })
  fc.assert(
    fc.property(steps, (given) => {
      let pages: Pages<number> = unread(0)
      for (const [number, count] of given) {
        const from = number * pageSize
        const length = Math.max(0, Math.min(pageSize, count - from))
        const rows = Array.from({ length }, (_, i) => from + i)
        pages = withPage(pages, number, { rows }, count, (row) => row === 7)
        expect(pages.known.size).toBeLessThanOrEqual(41)
        expect(rowAt(pages, from)).toBe(rows[0])
        for (const at of [0, 7, 99, 100, 15_000])
          expect([undefined, at]).toContain(rowAt(pages, at))
        for (const one of pages.known.keys()) expect(one * pageSize).toBeLessThan(count)
      }
    }),
  )
})

test('a page with a row that is needed stays', () => {
  let pages: Pages<number> = unread(100_000)
  for (let number = 0; number < 100; number++) {
    pages = withPage(pages, number, { rows: [number] }, 100_000, (row) => row === 0)
  }
  expect([rowAt(pages, 0), rowAt(pages, 100), rowAt(pages, 9_900)]).toEqual([0, undefined, 99])
})
