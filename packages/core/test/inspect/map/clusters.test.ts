import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clusterActors, printClusters } from '../../../src/inspect/map/clusters.ts'
import type { ActorRow } from '../../../src/inspect/dump.ts'
import { seeded } from '../../world.ts'
import { row, waiting } from '../rows.ts'

const many = (count: number, make: (i: number) => ActorRow): ActorRow[] =>
  Array.from({ length: count }, (_, i) => make(i))

/** Slow readers of three behaviours and many sites, amid healthy actors. */
function crowd(): ActorRow[] {
  return [
    row('0', { behavior: 'root', parent: '', ageMs: 3_600_000, ms: 3_600_000 }),
    ...many(40, (i) => row(`a${i}`, { ageMs: 60_000 + i * 50, ms: 500 })),
    ...many(30, (i) =>
      waiting(
        `b${i}`,
        { class: 'socket', ms: 31_000 + i * 400 },
        {
          behavior: ['connection', 'feed', 'mirror'][i % 3]!,
          site: 10 + i,
          ageMs: 60_000,
          more: { queue: 800_000 + i * 1_000 },
        },
      ),
    ),
    waiting('c', { class: 'socket', ms: 10 }),
  ]
}

describe('clusters', () => {
  test('hold actors that are alike in figures although they share no key', () => {
    const { clusters, outliers, columns } = clusterActors({ actors: crowd() })
    expect(columns).toEqual(['queue'])
    expect(clusters.map(({ words }) => words)).toEqual([
      '40 × connection [idle, 500 ms] age 60 s … 62 s from 1 site',
      '30 actors [waiting: socket, 31 s … 43 s] (connection 10, feed 10, mirror 10) age 60 s queue 800,000 … 829,000 from 30 sites',
    ])
    expect(clusters[1]).toMatchObject({
      count: 30,
      state: 'waiting',
      wait: 'socket',
      sites: 30,
      ms: { min: 31_000, max: 42_600 },
      depth: { min: 1, max: 1 },
      sample: ['b0', 'b1', 'b2', 'b3', 'b4'],
    })
    expect(outliers).toEqual({ count: 2, sample: ['0', 'c'] })
  })

  test('are told with their share and where to go on', () => {
    const actors = crowd()
    expect(printClusters(clusterActors({ actors }), actors.length)).toEqual([
      '56 %: 40 × connection [idle, 500 ms] age 60 s … 62 s from 1 site',
      '    such as a0 a1 a2 a3 a4',
      '42 %: 30 actors [waiting: socket, 31 s … 43 s] (connection 10, feed 10, mirror',
      '    10) age 60 s queue 800,000 … 829,000 from 30 sites',
      '    such as b0 b1 b2 b3 b4',
      '2 actors like few others',
      '    such as 0 c',
    ])
  })

  test('are apart when depth, mailbox, age or a column is', () => {
    const apart: Partial<ActorRow>[] = [
      { mailbox: 500 },
      { ageMs: 3_600_000 },
      { ms: 600_000 },
      { more: { queue: 100_000 } },
    ]
    for (const other of apart) {
      const actors = [...many(20, (i) => row(`a${i}`)), ...many(20, (i) => row(`b${i}`, other))]
      expect(clusterActors({ actors }).clusters.map(({ count }) => count)).toEqual([20, 20])
    }
  })

  test('know how deep in the tree each actor is, in whatever order they come', () => {
    const chain = many(100, (i) =>
      waiting(`c${i}`, { class: 'redis', ms: i * 1_000 }, { parent: i === 0 ? '' : `c${i - 1}` }),
    )
    const leaves = many(20, (i) => row(`l${i}`, { parent: 'c99' }))
    // A row may be used again, and a child come before its parent; a file made by hand may have a circle.
    const circle = row('x', { parent: 'x' })
    for (const actors of [
      [...chain, ...leaves, circle],
      [circle, ...leaves, ...chain.toReversed()],
    ]) {
      const idle = clusterActors({ actors }).clusters.find(({ state }) => state === 'idle')
      expect(idle).toMatchObject({ count: 20, depth: { min: 100, max: 100 } })
    }
  })

  test('count every actor once, and do not depend on the order of the actors', () => {
    const actors = fc.array(
      fc
        .record({
          state: fc.constantFrom('idle' as const, 'waiting' as const),
          ms: fc.integer({ min: 0, max: 100_000 }),
          ageMs: fc.integer({ min: 0, max: 100_000 }),
          mailbox: fc.nat(20),
          behavior: fc.constantFrom('a', 'b'),
          queue: fc.option(fc.nat(1_000), { nil: undefined }),
        })
        .map(({ queue, ...more }) => ({ ...more, ...(queue && { more: { queue } }) })),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(actors, fc.nat(), (made, seed) => {
        const rows = made.map((more, i) => row(String(i), more))
        const random = seeded(seed)
        const shuffled = rows
          .map((actor) => ({ actor, at: random() }))
          .sort((a, b) => a.at - b.at)
          .map(({ actor }) => actor)
        const plain = (list: ActorRow[]) => {
          const { clusters, unlisted, outliers } = clusterActors({ actors: list }, { limit: 3 })
          const apart = outliers.count + unlisted.count
          expect(clusters.reduce((sum, { count }) => sum + count, apart)).toBe(list.length)
          return clusters.map((cluster) => ({ ...cluster, sample: [] }))
        }
        expect(plain(shuffled)).toEqual(plain(rows))
      }),
    )
  })

  test('of 100,000 actors, all different, are found', () => {
    const random = seeded(1)
    const actors = many(100_000, (i) =>
      row(i.toString(16), {
        ms: random() ** 4 * 1e6,
        ageMs: random() ** 4 * 1e7,
        mailbox: Math.floor(random() ** 8 * 1_000),
        more: { queue: Math.floor(random() ** 8 * 1e6), rooms: Math.floor(random() * 10) },
      }),
    )
    const { clusters, unlisted, outliers } = clusterActors({ actors })
    const apart = outliers.count + unlisted.count
    expect(clusters.reduce((sum, { count }) => sum + count, apart)).toBe(100_000)
  }, 60_000)

  test('of nobody are none', () => {
    const none = clusterActors({ actors: [] })
    expect(none).toEqual({
      clusters: [],
      unlisted: { clusters: 0, count: 0 },
      outliers: { count: 0, sample: [] },
      columns: [],
    })
    expect(printClusters(none, 0)).toEqual([])
  })
})
