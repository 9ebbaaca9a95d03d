import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { type Column, formatTable } from '../../src/cli/table.ts'

interface Row {
  name: string
  count: number
}

const columns: Column<Row>[] = [
  { title: 'NAME', value: ({ name }) => name, style: () => 'red' },
  { title: 'COUNT', value: ({ count }) => count },
  { title: 'AGAIN', value: ({ name }) => name },
]
const rows: Row[] = [
  { name: 'a', count: 7 },
  { name: 'beta', count: 1_234_567 },
]

test('a table has columns as wide as they must be, and numbers to the right', () => {
  expect(formatTable(columns, rows, { width: 80, colors: false })).toEqual([
    'NAME    COUNT  AGAIN',
    'a           7  a',
    'beta  1234567  beta',
  ])
})

test('a line is as wide as the terminal at most, cut where it is widest, the last column first', () => {
  const long = [{ name: 'x'.repeat(50), count: 1 }]
  const [, line] = formatTable(columns, long, { width: 40, colors: false })
  expect(line).toBe(`${'x'.repeat(15)}…      1  ${'x'.repeat(14)}…`)
  expect(line).toHaveLength(40)
})

test('colours are put around what they colour, and only where wanted', () => {
  const lines = formatTable(columns, rows, { width: 80, colors: true })
  expect(lines[1]).toBe('\u001b[31ma\u001b[39m           7  a')
  expect(lines.map((text) => stripVTControlCharacters(text))).toEqual(
    formatTable(columns, rows, { width: 80, colors: false }),
  )
})

test('what a client chose as its name cannot steer the terminal', () => {
  const evil = [{ name: 'a\u001b[2Jb\nc\u202ed\u0007', count: 1 }]
  const [, line] = formatTable(columns, evil, { width: 80, colors: false })
  expect(line).toBe('ab·c·d·      1  ab·c·d·')
})
