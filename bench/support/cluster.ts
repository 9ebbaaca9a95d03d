// The nodes of one contender, and the Redis between them: all on the server's core, so that a figure a CPU second
// compares with that of one server.
//
//   redis ═╦═ node 1      a node takes part once `/ready` says so: before that its rooms are its own
//          ╚═ node 2

import { setTimeout as sleep } from 'node:timers/promises'
import { type RedisServer, startRedis } from '@sluice/test-support'
import type { Target } from '../swarm/scenario.ts'
import type { Contender } from './contenders.ts'
import { onCore } from './machine.ts'
import { type Server, startServer } from './server.ts'

/** A contender as it runs on several nodes. */
export interface ClusterContender extends Contender {
  nodes: number
  redis: boolean
  /** Further arguments of each node. */
  joins: (redisUrl: string, node: number) => string[]
  /** Where a node says that it hears the others; absent if it takes connections no sooner. */
  readyPath?: string
}

export interface Cluster extends AsyncDisposable {
  nodes: [Server, ...Server[]]
  redis: RedisServer | undefined
  target: Target
}

const readyMs = 60_000

export async function startCluster(
  contender: ClusterContender,
  core: number | undefined,
): Promise<Cluster> {
  await using stack = new AsyncDisposableStack()
  const redis = contender.redis ? stack.use(await startRedis({ run: onCore(core) })) : undefined
  const startNode = async (node: number): Promise<Server> => {
    const joins = redis === undefined ? [] : contender.joins(redis.url, node)
    const server = await startServer(
      { ...contender, command: [...contender.command, ...joins] },
      core,
    )
    stack.use(server)
    if (contender.readyPath !== undefined) await ready(server.port, contender.readyPath)
    return server
  }
  const nodes: Cluster['nodes'] = [await startNode(1)]
  for (let node = 2; node <= contender.nodes; node += 1) nodes.push(await startNode(node))
  const [first, ...others] = nodes.map(({ port, pid }) => ({ port, pid }))
  const moved = stack.move()
  return {
    nodes,
    redis,
    target: { nodes: [first!, ...others], redisPid: redis?.pid, dialect: contender.dialect },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}

async function ready(port: number, path: string): Promise<void> {
  const end = performance.now() + readyMs
  while (performance.now() < end) {
    const { ok } = await fetch(`http://127.0.0.1:${port}${path}`)
    if (ok) return
    await sleep(20)
  }
  throw new Error(`the node on port ${port} does not get ready`)
}
