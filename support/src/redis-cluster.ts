// A real Redis Cluster for tests: primaries that share the slots evenly, each with a replica if wanted.

import calculateSlot from 'cluster-key-slot'
import { freePort } from './ports.ts'
import { type RedisServer, startRedis } from './redis.ts'
import { until } from './until.ts'

export interface RedisClusterOptions {
  /** Each primary has one. Default: none has. */
  replicas?: boolean
}

export interface RedisNode extends RedisServer {
  readonly id: string
}

export interface MoveSteps {
  /** The slot is on its way, its keys are still where they were. */
  begun?: () => Promise<unknown>
  /** Its keys have moved. */
  halfway?: () => Promise<unknown>
}

export interface RedisCluster extends AsyncDisposable {
  /** All nodes in it. */
  readonly url: string
  readonly primaries: readonly RedisNode[]
  /** One for each primary, or none. */
  readonly replicas: readonly RedisNode[]
  /** The primary that keeps a key, as the cluster was made. */
  primaryOf(key: string): RedisNode
  /** Moves a slot with its keys, as `redis-cli --cluster reshard` does. */
  move(slot: number, from: RedisNode, to: RedisNode, steps?: MoveSteps): Promise<void>
}

interface StartedNode extends RedisNode {
  /** The port on which nodes talk to each other. */
  readonly bus: number
}

const slots = 16_384
const nodeTimeoutMs = 1_000

/** Starts three primaries; resolves when all nodes know each other, and replicas follow. */
export async function startRedisCluster({
  replicas: replicated = false,
}: RedisClusterOptions = {}): Promise<RedisCluster> {
  await using stack = new AsyncDisposableStack()
  const nodes = await Promise.all(
    Array.from({ length: replicated ? 6 : 3 }, async () => stack.use(await startNode())),
  )
  const primaries = nodes.slice(0, 3)
  const replicas = nodes.slice(3)
  const share = Math.ceil(slots / primaries.length)
  await meet(nodes, primaries, share)
  await Promise.all(replicas.map((replica, i) => follow(replica, primaries[i]!)))
  const open = stack.move()
  return {
    url: `redis-cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    primaries,
    replicas,
    primaryOf: (key) => primaries[Math.floor(calculateSlot(key) / share)]!,
    async move(slot, from, to, steps = {}) {
      const set = (node: RedisNode, ...args: string[]): Promise<unknown> =>
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
    [Symbol.asyncDispose]: () => open.disposeAsync(),
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
      const last = Math.min(slots, (i + 1) * share) - 1
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
  await Promise.all(
    nodes.map(({ admin }) =>
      until(async () => everybody.test(await admin.cluster('INFO')), {
        what: 'all nodes of the cluster know each other',
        deadlineMs: 30_000,
      }),
    ),
  )
}

async function follow({ admin }: StartedNode, primary: StartedNode): Promise<void> {
  await admin.call('CLUSTER', 'REPLICATE', primary.id)
  await until(async () => (await admin.info('replication')).includes('master_link_status:up'), {
    what: 'the replica follows its primary',
    deadlineMs: 30_000,
  })
}

async function startNode(): Promise<StartedNode> {
  const bus = await freePort()
  const args = [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(bus)],
    ...['--cluster-node-timeout', String(nodeTimeoutMs)],
    // One primary that is gone is not all of them.
    ...['--cluster-require-full-coverage', 'no', '--repl-ping-replica-period', '1'],
  ]
  const redis = await startRedis({ args })
  const id = String(await redis.admin.call('CLUSTER', 'MYID'))
  return Object.assign(redis, { bus, id })
}
