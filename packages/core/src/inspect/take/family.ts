// Where the rows that are listed belong: those above them, up to the root, and how many are right below each.

import { State } from '../../lifecycle.ts'
import { noRow } from '../../table.ts'
import type { Cut } from './cut.ts'

/** Of a long list in a deep tree, those above are many. */
const mostAbove = 1_000
const rowsPerStep = 4_096

export interface Family {
  /** The children of a row, by its number. */
  readonly children: Uint32Array
  /** Rows above the listed ones that are not listed themselves, the nearest first. */
  readonly above: readonly number[]
}

/** Finds it, in steps. */
export function* findFamily({ table }: Cut, listed: ArrayLike<number>): Generator<void, Family> {
  const { parent, state } = table
  const top = table.top[0]!
  const children = new Uint32Array(top)
  for (let row = 0; row < top; row++) {
    if (row % rowsPerStep === 0) yield
    if (state[row] !== State.dead && parent[row] !== noRow) children[parent[row]!]!++
  }
  const known = new Set<number>()
  for (let i = 0; i < listed.length; i++) {
    if (i % rowsPerStep === 0) yield
    known.add(listed[i]!)
  }
  const above: number[] = []
  for (let i = 0; i < listed.length && above.length < mostAbove; i++) {
    if (i % rowsPerStep === 0) yield
    // Whoever is known has those above it known, too, unless it is listed and its turn comes.
    for (let row = parent[listed[i]!]!; row !== noRow && !known.has(row); row = parent[row]!) {
      if (above.length === mostAbove) break
      known.add(row)
      above.push(row)
    }
  }
  return { children, above }
}
