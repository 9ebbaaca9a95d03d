// Transitions by moment. Pure.

import type { FlightRow } from '@sluice/core'
import type { Final } from './states.ts'

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
export function rowsOf(rows: readonly FlightRow[], search: string): readonly FlightRow[] {
  return found(rows, search, ({ behavior, actor }) => `${behavior} ${actor}`)
}

/** The same of the actors of now. */
export function finalsOf(finals: readonly Final[], search: string): readonly Final[] {
  return found(finals, search, ({ behavior, id }) => `${behavior} ${id}`)
}

function found<One>(
  all: readonly One[],
  search: string,
  nameOf: (one: One) => string,
): readonly One[] {
  const text = search.trim().toLowerCase()
  return text === '' ? all : all.filter((one) => nameOf(one).toLowerCase().includes(text))
}

/** `1.24 s`: finer than other times here, as a moment is. */
export function printAgo(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(ms < 10 ? 2 : 0)} ms` : `${(ms / 1_000).toFixed(2)} s`
}
