import { expect, test } from 'vitest'
import { addSample, columnOf, mostSamples, rateOf, type Sample } from '../src/data/series.ts'

const sample = (at: number, values: Record<string, number>): Sample => ({ at, values })

test('a series keeps so many samples, and none of the past', () => {
  let samples: readonly Sample[] = []
  for (let at = 1; at <= mostSamples + 5; at++) samples = addSample(samples, sample(at, {}))
  expect(samples).toHaveLength(mostSamples)
  expect(samples[0]?.at).toBe(6)
  expect(addSample(samples, sample(3, {}))).toBe(samples)
})

test('a column has null where a sample has nothing', () => {
  expect(columnOf([sample(1, { a: 7 }), sample(2, {})], 'a')).toEqual([7, null])
})

test('a rate is per second, and null where the counter went back', () => {
  const samples = [
    sample(1, { n: 10 }),
    sample(3, { n: 30 }),
    sample(4, { n: 5 }),
    sample(5, { n: 6 }),
  ]
  expect(rateOf(samples, 'n')).toEqual([null, 10, null, 1])
})
