import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ageMarks, ageShare } from '../src/data/age.ts'

test('ages grow along the scale, from a tenth of a second to a day', () => {
  expect([ageShare(0), ageShare(100), ageShare(86_400_000), ageShare(1e12)]).toEqual([0, 0, 1, 1])
  fc.assert(
    fc.property(fc.integer({ min: 101, max: 80_000_000 }), (ms) => {
      expect(ageShare(ms + 1)).toBeGreaterThan(ageShare(ms))
    }),
  )
})

test('its marks are in order, and reach from end to end', () => {
  const shares = ageMarks.map(({ ms }) => ageShare(ms))
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect([shares[0], shares.at(-1)]).toEqual([0, 1])
})
