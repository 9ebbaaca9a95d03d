// By what the busiest actors are found. From the table's columns alone, so that a million rows cost no object.

import { setTimeout as pause } from 'node:timers/promises'
import type { Rank, System } from '@sluice/core'

export const rankNames = ['rate', 'handled', 'mailbox', 'state', 'age'] as const

export type RankName = (typeof rankNames)[number]

/** Over so long a rate is measured. */
export const rateMs = 500

/** The rank of a row in the copy that a dump is made of. `rate` takes its time: it counts for `rateMs`. */
export async function rankFor({ table: live }: System, name: RankName): Promise<Rank> {
  switch (name) {
    case 'rate': {
      const top = live.top[0]
      const before = live.handled.slice(0, top)
      const whose = live.generation.slice(0, top)
      await pause(rateMs)
      // A row that another actor has taken meanwhile counts from nothing.
      return (row, { handled, generation }) =>
        handled[row]! - (whose[row] === generation[row] ? (before[row] ?? 0) : 0)
    }
    case 'handled':
      return (row, { handled }) => handled[row]!
    case 'mailbox':
      return (row, { depth }) => depth[row]!
    case 'state':
      return (row, { since }) => -since[row]!
    case 'age':
      return (row, { spawnedAt }) => -spawnedAt[row]!
  }
}
