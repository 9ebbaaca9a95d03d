// What the in-memory bus may be told, and what it does when it is not.

import { type Clock, type Events, SluiceError, systemClock } from '@sluice/core'
import type { BusEvent } from './events.ts'

export interface MemoryBusOptions {
  /** Default: the system's. */
  clock?: Clock
  /** Hears what the bus tells about itself. */
  events?: Events<BusEvent>
  /** Makes the epoch of a new stream, unlike earlier ones of the same room. Default: 32 random bits. */
  nextEpoch?: () => string
  /** How long a stream that is neither published to nor read keeps its epoch and offset. Default 604,800,000 (7 days). */
  historyMetaTtlMs?: number
  /** What all streams together may hold, roughly; beyond it those unused for longest are dropped. Default 268,435,456. */
  maxHistoryBytes?: number
  /** Keys held; the newest half always counts. Default 100,000. */
  maxIdempotencyKeys?: number
  /** Deliveries in line because rooms publish while they hear; beyond it publishing fails. Default 65,536. */
  maxLine?: number
  /** Between two sweeps for what has expired. Expiry itself is exact and does not wait for them. Default 1,000. */
  sweepMs?: number
}

export const memoryBusDefaults: Required<Omit<MemoryBusOptions, 'events'>> = {
  clock: systemClock,
  nextEpoch: () => crypto.randomUUID().slice(0, 8),
  historyMetaTtlMs: 604_800_000,
  maxHistoryBytes: 268_435_456,
  maxIdempotencyKeys: 100_000,
  maxLine: 65_536,
  sweepMs: 1_000,
}

export type ResolvedMemoryBusOptions = typeof memoryBusDefaults & Pick<MemoryBusOptions, 'events'>

/** The options with their defaults; throws `option_invalid` for a limit that is none. */
export function resolveMemoryBusOptions(options: MemoryBusOptions): ResolvedMemoryBusOptions {
  const resolved = { ...memoryBusDefaults, ...options }
  for (const name of limits) {
    const value = resolved[name]
    if (Number.isSafeInteger(value) && value > 0) continue
    throw new SluiceError('option_invalid', `${name}: expected a positive integer, got ${value}`)
  }
  return resolved
}

const limits = [
  'historyMetaTtlMs',
  'maxHistoryBytes',
  'maxIdempotencyKeys',
  'maxLine',
  'sweepMs',
] as const
