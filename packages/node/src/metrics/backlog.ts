// What waits for sockets that are full: how much, how it is spread, and who is worst. Only connections whose socket is full
// are looked at. Who they are is for /debug; a metric with their names would have as many series as there are clients.

import type { Connection } from '../edge/connection.ts'
import type { Registry } from '../edge/registry.ts'
import { greatest } from '../greatest.ts'
import { Spread } from './spread.ts'

/** What one connection may have queued, in bytes; the default limit is the last but two. */
export const queueBounds: readonly number[] = [
  4_096, 16_384, 65_536, 262_144, 524_288, 1_048_576, 4_194_304, 16_777_216,
]

/** How many of the worst the metrics tell of, by rank. */
export const ranks = 5

/** One connection whose socket is full. */
export interface Slow {
  readonly connection: Connection
  readonly bytes: number
  /** Seconds since its socket was found full. */
  readonly age: number
}

export interface Backlog {
  /** Connections whose socket is full. */
  readonly connections: number
  readonly bytes: number
  readonly spread: Spread
  /** Those with the most bytes, the worst first. */
  readonly worst: readonly Slow[]
}

/** Looks at every full socket; `limit` of the worst are told of. */
export function takeBacklog(registry: Registry, now: number, limit: number = ranks): Backlog {
  const spread = new Spread(queueBounds)
  let total = 0
  function* slow(): Generator<Slow> {
    for (const [connection, since] of registry.full) {
      const bytes = connection.outlet.queued
      total += bytes
      spread.add(bytes)
      yield { connection, bytes, age: Math.max(0, now - since) / 1_000 }
    }
  }
  const worst = greatest(slow(), limit, ({ bytes }) => bytes)
  return { connections: registry.full.size, bytes: total, spread, worst }
}
