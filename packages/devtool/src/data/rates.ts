// How fast counters of rows grow, from one answer to the next.

import { useRef } from 'preact/hooks'

interface Look {
  readonly at: number
  readonly counts: ReadonlyMap<string, number>
}

/** The rate of a row per second, by its key; undefined until it was seen twice. */
export function useRates<Row>(
  rows: readonly Row[] | undefined,
  at: number,
  read: (row: Row) => [key: string, count: number],
): (key: string) => number | undefined {
  const looks = useRef<{ last?: Look; before?: Look }>({})
  if (rows !== undefined && looks.current.last?.at !== at) {
    const look = { at, counts: new Map(rows.map(read)) }
    looks.current = { last: look, ...(looks.current.last && { before: looks.current.last }) }
  }
  const { last, before } = looks.current
  return (key) => {
    const [now, then] = [last?.counts.get(key), before?.counts.get(key)]
    if (now === undefined || then === undefined || now < then || last!.at <= before!.at)
      return undefined
    return ((now - then) * 1_000) / (last!.at - before!.at)
  }
}
