// Transitions by moment. Pure.

import type { FlightRow } from '@sluice/core'

export interface Moment {
  readonly total: number
  /** Into waiting. */
  readonly waits: number
}

/** So many equal moments from `oldestMs` ago until now, the oldest first. */
export function bucketsOf(rows: readonly FlightRow[], many: number, oldestMs: number): Moment[] {
  const counts = Array.from({ length: many }, () => ({ total: 0, waits: 0 }))
  for (const { agoMs, to } of rows) {
    const place = Math.floor(((oldestMs - agoMs) / oldestMs) * many)
    // A file may say anything, also that a later one was earlier.
    const moment = counts[Math.max(0, Math.min(many - 1, place))]!
    moment.total++
    if (to === 'waiting') moment.waits++
  }
  return counts
}

/** Those whose actor, or whose behaviour, is searched for. */
export function rowsOf<Row extends Pick<FlightRow, 'actor' | 'behavior'>>(
  rows: readonly Row[],
  search: string,
): readonly Row[] {
  const text = search.trim().toLowerCase()
  if (text === '') return rows
  return rows.filter(({ actor, behavior }) => `${behavior} ${actor}`.toLowerCase().includes(text))
}

/** `1.24 s`: finer than other times here, as a moment is. */
export function printAgo(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(ms < 10 ? 2 : 0)} ms` : `${(ms / 1_000).toFixed(2)} s`
}
