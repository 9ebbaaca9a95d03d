// A real Redis Cluster for tests: primaries that share the slots evenly, each with a replica if wanted.

import calculateSlot from 'cluster-key-slot'
import { Redis } from 'ioredis'
import { vi } from 'vitest'
import { clusterSlots } from '../../src/redis/cluster-map.ts'
import { freePort, startRedis, type TestRedis } from './server.ts'

export interface ClusterNode extends TestRedis {
  readonly id: string
  /** Of the test's own. */
  readonly admin: Redis
}

export interface MoveSteps {
  /** The slot is on its way, its keys are still where they were. */
  begun?: () => Promise<unknown>
  /** Its keys have moved. */
  halfway?: () => Promise<unknown>
}

export interface TestCluster {
  /** All nodes in it. */
  readonly url: string
  readonly primaries: readonly ClusterNode[]
  /** One for each primary, or none. */
  readonly replicas: readonly ClusterNode[]
  /** The primary that keeps a key, as the cluster was made. */
  primaryOf(key: string): ClusterNode
  /** Moves a slot with its keys, as `redis-cli --cluster reshard` does. */
  move(slot: number, from: ClusterNode, to: ClusterNode, steps?: MoveSteps): Promise<void>
  stop(): Promise<void>
}

interface StartedNode extends ClusterNode {
  /** The port on which nodes talk to each other. */
  readonly bus: number
}

const nodeTimeoutMs = 1_000

export async function startCluster(options: { replicas?: boolean } = {}): Promise<TestCluster> {
  const count = options.replicas === true ? 6 : 3
  const nodes = await Promise.all(Array.from({ length: count }, startNode))
  const primaries = nodes.slice(0, 3)
  const replicas = nodes.slice(3)
  const share = Math.ceil(clusterSlots / primaries.length)
  const stop = async (): Promise<void> => {
    for (const { admin } of nodes) admin.disconnect()
    await Promise.all(nodes.map((node) => node.stop()))
  }
  try {
    await meet(nodes, primaries, share)
    await Promise.all(replicas.map((replica, i) => follow(replica, primaries[i]!)))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: `redis-cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    primaries,
    replicas,
    primaryOf: (key) => primaries[Math.floor(calculateSlot(key) / share)]!,
    async move(slot, from, to, steps = {}) {
      const set = (node: ClusterNode, ...args: string[]): Promise<unknown> =>
        node.admin.call('CLUSTER', 'SETSLOT', String(slot), ...args)
      await set(to, 'IMPORTING', from.id)
      await set(from, 'MIGRATING', to.id)
      await steps.begun?.()
      const keys = (await from.admin.call('CLUSTER', 'GETKEYSINSLOT', slot, 1_000)) as string[]
      const where = ['127.0.0.1', String(to.port), '', '0', '5000', 'KEYS'] as const
      if (keys.length > 0) await from.admin.call('MIGRATE', ...where, ...keys)
      await steps.halfway?.()
      await set(to, 'NODE', to.id)
      await set(from, 'NODE', to.id)
      const others = primaries.filter((node) => node !== to && node !== from)
      await Promise.all(others.map((node) => set(node, 'NODE', to.id)))
    },
    stop,
  }
}

/** Deals the slots out, and makes one cluster of all nodes. */
async function meet(
  nodes: readonly StartedNode[],
  primaries: readonly StartedNode[],
  share: number,
): Promise<void> {
  await Promise.all(
    primaries.map(async ({ admin }, i) => {
      const last = Math.min(clusterSlots, (i + 1) * share) - 1
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', String(i * share), String(last))
      await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1))
    }),
  )
  const [first, ...others] = nodes
  for (const { port, bus } of others) {
    // oxlint-disable-next-line no-await-in-loop -- a handful
    await first!.admin.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(bus))
  }
  const everybody = new RegExp(`cluster_state:ok[^]*cluster_known_nodes:${nodes.length}\\r`)
  await Promise.all(nodes.map(({ admin }) => told(() => admin.cluster('INFO'), everybody)))
}

async function follow({ admin }: StartedNode, primary: StartedNode): Promise<void> {
  await admin.call('CLUSTER', 'REPLICATE', primary.id)
  await told(() => admin.info('replication'), /master_link_status:up/)
}

/** Nodes of a cluster tell each other, and nobody else: they are asked until they say so. */
async function told(ask: () => Promise<string>, words: RegExp): Promise<void> {
  const look = async (): Promise<void> => {
    const answer = await ask()
    if (!words.test(answer)) throw new Error(`not told yet: ${words.source}, but ${answer}`)
  }
  await vi.waitFor(look, { timeout: 10_000, interval: 50 })
}

async function startNode(): Promise<StartedNode> {
  const bus = await freePort()
  const redis = await startRedis(
    ...['--cluster-enabled', 'yes', '--cluster-port', String(bus)],
    ...['--cluster-node-timeout', String(nodeTimeoutMs)],
    // One primary that is gone is not all of them.
    ...['--cluster-require-full-coverage', 'no'],
    ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
  )
  const admin = new Redis(redis.url, { retryStrategy: () => null })
  admin.on('error', () => {})
  return { ...redis, bus, admin, id: String(await admin.call('CLUSTER', 'MYID')) }
}
