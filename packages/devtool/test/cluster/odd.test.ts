import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { oddAt } from '../../src/data/cluster/odd.ts'

const oddOnes = (figures: readonly number[], rule: Parameters<typeof oddAt>[2]): number[] =>
  figures.flatMap((_, place) => (oddAt(figures, place, rule) === undefined ? [] : [place]))

describe('a node is odd', () => {
  test('when it has many times as much as the others, and by enough', () => {
    expect(oddOnes([2, 90, 3], { least: 20 })).toEqual([1])
    expect(oddAt([2, 90, 3], 1, { least: 20 })).toEqual({ median: 3, times: 30 })
    expect(oddOnes([2, 18, 3], { least: 20 })).toEqual([])
    expect(oddOnes([100, 190, 100], { least: 20 })).toEqual([])
    expect(oddOnes([100, 220, 100], { least: 20, factor: 2 })).toEqual([1])
  })

  test('when the others have none', () => {
    expect(oddAt([0, 7, 0], 1, { least: 5 })).toEqual({ median: 0, times: Infinity })
  })

  test('when it has far less, where that counts', () => {
    expect(oddOnes([900, 20, 1_000], { least: 100 })).toEqual([])
    expect(oddOnes([900, 20, 1_000], { least: 100, both: true })).toEqual([1])
  })

  test('never when it is alone, or like the others', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 9 }), fc.nat(), (figure, many, least) => {
        const figures = Array.from({ length: many }, () => figure)
        expect(oddOnes(figures, { least: least + 1, both: true })).toEqual([])
      }),
    )
    expect(oddOnes([1_000_000], { least: 1 })).toEqual([])
  })

  test('also beside another odd one, and does not make the others so', () => {
    expect(oddOnes([1, 500, 1, 600, 1], { least: 20, both: true })).toEqual([1, 3])
    expect(oddOnes([1, 500, 600], { least: 20, both: true })).toEqual([0])
  })
})
