// How rooms lie in Redis, and how channels are spoken of there.
//
//   one server    every key in one slot; PUBLISH, SUBSCRIBE
//   a cluster     16,384 slots, each with one primary; SPUBLISH, SSUBSCRIBE, which stay with the slot's primary and its replicas

import { SluiceError } from '@sluice/core'
import calculateSlot from 'cluster-key-slot'
import type { Redis } from 'ioredis'
import { clusterSlots } from './cluster-map.ts'

export interface Layout {
  readonly slots: number
  slotOf(key: string): number
  readonly publish: 'PUBLISH' | 'SPUBLISH'
  readonly message: 'messageBuffer' | 'smessageBuffer'
  /** The channels of one call are in one slot. */
  subscribe(redis: Redis, channels: readonly string[]): Promise<unknown>
  unsubscribe(redis: Redis, channels: readonly string[]): Promise<unknown>
  /**
   * Scripts that write into one slot at a time. While a slot moves, Redis can refuse one and serve the next; a publish that is
   * overtaken by a later one of its sender would be taken for a repetition.
   */
  readonly callsPerSlot: number
}

export const oneServer: Layout = {
  slots: 1,
  slotOf: () => 0,
  publish: 'PUBLISH',
  message: 'messageBuffer',
  subscribe: (redis, channels) => redis.subscribe(...channels),
  unsubscribe: (redis, channels) => redis.unsubscribe(...channels),
  callsPerSlot: Number.POSITIVE_INFINITY,
}

export const redisCluster: Layout = {
  slots: clusterSlots,
  slotOf: (key) => calculateSlot(key),
  publish: 'SPUBLISH',
  message: 'smessageBuffer',
  subscribe: (redis, channels) => redis.ssubscribe(...channels),
  unsubscribe: (redis, channels) => redis.sunsubscribe(...channels),
  callsPerSlot: 1,
}

/** Redis serves the slot elsewhere, not yet or not now; nothing was done. */
export function isRedirect(error: unknown): boolean {
  return error instanceof Error && redirects.test(error.message)
}

const redirects = /^(?:MOVED|ASK|TRYAGAIN|CLUSTERDOWN)\b/

/** What a write that Redis refused is to its caller, for want of replicas or of memory, before anything was done; else undefined. */
export function refusalOf(error: unknown): SluiceError | undefined {
  const [word] = refusals.exec(error instanceof Error ? error.message : '') ?? []
  if (word === undefined) return undefined
  return new SluiceError('not_available', `Redis takes no writes for now (${word})`)
}

const refusals = /^(?:NOREPLICAS|OOM)\b/
