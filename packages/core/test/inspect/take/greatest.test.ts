import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Greatest } from '../../../src/inspect/take/greatest.ts'

test('the greatest of any numbers are those that sorting them would put first', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }).map((key) => key + 0)),
      fc.integer({ min: 0, max: 20 }),
      (keys, most) => {
        const greatest = new Greatest(most)
        keys.forEach((key, item) => greatest.offer(item, key))
        const found = [...greatest.list()].map((item) => keys[item]!)
        expect(found).toEqual(keys.toSorted((a, b) => b - a).slice(0, most))
      },
    ),
  )
})

test('equals come in the order of their numbers', () => {
  const greatest = new Greatest(3)
  for (const item of [5, 1, 3]) greatest.offer(item, 7)
  expect([...greatest.list()]).toEqual([1, 3, 5])
})
