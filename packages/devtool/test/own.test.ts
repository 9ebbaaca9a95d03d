import { expect, test } from 'vitest'
import { ownRank, ownTitle, printOwn } from '../src/data/own.ts'
import { ownColumns, ownNames } from '../src/parts/own-columns.tsx'
import { sortRows } from '../src/parts/table.tsx'

test('what a behaviour tells is printed by the unit in its name', () => {
  const told = {
    leftMs: 3_000,
    queueBytes: 2_048,
    bids: 12_000,
    share: 0.25,
    lot: 'lamp',
    sold: false,
    none: null,
  }
  expect(
    Object.entries(told).map(([name, value]) => `${ownTitle(name)} ${printOwn(name, value)}`),
  ).toEqual([
    'left 3 s',
    'queue 2.0 KiB',
    'bids 12,000',
    'share 0.25',
    'lot lamp',
    'sold false',
    'none –',
  ])
  expect([ownTitle('Ms'), ownTitle('Bytes')]).toEqual(['Ms', 'Bytes'])
})

const rows = [
  { more: { lot: 'b', highest: 90 } },
  { more: { lot: 'a', highest: null } },
  {},
  { more: { lot: 'c', highest: 100 } },
]

test('a column of numbers stands on the right and is sorted by them, none of it the least', () => {
  const columns = ownColumns(rows, ownNames(rows), '7rem')
  expect(columns.map(({ title, right }) => [title, right])).toEqual([
    ['lot', false],
    ['highest', true],
  ])
  const sorted = sortRows(rows, columns, { title: 'highest', down: true })
  expect(sorted.map(({ more }) => more?.lot)).toEqual(['c', 'b', 'a', undefined])
  expect(columns.map(({ cell }) => rows.map((row) => cell(row)))).toEqual([
    ['b', 'a', '', 'c'],
    ['90', '–', '', '100'],
  ])
})

test('two columns that would have the same title keep their whole names, and each is sorted for itself', () => {
  const queues = [
    { more: { queueMs: 5, queueBytes: 1_024 } },
    { more: { queueMs: 9, queueBytes: 0 } },
  ]
  const columns = ownColumns(queues, ['queueMs', 'queueBytes'], '7rem')
  expect(columns.map(({ title }) => title)).toEqual(['queueMs', 'queueBytes'])
  const sorted = sortRows(queues, columns, { title: 'queueBytes', down: true })
  expect(sorted.map(({ more }) => more.queueBytes)).toEqual([1_024, 0])
})

test('a column of texts is sorted as texts, whatever else is in it', () => {
  expect(['b', 7, null, undefined].map((value) => ownRank(value, false))).toEqual([
    'b',
    '7',
    '',
    '',
  ])
})
