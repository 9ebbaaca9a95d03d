// Long lists, of which somebody wants the first few in some order. Says how many there are and how many fit.

export interface ListQuery {
  /** Only what has this text in its name, its user or its address. */
  readonly search: string
  readonly limit: number
}

export interface List<Row> {
  node: string
  total: number
  /** Those that the search finds. */
  matched: number
  rows: Row[]
}

const mostRows = 1_000

/** What every list's query may have. */
export function readListQuery(query: URLSearchParams): ListQuery {
  const limit = Number(query.get('limit') ?? mostRows)
  return {
    search: (query.get('search') ?? '').toLowerCase(),
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, mostRows) : mostRows,
  }
}
