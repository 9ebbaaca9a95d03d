// The flight recorder, as it is now: what every actor did in the last seconds.

import { type FlightRow, readFlight, shareSystem } from '@sluice/core'
import type { Services } from '../services.ts'
import { readQuery, whole } from './query.ts'

export interface Flight {
  node: string
  takenAt: string
  /** Of how long. */
  lastMs: number
  /** Fewer than there were, when the limit cut them: then the oldest are missing. */
  rows: FlightRow[]
}

const longestMs = 3_600_000
const mostRows = 20_000

/** The last `ms` milliseconds of the query; 5,000 unless it says otherwise. */
export function viewFlight({ system, options }: Services, query: URLSearchParams): Flight {
  const { ms: lastMs } = readQuery(query, { ms: whole(1, longestMs, 5_000) })
  return {
    node: options.name,
    takenAt: new Date(system.clock.wall()).toISOString(),
    lastMs,
    rows: readFlight(shareSystem(system), { now: system.clock.now(), lastMs, limit: mostRows }),
  }
}
