import { describe, expect, test } from 'vitest'
import { groupActors } from '../../../src/inspect/map/groups.ts'
import type { ActorRow } from '../../../src/inspect/dump.ts'
import { row } from '../rows.ts'

describe('groups', () => {
  test('count actors that look alike: behaviour, state, wait class, kind of target, site', () => {
    const asking = (id: string, target: string, ms: number): ActorRow =>
      row(id, { state: 'waiting', ms, wait: { class: 'ask', target, ms } })
    const actors = [
      row('1', { ms: 5 }),
      asking('2', 'room 1f', 10),
      asking('3', 'room 2f', 30),
      asking('4', 'room 1f (dead)', 20),
      asking('5', 'bus', 1),
      row('6', { ms: 1 }),
      row('7', { site: 2 }),
      row('8', { behavior: 'room' }),
      row('9', { state: 'waiting', wait: { class: 'promise', target: '', ms: 0 } }),
    ]
    expect(groupActors({ actors })).toEqual([
      {
        behavior: 'connection',
        state: 'waiting',
        wait: 'ask room',
        site: 1,
        count: 3,
        ms: { min: 10, p50: 20, max: 30 },
        sample: ['2', '3', '4'],
      },
      {
        behavior: 'connection',
        state: 'idle',
        wait: '',
        site: 1,
        count: 2,
        ms: { min: 1, p50: 5, max: 5 },
        sample: ['1', '6'],
      },
      expect.objectContaining({ state: 'idle', site: 2, count: 1 }),
      expect.objectContaining({ wait: 'ask bus' }),
      expect.objectContaining({ wait: 'promise' }),
      expect.objectContaining({ behavior: 'room' }),
    ])
  })

  test('of equal dumps are equal, in whatever order the actors come', () => {
    const actors = ['a', 'b', 'c', 'd'].flatMap((behavior, i) =>
      [0, 1].map((n) => row(`${i}${n}`, { behavior, ms: n })),
    )
    const plain = (list: ActorRow[]) =>
      groupActors({ actors: list }).map(({ sample, ...rest }) => ({
        ...rest,
        sample: sample.toSorted(),
      }))
    expect(plain(actors.toReversed())).toEqual(plain(actors))
  })

  test('name no more than a few of their actors', () => {
    const actors = Array.from({ length: 20 }, (_, i) => row(String(i)))
    expect(groupActors({ actors })[0]!.sample).toEqual(['0', '1', '2', '3', '4'])
    expect(groupActors({ actors }, 2)[0]!.sample).toEqual(['0', '1'])
  })

  test('of nobody are none', () => {
    expect(groupActors({ actors: [] })).toEqual([])
  })
})
