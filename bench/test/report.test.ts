import { describe, expect, test } from 'vitest'
import { median, ratio, renderTable, type Table } from '../support/report.ts'

const table: Table = {
  title: 'fanout',
  setting: '1 room',
  measures: [
    { key: 'rate', title: 'deliveries', unit: 'per second', compare: true },
    { key: 'cpu', title: 'CPU a delivery', unit: 'µs' },
  ],
  entries: [
    {
      name: 'sluice',
      rounds: [
        { rate: 8e6, cpu: 0.1 },
        { rate: 9e6, cpu: 0.1 },
        { rate: 1e6, cpu: 0.1 },
      ],
    },
    {
      name: 'ws',
      rounds: [
        { rate: 8e4, cpu: 14 },
        { rate: 9e4, cpu: 13 },
        { rate: 5e4, cpu: 12 },
      ],
    },
  ],
  notes: ['ws: 3 of 9 lost (round 2)'],
}

describe('a table', () => {
  test('shows medians, spreads, and the ratio of the first contender to the others', () => {
    expect(renderTable(table)).toBe(
      `fanout
1 room

                                      sluice                          ws    ÷ ws
deliveries                          8.00 M/s                    80.0 k/s    100×
                                   1.00–9.00                   50.0–90.0
CPU a delivery                      0.100 µs                     13.0 µs
                                                               12.0–14.0
! ws: 3 of 9 lost (round 2)
`,
    )
  })

  test('compares nobody where no measure compares', () => {
    const measures = table.measures.map(({ key, title, unit }) => ({ key, title, unit }))
    const text = renderTable({ ...table, measures })
    expect(text).not.toContain('÷')
    expect(text).toContain('8.00 M/s')
  })

  test('fits 80 columns with three contenders', () => {
    const third = { name: 'socket.io', rounds: table.entries[1]!.rounds }
    const lines = renderTable({ ...table, entries: [...table.entries, third] }).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })
})

test('a ratio is the median of the ratios that each round had', () => {
  expect(ratio([{ x: 10 }, { x: 100 }, { x: 30 }], [{ x: 5 }, { x: 20 }, { x: 60 }], 'x')).toBe(2)
})

test('the median of an even number of values is the mean of the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
})
