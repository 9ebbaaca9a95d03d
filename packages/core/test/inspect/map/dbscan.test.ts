import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dbscan } from '../../../src/inspect/map/dbscan.ts'

/** The definition, word for word, over every pair of single points. */
function naive(points: number[][], weights: number[], radius: number, minWeight: number): number[] {
  const distance = (a: number[], b: number[]): number =>
    a.reduce((sum, value, d) => sum + (value - b[d]!) ** 2, 0)
  const near = points.map((a) => points.map((b) => distance(a, b) <= radius ** 2))
  const core = near.map(
    (row) => row.reduce((sum, is, i) => sum + (is ? weights[i]! : 0), 0) >= minWeight,
  )
  const labels = points.map(() => -1)
  let clusters = 0
  points.forEach((_, start) => {
    if (!core[start] || labels[start] !== -1) return
    const queue = [start]
    labels[start] = clusters
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      points.forEach((__, i) => {
        if (!core[i] || !near[at]![i] || labels[i] !== -1) return
        labels[i] = clusters
        queue.push(i)
      })
    }
    clusters++
  })
  return points.map((point, i) => {
    if (core[i]) return labels[i]!
    const cores = points.map((_, j) => j).filter((j) => core[j] && near[i]![j])
    const [nearest] = cores.sort(
      (a, b) => distance(point, points[a]!) - distance(point, points[b]!) || a - b,
    )
    return nearest === undefined ? -1 : labels[nearest]!
  })
}

const cases = fc.integer({ min: 1, max: 4 }).chain((dimensions) =>
  fc.record({
    dimensions: fc.constant(dimensions),
    points: fc.uniqueArray(
      fc.array(fc.integer({ min: -6, max: 12 }), { minLength: dimensions, maxLength: dimensions }),
      { maxLength: 120, selector: (point) => point.join(' ') },
    ),
    seed: fc.nat(),
    radius: fc.constantFrom(0, 1, 1.5, 2, 3),
    minWeight: fc.integer({ min: 1, max: 12 }),
  }),
)

test('finds the clusters of the definition, over every pair of points', () => {
  fc.assert(
    fc.property(cases, ({ dimensions, points, seed, radius, minWeight }) => {
      const weights = points.map((_, i) => 1 + ((seed + i * 7) % 5))
      const at = Int32Array.from(points.flat())
      const found = dbscan({ dimensions, at, weights }, radius, minWeight)
      expect([...found]).toEqual(naive(points, weights, radius, minWeight))
    }),
    { numRuns: 300 },
  )
})

test('gives a point that is no core to the nearer of two clusters', () => {
  const at = Int32Array.from([-4, -3, 0, 3, 7, 10, 11])
  const weights = [5, 5, 5, 1, 5, 5, 5]
  expect([...dbscan({ dimensions: 1, at, weights }, 4, 12)]).toEqual([0, 0, 0, 0, 1, 1, 1])
})

test('gives a point between two clusters, as near to both, to the first', () => {
  const at = Int32Array.from([-4, -3, 0, 3, 6, 9, 10])
  const weights = [5, 5, 5, 1, 5, 5, 5]
  expect([...dbscan({ dimensions: 1, at, weights }, 4, 12)]).toEqual([0, 0, 0, 0, 1, 1, 1])
})

test('finds nothing in nothing', () => {
  expect(dbscan({ dimensions: 2, at: new Int32Array(), weights: [] }, 1, 1)).toHaveLength(0)
})
