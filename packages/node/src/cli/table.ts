// Tables for a terminal: columns as wide as they must be, lines as wide as the terminal. What does not fit is cut where that
// harms least, in the last column, and ends in an ellipsis. Pure, but for the look at the terminal.

import { stripVTControlCharacters, styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string | number
  readonly style?: (row: Row) => Style | undefined
}

export interface Terminal {
  /** Characters in a line. */
  readonly width: number
  readonly colors: boolean
}

/** The terminal that stdout is; 80 wide and without colours where it is none. */
export function terminalOf(stream: NodeJS.WriteStream = process.stdout): Terminal {
  const colors = stream.isTTY && stream.hasColors() && !process.env['NO_COLOR']
  return { width: (stream.isTTY && stream.columns) || 80, colors }
}

/** The lines of a table, its titles first. Numbers stand to the right. */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, colors }: Terminal,
): string[] {
  const cells = rows.map((row) => columns.map(({ value }) => clean(value(row))))
  const right = columns.map(({ value }) => rows.some((row) => typeof value(row) === 'number'))
  const widths = columns.map(({ title }, at) =>
    cells.reduce((most, line) => Math.max(most, lengthOf(line[at]!)), title.length),
  )
  shrink(widths, width)
  const paint = (text: string, style: Style | undefined): string =>
    colors && style !== undefined ? styleText(style, text, { validateStream: false }) : text
  const line = (texts: readonly string[], styleOf: (at: number) => Style | undefined): string =>
    texts
      .map((text, at) => {
        const fitted = fit(text, widths[at]!)
        const gap = ' '.repeat(Math.max(0, widths[at]! - lengthOf(fitted)))
        const painted = paint(fitted, styleOf(at))
        return right[at] ? gap + painted : painted + gap
      })
      .join('  ')
      .trimEnd()
  return [
    line(
      columns.map(({ title }) => title),
      () => 'bold',
    ),
    ...rows.map((row, at) => line(cells[at]!, (column) => columns[column]!.style?.(row))),
  ]
}

/** Text that some client chose must not steer the terminal of whoever looks at it. */
export function clean(value: string | number): string {
  return stripVTControlCharacters(String(value)).replaceAll(/\p{C}/gu, '·')
}

/** Takes from the widest, the last one first, until the line fits. */
function shrink(widths: number[], width: number): void {
  const least = 6
  let excess = widths.reduce((sum, one) => sum + one, 2 * (widths.length - 1)) - width
  while (excess > 0) {
    const widest = Math.max(...widths)
    if (widest <= least) return
    const at = widths.lastIndexOf(widest)
    widths[at] = widest - 1
    excess--
  }
}

function fit(text: string, width: number): string {
  const characters = charactersOf(text)
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`
}

function lengthOf(text: string): number {
  return charactersOf(text).length
}

const segmenter = new Intl.Segmenter()

/** As a reader counts them. Wide ones take two places, and push their line. */
function charactersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}
