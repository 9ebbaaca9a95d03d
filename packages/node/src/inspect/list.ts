// Long lists, of which somebody wants the first few in some order. Says how many there are and how many fit.

import { anyText, readQuery, whole, word } from './query.ts'

export interface ListQuery<Sort extends string> {
  /** Only what has this text in its name, its user or its address. In lower case. */
  readonly search: string
  readonly sort: Sort
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

/** The query of a list that can be sorted so; by the first of them when it does not say how. Throws a NoView. */
export function readListQuery<const S extends readonly [string, ...string[]]>(
  query: URLSearchParams,
  ...sorts: S
): ListQuery<S[number]> {
  const { search, sort, limit } = readQuery(query, {
    search: anyText(),
    sort: word(...sorts),
    limit: whole(1, mostRows, mostRows),
  })
  return { search: search.toLowerCase(), sort, limit }
}
