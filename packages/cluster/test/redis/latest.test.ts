import { ManualClock } from '@sluice/core'
import { expect, test } from 'vitest'
import { Latest } from '../../src/redis/latest.ts'

test('what was done of late is kept, the latest of each name, and as long as nothing follows', () => {
  const clock = new ManualClock()
  const latest = new Latest<number>(clock)
  latest.note('old', 1)
  clock.advance(1_000)
  latest.note('twice', 1)
  latest.note('twice', 2)
  clock.advance(1_000)
  latest.note('new', 3)
  clock.advance(60_000)
  expect(latest.take()).toEqual([
    ['twice', 2],
    ['new', 3],
  ])
  expect(latest.take()).toEqual([])
})

test('and bounded in number', () => {
  const latest = new Latest<number>(new ManualClock())
  for (let i = 0; i < 100_001; i++) latest.note(`${i}`, i)
  const all = latest.take()
  expect([all.length, all[0]]).toEqual([100_000, ['1', 1]])
})
