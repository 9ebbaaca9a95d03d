// A table of any length: only the lines in sight are in the page. Sorted by a click on a title, if its column can be, and if all
// of its rows are here.

import { Component, type ComponentChildren, type JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useLines } from './lines.ts'

export interface Column<Row> {
  readonly title: string
  /** As CSS grid takes it. Default `minmax(4rem, 1fr)`. */
  readonly width?: string
  readonly right?: boolean
  readonly cell: (row: Row) => ComponentChildren
  /** By what it is sorted; a column without it is not. */
  readonly by?: ((row: Row) => number | string) | undefined
}

interface TableProps<Row> {
  readonly label: string
  /** Lines are drawn anew when these are others; who keeps them spares that. */
  readonly columns: readonly Column<Row>[]
  readonly rows: Rows<Row>
  readonly keyOf: (row: Row) => string
  /** Where a line leads. */
  readonly href?: (row: Row) => string
  /** What stands where there is no line. */
  readonly empty?: string
  /** Hears which rows are in sight: from the one to the other. */
  readonly onSight?: (first: number, last: number) => void
  /** How it is sorted at first. Default: as the rows come. */
  readonly order?: Order
}

/** By the column with this title. */
export interface Order {
  readonly title: string
  readonly down: boolean
}

/** Rows by their number; undefined for one that is not here yet. */
export interface Rows<Row> {
  readonly length: number
  at(number: number): Row | undefined
}

const lineHeight = 30
/** Of the titles. */
const headHeight = 32
/** So many lines stay in sight where the view has more to show than fits. */
const leastLines = 8

export function Table<Row>(props: TableProps<Row>): JSX.Element {
  const { label, columns, keyOf, href, empty = 'nothing here', onSight } = props
  const [order, setOrder] = useState(props.order)
  const [current, setCurrent] = useState<{ at: number; key: string | undefined }>(noLine)
  const rows = isWhole(props.rows) ? sortRows(props.rows, columns, order) : props.rows
  const { length } = rows
  const at = Math.max(0, Math.min(placeOf(rows, keyOf, current) ?? current.at, length - 1))
  const keyAt = (line: number): string | undefined => {
    const row = rows.at(line)
    return row && keyOf(row)
  }
  const open = (line: number): boolean => {
    const row = rows.at(line)
    if (row === undefined || href === undefined) return false
    location.hash = href(row)
    return true
  }
  const { box, first, last, shown, lineProps, onKeyDown } = useLines({
    count: length,
    lineHeight,
    head: headHeight,
    current: at,
    onCurrent: (line) => setCurrent({ at: line, key: keyAt(line) }),
    onKey: (key) => key === 'Enter' && open(at),
  })
  useEffect(() => onSight?.(first, last), [first, last, length])
  const widths = columns.map(({ width = 'minmax(4rem, 1fr)' }) => width)
  const minWidth = `${leastWidth(widths)}rem`
  const gridTemplateColumns = widths.join(' ')
  return (
    <div
      class="table"
      style={{ minHeight: `${lineHeight * (Math.min(length, leastLines) + 1) + 6}px` }}
      ref={box}
      role="grid"
      aria-label={label}
      aria-rowcount={length}
      tabIndex={length === 0 ? 0 : -1}
      onKeyDown={onKeyDown}
    >
      <div class="head" role="row" style={{ gridTemplateColumns, minWidth }}>
        {columns.map((column) => (
          <Title
            key={column.title}
            column={isWhole(props.rows) ? column : { ...column, by: undefined }}
            order={order}
            onOrder={() => setOrder(turn(order, column.title))}
          />
        ))}
      </div>
      {length === 0 ? (
        <p class="quiet" style={{ padding: '0 0.75rem' }}>
          {empty}
        </p>
      ) : (
        <div class="lines" role="rowgroup" style={{ height: `${length * lineHeight}px`, minWidth }}>
          {shown.map((line) => {
            const row = rows.at(line)
            const { style, ...own } = lineProps(line)
            return (
              <div
                key={line}
                {...own}
                class="line"
                role="row"
                style={{ ...style, gridTemplateColumns }}
                aria-rowindex={line + 1}
                onClick={() => void open(line)}
              >
                <Cells row={row} columns={columns} href={href} />
              </div>
            )
          })}
        </div>
      )}
    </div>
  )
}

interface CellsProps<Row> {
  readonly row: Row | undefined
  readonly columns: readonly Column<Row>[]
  readonly href: ((row: Row) => string) | undefined
}

/** What stands in a line; drawn again when there is something else to say, and not whenever a line comes into sight. */
class Cells<Row> extends Component<CellsProps<Row>> {
  override shouldComponentUpdate({ row, columns }: CellsProps<Row>): boolean {
    return row !== this.props.row || columns !== this.props.columns
  }

  override render({ row, columns, href }: CellsProps<Row>): JSX.Element[] {
    return columns.map(({ title, right, cell }, place) => (
      <div key={title} role="gridcell" class={right ? 'cell right' : 'cell'}>
        {row === undefined ? (
          place === 0 && <span class="awaited" />
        ) : href !== undefined && place === 0 ? (
          <a href={href(row)} tabIndex={-1}>
            {cell(row)}
          </a>
        ) : (
          cell(row)
        )}
      </div>
    ))
  }
}

const noLine = { at: 0, key: undefined }

/** They are all here, so they can be sorted. */
function isWhole<Row>(rows: Rows<Row>): rows is readonly Row[] {
  return Array.isArray(rows)
}

/** Where the current line is now. */
function placeOf<Row>(
  rows: Rows<Row>,
  keyOf: (row: Row) => string,
  { key }: { key: string | undefined },
): number | undefined {
  if (key === undefined || !isWhole(rows)) return undefined
  const at = rows.findIndex((row) => keyOf(row) === key)
  return at < 0 ? undefined : at
}

interface TitleProps<Row> {
  readonly column: Column<Row>
  readonly order: Order | undefined
  readonly onOrder: () => void
}

function Title<Row>({ column, order, onOrder }: TitleProps<Row>): JSX.Element {
  const { title, right, by } = column
  const own = order?.title === title ? order : undefined
  const sort = own === undefined ? 'none' : own.down ? 'descending' : 'ascending'
  return (
    <div role="columnheader" class={right ? 'cell right' : 'cell'} aria-sort={by && sort}>
      {by === undefined ? (
        title
      ) : (
        <button type="button" onClick={onOrder}>
          {title} {own === undefined ? '' : own.down ? '↓' : '↑'}
        </button>
      )}
    </div>
  )
}

/** Of a line, so that all lines are alike whatever is in them. In rem, gaps and edges included. */
export function leastWidth(widths: readonly string[]): number {
  const least = widths.map((width) => Number(/([\d.]+)rem/.exec(width)?.[1] ?? 0))
  return least.reduce((sum, one) => sum + one + gap, gap)
}

/** As in table.css. */
const gap = 0.75

/** Down, up, and as it came. */
function turn(order: Order | undefined, title: string): Order | undefined {
  if (order?.title !== title) return { title, down: true }
  return order.down ? { title, down: false } : undefined
}

export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: Order | undefined,
): readonly Row[] {
  const by = columns.find(({ title }) => title === order?.title)?.by
  if (by === undefined) return rows
  const sign = order!.down ? -1 : 1
  return rows.toSorted((a, b) => {
    const [one, other] = [by(a), by(b)]
    return one < other ? -sign : one > other ? sign : 0
  })
}
