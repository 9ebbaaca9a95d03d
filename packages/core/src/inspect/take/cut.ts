// The cut: what the table said at one moment, and which of its rows are asked for. The copy is one turn's work; looking
// for rows in it is not, so it may be done in slices.

import { State, type StateName, states } from '../../lifecycle.ts'
import { orphanSlackMs, type Table } from '../../table.ts'
import type { Sieve } from './filter.ts'
import { Greatest } from './greatest.ts'

/** What the table said. */
export interface Cut {
  /** Clock time. */
  readonly at: number
  /** A copy. */
  readonly table: Table
  /** Rows left out, as they were in the middle of being written: by another thread, for it cannot be else. */
  readonly torn: number
}

/** Gives its memory back at once: the collector would take its time, as it sees but a small object. */
export function dropCut({ table }: Cut): void {
  for (const { buffer } of table.columns) if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** The rows of a cut that were asked for. */
export interface Selection {
  readonly rows: readonly number[] | Uint32Array
  /** Those that pass, whatever the limit. */
  readonly matched: number
  /** Actors alive. */
  readonly total: number
  readonly population: Record<StateName, number>
  readonly orphans: ReadonlySet<number>
}

/** Says how far in front a row belongs. */
export type Rank = (row: number, table: Table) => number

/** Rows between two places where one may stop for a while. */
const rowsPerStep = 1_024

/** Which part of the rows that pass. */
export interface Part {
  /** So many of the first are left out. */
  readonly skip?: number
  readonly limit: number
}

/** Selects the rows that pass, in the order of the table unless they are ranked. */
export function* selectRows(
  cut: Cut,
  sieve: Sieve,
  { skip = 0, limit }: Part,
  rank?: Rank,
): Generator<void, Selection> {
  const { table } = cut
  const { state } = table
  const orphans = yield* findOrphans(cut)
  const top = table.top[0]!
  const counts = states.map(() => 0)
  const rows: number[] = []
  const greatest = rank && new Greatest(Math.min(skip + limit, top))
  let matched = 0
  for (let row = 0; row < top; row++) {
    if (row % rowsPerStep === 0) yield
    const is = state[row]!
    counts[is]!++
    if (is === State.dead || !sieve(table, row, orphans)) continue
    if (greatest !== undefined) greatest.offer(row, rank!(row, table))
    else if (matched >= skip && rows.length < limit) rows.push(row)
    matched++
  }
  counts[State.dead] = 0
  return {
    rows: greatest?.list().subarray(skip) ?? rows,
    matched,
    total: counts.reduce((sum, count) => sum + count, 0),
    population: Object.fromEntries(states.map((name, is) => [name, counts[is]!])) as Record<
      StateName,
      number
    >,
    orphans,
  }
}

/** Who lives on although its grace time is over, and has no children that it could be waiting for. */
function* findOrphans({ table, at }: Cut): Generator<void, Set<number>> {
  const { state, endedAt, graceUntil, parent } = table
  const top = table.top[0]!
  const late = at - orphanSlackMs
  const found = new Set<number>()
  for (let row = 0; row < top; row++) {
    if (row % rowsPerStep === 0) yield
    if (endedAt[row] === Infinity || state[row] === State.dead) continue
    if (graceUntil[row]! < late) found.add(row)
  }
  for (let row = 0; row < top && found.size > 0; row++) {
    if (row % rowsPerStep === 0) yield
    if (state[row] !== State.dead) found.delete(parent[row]!)
  }
  return found
}
