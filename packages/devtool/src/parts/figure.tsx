// A column of figures: they stand on the right, and it is sorted by what they are.

import type { ComponentChildren, JSX } from 'preact'
import { printCount } from '../data/format.ts'
import type { Column } from './table.tsx'

export function figure<Row>(
  title: string,
  width: string,
  read: (row: Row) => number,
  print: (value: number) => ComponentChildren = printCount,
): Column<Row> {
  return { title, width, right: true, cell: (row) => print(read(row)), by: read }
}

/** Of what there should be none. */
export function printBad(count: number): JSX.Element {
  return <span class={count > 0 ? 'bad' : ''}>{printCount(count)}</span>
}
