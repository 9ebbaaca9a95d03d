import { expect, test } from 'vitest'
import { resolveTab, type Tab } from '../src/tab.ts'
import { inert } from './actors.ts'
import { createWorld } from './world.ts'

test('a tab is a title, or says which columns and how they are sorted at first', () => {
  expect(resolveTab(undefined)).toBeUndefined()
  expect(resolveTab('Auctions')).toEqual({ title: 'Auctions' })
  const whole: Tab = {
    title: 'Auctions',
    columns: ['lot', 'bids'],
    sort: { by: 'bids', down: true },
  }
  expect(resolveTab(whole)).toEqual(whole)
  expect(resolveTab({ title: 'Auctions', sort: { by: 'lot' } })).toEqual({
    title: 'Auctions',
    sort: { by: 'lot' },
  })
})

test.each<[unknown, RegExp]>([
  [null, /^\[option_invalid\] tab: expected a title, or an object$/],
  [7, /tab: expected/],
  ['', /tab\.title: expected 1 to 40 characters$/],
  [{ columns: ['a'] }, /tab\.title:/],
  [{ title: 'x'.repeat(41) }, /tab\.title:/],
  [{ title: 'A', colums: ['a'] }, /tab\.colums: unknown, known are title, columns, sort$/],
  [{ title: 'A', columns: 'lot' }, /tab\.columns: expected 1 to 16 names, none of them twice$/],
  [{ title: 'A', columns: [] }, /tab\.columns:/],
  [{ title: 'A', columns: ['a', 7] }, /tab\.columns:/],
  [{ title: 'A', columns: ['a', 'a'] }, /tab\.columns:/],
  [{ title: 'A', columns: Array.from('abcdefghijklmnopq') }, /tab\.columns:/],
  [{ title: 'A', sort: 'lot' }, /tab\.sort: expected \{ by, down\? \}/],
  [{ title: 'A', sort: { by: 7 } }, /tab\.sort:/],
  [{ title: 'A', sort: { by: 'a', down: 1 } }, /tab\.sort:/],
  [{ title: 'A', sort: { by: 'a', dwon: true } }, /tab\.sort: expected/],
  [{ title: 'A', columns: ['a'], sort: { by: 'b' } }, /tab\.sort:/],
])('a wrong tab is told by its field: %j', (tab, why) => {
  expect(() => resolveTab(tab as Tab)).toThrow(why)
})

test('a behaviour with a wrong tab is not spawned', () => {
  const { system } = createWorld()
  expect(() => system.spawn({ ...inert, tab: '' })).toThrow(/tab\.title/)
})
