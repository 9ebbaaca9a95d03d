// Transitions by moment. Pure.

import type { FlightRow } from '@sluice/core'

export interface Moment {
  readonly total: number
  /** Into waiting. */
  readonly waits: number
}

/** So many equal moments from the oldest row until now, the oldest first. */
export function bucketsOf(
  rows: readonly FlightRow[],
  many: number,
): { counts: Moment[]; oldestMs: number } {
  const oldestMs = rows.reduce((most, { agoMs }) => Math.max(most, agoMs), 1)
  const counts = Array.from({ length: many }, () => ({ total: 0, waits: 0 }))
  for (const { agoMs, to } of rows) {
    const place = Math.min(many - 1, Math.floor(((oldestMs - agoMs) / oldestMs) * many))
    const moment = counts[place]!
    moment.total++
    if (to === 'waiting') moment.waits++
  }
  return { counts, oldestMs }
}

/** Those that happened at most `from` and more than `to` milliseconds ago; what happened now is in the last moment. */
export function rowsWithin(rows: readonly FlightRow[], from: number, to: number): FlightRow[] {
  return rows.filter(({ agoMs }) => agoMs <= from && (agoMs > to || (to <= 0 && agoMs >= 0)))
}
