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

/** The `limit` greatest by `rank`, the greatest first. One pass, and no more kept than is wanted. */
export function greatest<Item>(
  items: Iterable<Item>,
  limit: number,
  rank: (item: Item) => number,
): Item[] {
  const best: { item: Item; key: number }[] = []
  for (const item of items) {
    const key = rank(item)
    const least = best.at(-1)
    if (best.length >= limit && least !== undefined && key <= least.key) continue
    best.splice(placeFor(best, key), 0, { item, key })
    if (best.length > limit) best.pop()
  }
  return best.map(({ item }) => item)
}

/** Behind all that are as great. */
function placeFor(best: readonly { key: number }[], key: number): number {
  let [low, high] = [0, best.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (best[middle]!.key >= key) low = middle + 1
    else high = middle
  }
  return low
}
