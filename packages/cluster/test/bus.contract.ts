// What every bus promises. An implementation passes a maker of clusters, and all of this holds:
//
//   busContract('the memory bus', async () => …)
//
// Nothing here assumes that a delivery has arrived when a call is back, nor sleeps: a test waits for deliveries, and
// proves silence by a fence, a later publication of the same node that must be heard first.

import { describe } from 'vitest'
import type { Bus, BusHost } from '../src/index.ts'
import { askingPromises } from './contract/asking.ts'
import { closingPromises } from './contract/closing.ts'
import { deliveryPromises } from './contract/delivery.ts'
import { figuresPromises } from './contract/figures.ts'
import { healthPromises } from './contract/health.ts'
import { historyPromises } from './contract/history.ts'
import { idempotencyPromises } from './contract/idempotency.ts'
import { owningPromises } from './contract/owning.ts'
import { presencePromises } from './contract/presence.ts'

/** Nodes that share one bus; empty at first. */
export interface Cluster {
  /** One more node; resolves when its bus is ready. */
  join(host: BusHost): Promise<Bus>
  /** Resolves when at least this much time has passed for the bus. */
  elapse(ms: number): Promise<void>
  /** Closes every bus that is still open. */
  close(): Promise<void>
}

export type MakeCluster = () => Promise<Cluster>

export function busContract(name: string, makeCluster: MakeCluster): void {
  describe(`${name}: deliveries`, () => {
    deliveryPromises(makeCluster)
  })
  describe(`${name}: history`, () => {
    historyPromises(makeCluster)
  })
  describe(`${name}: idempotency`, () => {
    idempotencyPromises(makeCluster)
  })
  describe(`${name}: presence and members`, () => {
    presencePromises(makeCluster)
  })
  describe(`${name}: owners`, () => {
    owningPromises(makeCluster)
  })
  describe(`${name}: questions`, () => {
    askingPromises(makeCluster)
  })
  describe(`${name}: figures`, () => {
    figuresPromises(makeCluster)
  })
  describe(`${name}: health`, () => {
    healthPromises(makeCluster)
  })
  describe(`${name}: closing`, () => {
    closingPromises(makeCluster)
  })
}
