import { expect, test } from 'vitest'
import { Spread } from '../../src/metrics/spread.ts'

test('a spread counts each figure under every bound that is not below it', () => {
  const spread = new Spread([0, 1, 10])
  for (const value of [0, 0, 0.5, 1, 7, 10, 11, 1_000]) spread.add(value)
  expect(spread.cumulative()).toEqual([
    ['0', 2],
    ['1', 4],
    ['10', 6],
    ['+Inf', 8],
  ])
  expect(spread.max).toBe(1_000)
})
