import { expect, test } from 'vitest'
import { mostSeries, remember, samplesOf } from '../src/data/figures.ts'

test('figures of what was looked at long ago are forgotten, however much is looked at', () => {
  remember('one', { sockets: 1 }, 1_000)
  for (let i = 0; i < mostSeries - 2; i++) remember(`room ${i}`, { members: i }, 1_000)
  remember('one', { sockets: 2, ready: 'yes' }, 2_000)
  for (let i = 0; i < 3; i++) remember(`newer ${i}`, { members: i }, 2_000)
  expect(samplesOf('one')).toEqual([
    { at: 1, values: { sockets: 1 } },
    { at: 2, values: { sockets: 2 } },
  ])
  expect([samplesOf('room 0'), samplesOf('room 1')]).toEqual([[], []])
  expect(samplesOf('room 2')).toHaveLength(1)
})
