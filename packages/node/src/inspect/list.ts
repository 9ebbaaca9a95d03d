// Long lists, of which somebody wants the first few in some order. Says how many there are and how many fit.

import { anyText, type Leaf, whole, word } from './query.ts'

export interface List<Row> {
  node: string
  total: number
  /** Those that the search finds. */
  matched: number
  rows: Row[]
}

interface ListKeys<Sort extends string> {
  /** Only what has this text in its name, its user or its address. In lower case. */
  readonly search: Leaf<string>
  readonly sort: Leaf<Sort>
  readonly limit: Leaf<number>
}

const mostRows = 1_000

/** What a list that can be sorted so may be asked; by the first of them when it is not said how. */
export function listKeys<const S extends readonly [string, ...string[]]>(
  ...sorts: S
): ListKeys<S[number]> {
  return {
    search: anyText().transform((text) => text.toLowerCase()),
    sort: word(...sorts),
    limit: whole(1, mostRows, mostRows),
  }
}
