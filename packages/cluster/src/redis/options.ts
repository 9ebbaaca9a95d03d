// What the Redis bus may be told, and what it does when it is not. Every time is configurable, so that tests run at a
// fraction of the scale.

import { type Clock, type Events, SluiceError, systemClock } from '@sluice/core'
import type { BusEvent } from '../events.ts'

export interface RedisBusOptions {
  /**
   * `redis://[user:password@]host:port[/db]`, `rediss://…`, `redis-sentinel://host:port,host:port/primary-name`, or
   * `redis-cluster://[user:password@]host:port,host:port`, `rediss-cluster://…`.
   */
  url: string
  /** Default: the system's. */
  clock?: Clock
  /** 0 to 1. Default Math.random. */
  random?: () => number
  /** Hears what the bus tells about itself. */
  events?: Events<BusEvent>
  /** Before every key and channel: clusters of one Redis are told apart by it. Default "sluice". */
  prefix?: string
  /** Between two renewals of the lease. Default 3,000. */
  beatMs?: number
  /** A node that did not renew for so long is out. Default 9,000. */
  leaseMs?: number
  /** Between two looks at whether the connections answer. Default 1,000. */
  pingMs?: number
  /** A command without an answer for so long means that the connection is dead. Default 1,000. */
  commandTimeoutMs?: number
  /** Default 3,000. */
  connectTimeoutMs?: number
  /** The longest pause before a new connection, with full jitter from 50 doubling. Default 2,000. */
  retryMaxMs?: number
  /** Silence after which a message to oneself must come back. Default 5,000. */
  probeMs?: number
  /** How often each room's position is compared with its stream. Default 40,000. */
  verifyMs?: number
  /** How long a publish that needs a stream may take, a lost link included. Default 2,000. */
  publishTimeoutMs?: number
  /** What may wait to be sent, and apart from it what may wait to be delivered. Default 33,554,432. */
  maxQueueBytes?: number
  /** How long a stream that is not used keeps its epoch and offset. Default 604,800,000 (7 days). */
  historyMetaTtlMs?: number
}

export const redisBusDefaults: Required<Omit<RedisBusOptions, 'url' | 'events'>> = {
  clock: systemClock,
  random: Math.random,
  prefix: 'sluice',
  beatMs: 3_000,
  leaseMs: 9_000,
  pingMs: 1_000,
  commandTimeoutMs: 1_000,
  connectTimeoutMs: 3_000,
  retryMaxMs: 2_000,
  probeMs: 5_000,
  verifyMs: 40_000,
  publishTimeoutMs: 2_000,
  maxQueueBytes: 33_554_432,
  historyMetaTtlMs: 604_800_000,
}

export type ResolvedRedisBusOptions = typeof redisBusDefaults &
  Pick<RedisBusOptions, 'url' | 'events'>

/** The options with their defaults; throws `option_invalid` for a limit that is none. */
export function resolveRedisBusOptions(options: RedisBusOptions): ResolvedRedisBusOptions {
  const resolved = { ...redisBusDefaults, ...options }
  for (const [name, value] of Object.entries(resolved)) {
    if (typeof value !== 'number' || (Number.isSafeInteger(value) && value > 0)) continue
    throw new SluiceError('option_invalid', `${name}: expected a positive integer, got ${value}`)
  }
  if (resolved.leaseMs < 2 * resolved.beatMs) {
    throw new SluiceError('option_invalid', 'leaseMs: must be at least twice beatMs')
  }
  return resolved
}
