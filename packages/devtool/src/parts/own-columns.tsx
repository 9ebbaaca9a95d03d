// Columns of what behaviours tell of themselves: in the list of all actors, and in their own tabs.

import type { ActorRow } from '@sluice/core'
import { ownRank, ownTitles, printOwn } from '../data/own.ts'
import type { Column } from './table.tsx'

type Told = Pick<ActorRow, 'more'>

/** A column for each of these names; numbers stand on the right. */
export function ownColumns(
  rows: readonly Told[],
  names: readonly string[],
  width: string,
): Column<Told>[] {
  const titles = ownTitles(names)
  return names.map((name) => {
    const values = rows.map(({ more }) => more?.[name]).filter((value) => value != null)
    const numbers = values.length > 0 && values.every((value) => typeof value === 'number')
    return {
      title: titles.get(name)!,
      width,
      right: numbers,
      cell: ({ more }) => {
        const value = more?.[name]
        return value === undefined ? '' : printOwn(name, value)
      },
      by: ({ more }) => ownRank(more?.[name], numbers),
    }
  })
}

/** All that these rows tell of, in the order in which it comes. */
export function ownNames(rows: readonly Told[]): string[] {
  return [...new Set(rows.flatMap(({ more }) => Object.keys(more ?? {})))]
}
