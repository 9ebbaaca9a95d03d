import { expect, test } from 'vitest'
import { moved } from '../src/data/moves.ts'

test.each([
  ['ArrowDown', 6],
  ['ArrowUp', 4],
  ['PageDown', 14],
  ['PageUp', 0],
  ['Home', 0],
  ['End', 99],
  ['x', undefined],
])('%s of line 5 of 100, ten in sight, leads to %s', (key, to) => {
  expect(moved(key, 5, 100, 10)).toBe(to)
})

test('nothing leads beyond the ends, and nowhere where there is no line', () => {
  expect(moved('ArrowDown', 99, 100, 10)).toBe(99)
  expect(moved('PageDown', 95, 100, 10)).toBe(99)
  expect(moved('ArrowDown', 0, 0, 10)).toBeUndefined()
})
