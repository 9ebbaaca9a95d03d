import { expect, test } from 'vitest'
import { type Column, sortRows } from '../src/parts/table.tsx'

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
