// A list of any length of which only some pages are here: those that somebody has looked at lately. Pure.

/** So many rows come at a time. */
export const pageSize = 100
/** So many pages stay; of more, those go that are furthest from the newest. */
const mostPages = 40

export interface Page<Row> {
  readonly rows: readonly Row[]
}

export interface Pages<Row, P extends Page<Row> = Page<Row>> {
  /** How long the list is. */
  readonly count: number
  /** By their number. */
  readonly known: ReadonlyMap<number, P>
}

/** A list of which nothing is here but how long it is. */
export function unread<Row, P extends Page<Row>>(count: number): Pages<Row, P> {
  return { count, known: new Map() }
}

export function rowAt<Row>({ known }: Pages<Row>, at: number): Row | undefined {
  return known.get(Math.floor(at / pageSize))?.rows[at % pageSize]
}

/** The pages of which a line is in sight. */
export function pagesIn(count: number, first: number, last: number): number[] {
  const from = Math.floor(Math.max(0, first) / pageSize)
  const to = Math.ceil(Math.min(count, last) / pageSize)
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}

/** The same with a page, and with what that says about how long the list is; pages of `kept` rows stay. */
export function withPage<Row, P extends Page<Row>>(
  { known }: Pages<Row, P>,
  number: number,
  page: P,
  count: number,
  kept: (row: Row) => boolean = () => false,
): Pages<Row, P> {
  const all = [...known, [number, page] as const].filter(([one]) => one * pageSize < count)
  const near = [...new Map(all)].sort(([a], [b]) => Math.abs(a - number) - Math.abs(b - number))
  const stay = near.filter(([, { rows }], place) => place < mostPages || rows.some(kept))
  return { count, known: new Map(stay) }
}
