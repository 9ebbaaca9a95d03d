// What every actor was doing at a moment of the flight: its state now, with all transitions since then taken back. Pure.
//
//   rows, the oldest first ──────●────────────────────▶ now
//                                │◀── taken back, the newest first
//                                the newest row before it says since when, and what a wait was for

import type { ActorRow, FlightRow, StateName } from '@sluice/core'

/** What an actor was doing. */
export interface Standing {
  readonly actor: string
  readonly behavior: string
  readonly state: StateName
  /** The class of its wait, where that is known. */
  readonly wait: string
  /** Since when: before now; undefined where that is longer ago than the rows reach. */
  readonly since: number | undefined
}

/** The actors of now, as a dump lists them. */
export type Final = Pick<ActorRow, 'id' | 'behavior' | 'state' | 'ms' | 'ageMs' | 'wait'>

/**
 * Everybody who lived `agoMs` ago, as far as these tell. A transition at that very moment has happened. Without the actors of
 * now, those that did nothing in that time are not known; and nobody tells when those that have died since were born.
 */
export function statesAt(
  rows: readonly FlightRow[],
  finals: readonly Final[],
  agoMs: number,
): Map<string, Standing> {
  const states = new Map<string, Standing>()
  /** Who is younger was not there yet. */
  const unborn = new Set<string>()
  for (const { id, behavior, state, ms, ageMs, wait } of finals) {
    if (ageMs < agoMs) {
      unborn.add(id)
      continue
    }
    const known = ms >= agoMs
    states.set(id, {
      actor: id,
      behavior,
      state,
      wait: wait?.class ?? '',
      since: known ? ms : undefined,
    })
  }
  const told = new Set<string>()
  for (let at = rows.length - 1; at >= 0; at--) {
    const { actor, behavior, agoMs: when, from, to, wait = '' } = rows[at]!
    if (when < agoMs) {
      if (!unborn.has(actor))
        states.set(actor, { actor, behavior, state: from, wait: '', since: undefined })
    } else if (!told.has(actor)) {
      // The newest that had happened by then.
      told.add(actor)
      if (to !== 'dead') states.set(actor, { actor, behavior, state: to, wait, since: when })
    }
  }
  return states
}

/** A time in which one handler ran without a pause. */
export interface Run {
  readonly actor: string
  readonly behavior: string
  /** Before now. */
  readonly from: number
  /** 0 for one that runs still. */
  readonly to: number
}

/** The longest runs of all, so many of them; what had begun before the rows began is counted from there. */
export function longestRuns(rows: readonly FlightRow[], limit: number): Run[] {
  const running = new Map<string, Run>()
  const runs: Run[] = []
  const begin = rows[0]?.agoMs ?? 0
  const seen = new Set<string>()
  for (const { actor, behavior, agoMs, from, to } of rows) {
    const run =
      running.get(actor) ??
      (from === 'running' && !seen.has(actor) ? { actor, behavior, from: begin, to: 0 } : undefined)
    seen.add(actor)
    if (run !== undefined) runs.push({ ...run, to: agoMs })
    running.delete(actor)
    if (to === 'running') running.set(actor, { actor, behavior, from: agoMs, to: 0 })
  }
  runs.push(...running.values())
  return runs.sort((a, b) => b.from - b.to - (a.from - a.to)).slice(0, limit)
}

/** The last rows that had happened by then, and the first that came after; so many of each. */
export function rowsAround(
  rows: readonly FlightRow[],
  agoMs: number,
  many: number,
): { before: readonly FlightRow[]; after: readonly FlightRow[] } {
  const next = rows.findIndex((row) => row.agoMs < agoMs)
  const place = next < 0 ? rows.length : next
  return {
    before: rows.slice(Math.max(0, place - many), place),
    after: rows.slice(place, place + many),
  }
}

/** The moment of the transition before this moment, or of the one after it. */
export function nextMoment(
  rows: readonly FlightRow[],
  agoMs: number,
  later: boolean,
): number | undefined {
  return later
    ? rows.find((row) => row.agoMs < agoMs)?.agoMs
    : rows.findLast((row) => row.agoMs > agoMs)?.agoMs
}
