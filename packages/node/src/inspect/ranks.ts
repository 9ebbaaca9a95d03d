// By what the busiest actors are found. From the table's columns alone, so that a million rows cost no object.

import { setTimeout as pause } from 'node:timers/promises'
import type { System } from '@sluice/core'

export const rankNames = ['rate', 'handled', 'mailbox', 'state', 'age'] as const

export type RankName = (typeof rankNames)[number]

/** Over so long a rate is measured. */
export const rateMs = 500

/** The rank of a row; the greatest is wanted first. `rate` takes its time: it counts for `rateMs`. */
export async function rankFor({ table }: System, name: RankName): Promise<(row: number) => number> {
  switch (name) {
    case 'rate': {
      const before = table.handled.slice(0, table.top[0])
      const { serial } = table
      const whose = serial.slice(0, table.top[0])
      await pause(rateMs)
      // A row that another actor has taken meanwhile counts from nothing.
      return (row) => table.handled[row]! - (whose[row] === serial[row] ? (before[row] ?? 0) : 0)
    }
    case 'handled':
      return (row) => table.handled[row]!
    case 'mailbox':
      return (row) => table.depth[row]!
    case 'state':
      return (row) => -table.since[row]!
    case 'age':
      return (row) => -table.spawnedAt[row]!
  }
}
