// A table of any length: only the lines in sight are in the page. Sorted by a click on a title, if its column can be.

import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

export interface Column<Row> {
  readonly title: string
  /** As CSS grid takes it. Default `minmax(4rem, 1fr)`. */
  readonly width?: string
  readonly right?: boolean
  readonly cell: (row: Row) => ComponentChildren
  /** By what it is sorted; a column without it is not. */
  readonly by?: (row: Row) => number | string
}

interface TableProps<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** Where a line leads. */
  readonly href?: (row: Row) => string
  /** What stands where there is no line. */
  readonly empty?: string
  /** How it is sorted at first. Default: as the rows come. */
  readonly order?: Order
}

/** By the column with this title. */
interface Order {
  readonly title: string
  readonly down: boolean
}

const lineHeight = 30
const spare = 8
/** So many lines stay in sight where the view has more to show than fits. */
const leastLines = 8

export function Table<Row>(props: TableProps<Row>): JSX.Element {
  const { label, columns, rows, keyOf, href, empty = 'nothing here' } = props
  const box = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState({ top: 0, height: 600 })
  const [order, setOrder] = useState(props.order)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const look = (): void => setSeen({ top: element.scrollTop, height: element.clientHeight })
    const watch = new ResizeObserver(look)
    watch.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    look()
    return () => {
      watch.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])
  const sorted = sortRows(rows, columns, order)
  const first = Math.max(0, Math.floor(seen.top / lineHeight) - spare)
  const last = Math.min(sorted.length, Math.ceil((seen.top + seen.height) / lineHeight) + spare)
  const widths = columns.map(({ width = 'minmax(4rem, 1fr)' }) => width)
  const style = { gridTemplateColumns: widths.join(' '), minWidth: `${leastWidth(widths)}rem` }
  return (
    <div
      class="table"
      style={{ minHeight: `${lineHeight * (Math.min(sorted.length, leastLines) + 1) + 6}px` }}
      ref={box}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length}
      tabIndex={0}
    >
      <div class="head" role="row" style={style}>
        {columns.map((column) => (
          <Title
            key={column.title}
            column={column}
            order={order}
            onOrder={() => setOrder(turn(order, column.title))}
          />
        ))}
      </div>
      {rows.length === 0 ? (
        <p class="quiet" style={{ padding: '0 0.75rem' }}>
          {empty}
        </p>
      ) : (
        <div role="rowgroup" style={{ height: `${sorted.length * lineHeight}px` }}>
          <div style={{ transform: `translateY(${first * lineHeight}px)` }}>
            {sorted.slice(first, last).map((row, at) => (
              <div
                key={keyOf(row)}
                class="line"
                role="row"
                style={style}
                aria-rowindex={first + at + 1}
                onClick={href && (() => (location.hash = href(row)))}
              >
                {columns.map(({ title, cell, right }, place) => (
                  <div key={title} role="cell" class={right ? 'cell right' : 'cell'}>
                    {href !== undefined && place === 0 ? (
                      <a href={href(row)}>{cell(row)}</a>
                    ) : (
                      cell(row)
                    )}
                  </div>
                ))}
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  )
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
