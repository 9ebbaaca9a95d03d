// A table of one bench: measures down, contenders across, and at the right what the first is to each of the others.
//
//                      sluice           ws    ÷ ws
//   deliveries       8.66 M/s     75.2 k/s    115×     the median of the rounds
//                   8.10–9.01    71.0–78.1             the least and the greatest
//
// A ratio is the median of the ratios of each round, because what disturbs a machine disturbs neighbours alike.

import { spread, times, type Unit, withUnit } from './units.ts'

export interface Measure {
  key: string
  title: string
  unit: Unit
  /** Whether the ratio to the others says something. */
  compare?: boolean
}

export interface Table {
  title: string
  /** The conditions, in a line. */
  setting: string
  measures: Measure[]
  /** Every contender's rounds, each a figure per measure; the first contender is the one that is compared. */
  entries: { name: string; rounds: Record<string, number>[] }[]
  /** What a reader must know to believe the figures, or not to. */
  notes: string[]
}

const columns = 80
const titleWidth = 16

/** The middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** The table as text, 80 columns wide where three contenders or fewer take part. */
export function renderTable(table: Table): string {
  const [first, ...rest] = table.entries
  if (!first) return ''
  const others = table.measures.some(({ compare }) => compare) ? rest : []
  const row = rowOf(table.entries.length, others)
  const heads = others.map(({ name }) => `÷ ${name}`)
  const lines = [table.title, table.setting, '']
  lines.push(row('', namesOf(table.entries), heads))
  for (const { key, title, unit, compare } of table.measures) {
    const values = table.entries.map(({ rounds }) => figures(rounds, key))
    const middles = values.map(median)
    const ratios = others.map(({ rounds }) => times(ratio(first.rounds, rounds, key)))
    const spreads = values.map((each, i) => spread(each, middles[i]!, unit))
    const texts = middles.map((middle) => withUnit(middle, unit))
    lines.push(row(title, texts, compare ? ratios : []))
    if (spreads.some(Boolean)) lines.push(row('', spreads, []))
  }
  for (const note of table.notes) lines.push(`! ${note}`)
  return `${lines.join('\n')}\n`
}

/** A maker of lines: a title, a cell per contender, a ratio per contender but the first. */
function rowOf(contenders: number, others: Table['entries']) {
  const ratioWidths = others.map(({ name }) => Math.max(8, name.length + 3))
  const rest = columns - titleWidth - ratioWidths.reduce((sum, width) => sum + width, 0)
  const width = Math.floor(rest / contenders)
  return (title: string, cells: readonly string[], ratios: readonly string[]): string => {
    const left = cells.map((cell) => cell.padStart(width))
    const right = ratios.map((each, i) => each.padStart(ratioWidths[i]!))
    return [title.padEnd(titleWidth), ...left, ...right].join('').trimEnd()
  }
}

function namesOf(entries: Table['entries']): string[] {
  return entries.map(({ name }) => name)
}

function figures(rounds: readonly Record<string, number>[], key: string): number[] {
  return rounds.map((round) => round[key] ?? Number.NaN)
}

/** The median, over the rounds that both ran, of one's figure divided by the other's. */
export function ratio(
  one: readonly Record<string, number>[],
  other: readonly Record<string, number>[],
  key: string,
): number {
  const count = Math.min(one.length, other.length)
  return median(Array.from({ length: count }, (_, i) => one[i]![key]! / other[i]![key]!))
}
