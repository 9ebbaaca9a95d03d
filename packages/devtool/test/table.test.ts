import { expect, test } from 'vitest'
import { type Column, leastWidth, sortRows } from '../src/parts/table.tsx'

interface Row {
  name: string
  count: number
}
const columns: Column<Row>[] = [
  { title: 'Name', cell: ({ name }) => name, by: ({ name }) => name },
  { title: 'Count', cell: ({ count }) => count, by: ({ count }) => count },
  { title: 'More', cell: () => '' },
]
const rows = [
  { name: 'b', count: 10 },
  { name: 'a', count: 9 },
]

test('rows are sorted by a column, either way, and stay as they came without one', () => {
  const names = (title: string, down: boolean): string[] =>
    sortRows(rows, columns, { title, down }).map(({ name }) => name)
  expect(names('Name', false)).toEqual(['a', 'b'])
  expect(names('Count', true)).toEqual(['b', 'a'])
  expect(names('More', true)).toEqual(['b', 'a'])
  expect(sortRows(rows, columns, undefined)).toBe(rows)
})

test('a line is as wide as its columns need at least, with the gaps between them', () => {
  expect(leastWidth(['6rem', 'minmax(8rem, 2fr)', '4.5rem'])).toBe(18.5 + 4 * 0.75)
})
