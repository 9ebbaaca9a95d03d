// Three nodes on one Redis under load, for what only whole nodes can show: they stay from round to round, clients and their
// history are new in each.

import type { NodeConfig } from '@sluice/node'
import { type RedisServer, startRedis } from '@sluice/test-support'
import { checkHistory, type CheckOptions } from '../cluster/checker.ts'
import { type ClusterNode, type Nodes, startNodes } from '../cluster/nodes.ts'
import { Swarm } from '../cluster/swarm.ts'
import { oneOf } from '../random.ts'
import { lineOf } from './peer.ts'
import { TimedHistory } from './timed-history.ts'

export interface ClusterSettings {
  readonly clients: number
  readonly random: () => number
  readonly config?: NodeConfig
}

/** A tenth of the default leases. */
export const briefTimes = { beatMs: 300, leaseMs: 900 }

/** What one round plays with. */
export interface Load {
  readonly swarm: Swarm
  readonly history: TimedHistory
}

export class LoadedCluster implements AsyncDisposable {
  readonly redis: RedisServer
  readonly nodes: Nodes
  /** Of this round: keys of idempotency outlive a round, and are made of rooms' names. */
  rooms: readonly string[] = []
  readonly settings: ClusterSettings
  readonly #stack: AsyncDisposableStack
  #rounds = 0

  private constructor(
    redis: RedisServer,
    nodes: Nodes,
    settings: ClusterSettings,
    stack: AsyncDisposableStack,
  ) {
    this.redis = redis
    this.nodes = nodes
    this.settings = settings
    this.#stack = stack
  }

  static async start(settings: ClusterSettings): Promise<LoadedCluster> {
    await using stack = new AsyncDisposableStack()
    const redis = stack.use(await startRedis())
    const configs = ['a', 'b', 'c'].map((name): NodeConfig => ({
      ...{ name, redis: redis.url, insecure: true, log: { level: 'warn' } },
      rooms: {
        default: { presence: true, history: { size: 5_000, ttl: '300s' }, recover: true },
      },
      ...settings.config,
    }))
    const nodes = stack.use(await startNodes(configs))
    return new LoadedCluster(redis, nodes, settings, stack.move())
  }

  /** Plays with clients that publish and hear; resolves with what the checker finds. */
  async round(play: (load: Load) => Promise<void>, options?: CheckOptions): Promise<string[]> {
    const { clients, random } = this.settings
    const history = new TimedHistory()
    const round = this.#rounds++
    // Some twenty clients in each, of which every one is in two.
    const count = Math.max(4, Math.round(clients / 10))
    const rooms = Array.from({ length: count }, (_, nth) => `room-${round}-${nth}`)
    this.rooms = rooms
    const { nodes } = this
    await using swarm = new Swarm({ history, nodes, clients, rooms, random })
    await swarm.settles()
    swarm.publish()
    await play({ swarm, history })
    await swarm.quiesce()
    return [...checkHistory(history.events, options).findings.map(lineOf), ...swarm.faults]
  }

  /** Any one of those that run. */
  oneNode(): ClusterNode {
    return oneOf(this.nodes.running, this.settings.random)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }
}
