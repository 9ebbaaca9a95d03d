// Nodes for a test of the contract: listeners that joined one cluster, closed when the test ends.

import { onTestFinished } from 'vitest'
import type { Bus } from '../../src/index.ts'
import type { Cluster, MakeCluster } from '../bus.contract.ts'
import { createListener, type Listener, type ListenerOptions } from '../listener.ts'

/** A listener and its bus. */
export interface Node extends Listener {
  readonly bus: Bus
}

export interface Nodes {
  readonly cluster: Cluster
  join: (name: string, options?: ListenerOptions) => Promise<Node>
}

export const plain = {}
export const kept = { history: { size: 100, ttlMs: 60_000 } }
export const past = kept.history

export async function startNodes(makeCluster: MakeCluster): Promise<Nodes> {
  const cluster = await makeCluster()
  onTestFinished(() => cluster.close())
  return {
    cluster,
    async join(name, options) {
      const listener = createListener(name, options)
      return { ...listener, bus: await cluster.join(listener) }
    },
  }
}

/** One at each of three primaries that share the slots evenly: only what one of them brings has an order. */
const fences = ['fence-1', 'fence-2', 'fence-3']

/** Resolves when `hearer` has heard all that `speaker` published until now: whatever it lacks then, it never gets. */
export async function fence(speaker: Node, ...hearers: Node[]): Promise<void> {
  await Promise.all(
    fences.map(async (room) => {
      const marks = hearers.map((hearer) => hearer.heard(room).length + 1)
      await Promise.all(hearers.map(async (hearer) => hearer.bus.subscribe(room)))
      await speaker.bus.publish(room, '"fence"', plain)
      await Promise.all(hearers.map((hearer, i) => hearer.deliveries(room, marks[i] ?? 1)))
    }),
  )
}

/** Publishes one after the other, each when the one before is in the stream. */
export async function publishAll(
  node: Node,
  room: string,
  data: string[],
  options: Parameters<Bus['publish']>[2],
): Promise<void> {
  for (const one of data) await node.bus.publish(room, one, options)
}

/** '1', '2', … */
export function numbers(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, i) => String(from + i))
}
