// The map of a Redis Cluster, kept up to date: asked for again and again, more often while something is wrong, and at once when
// Redis answers that a slot is elsewhere.
//
//   every primary that is connected ─▶ what they know, merged ─▶ the map
//   none is ─▶ whoever answers first of all nodes that were ever known, and of those in the URL

import { type Clock, SluiceError } from '@sluice/core'
import { Redis } from 'ioredis'
import { type ClusterMap, mergeViews, parseAddress, parseView, type View } from './cluster-map.ts'
import type { ResolvedRedisBusOptions } from './options.ts'
import type { Seeds } from './seeds.ts'
import type { Shard } from './shard.ts'

/** Between two looks while something is wrong, in parts of the ping's interval. */
const hurry = 4
/** At least between two looks: a slot that moves is seldom alone. */
const restMs = 20

export interface TopologyHooks {
  /** Primaries that can be asked. */
  connected: () => readonly Shard[]
  /** False while something is wrong. */
  healthy: () => boolean
  apply: (map: ClusterMap) => void
}

export class Topology {
  readonly #clock: Clock
  readonly #options: ResolvedRedisBusOptions
  readonly #seeds: Seeds
  readonly #hooks: TopologyHooks
  readonly #guests = new Set<Redis>()
  #known: readonly string[] = []
  #rested: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined = undefined
  #cancel: () => void = () => {}
  #closed = false

  constructor(seeds: Seeds, options: ResolvedRedisBusOptions, hooks: TopologyHooks) {
    this.#clock = options.clock
    this.#options = options
    this.#seeds = seeds
    this.#hooks = hooks
  }

  start(): void {
    void this.refresh()
  }

  /** Resolves when the map is no older than this call, or nobody answered. */
  refresh(): Promise<void> {
    // A look that is under way may have asked before whatever made this one necessary.
    this.#next ??= this.#rested.then(() => {
      this.#next = undefined
      const look = this.#look()
      const rest = (): Promise<void> => new Promise((resolve) => this.#clock.after(restMs, resolve))
      this.#rested = look.then(rest, rest)
      return look
    })
    return this.#next
  }

  close(): void {
    this.#closed = true
    this.#cancel()
    for (const redis of this.#guests) redis.disconnect()
  }

  async #look(): Promise<void> {
    this.#cancel()
    if (this.#closed) return
    const views = await this.#ask()
    if (this.#closed) return
    if (views.length > 0) {
      const map = mergeViews(views)
      this.#known = map.nodes
      this.#hooks.apply(map)
    }
    const { pingMs, probeMs } = this.#options
    this.#cancel = this.#clock.after(this.#hooks.healthy() ? probeMs : pingMs / hurry, () => {
      void this.refresh()
    })
  }

  async #ask(): Promise<View[]> {
    const shards = this.#hooks.connected()
    const asked = shards.map(({ address, commands }) =>
      viewOf(address, (what) => commands.call('CLUSTER', what)),
    )
    const views = (await Promise.allSettled(asked)).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    )
    if (views.length > 0) return views
    const guests = new Set([...this.#known, ...this.#seeds.addresses])
    return Promise.any([...guests].map((address) => this.#visit(address))).then(
      (view) => [view],
      () => [],
    )
  }

  /** Asks over a connection of its own. */
  async #visit(address: string): Promise<View> {
    const redis = new Redis({
      ...this.#seeds.targetOf(address).options,
      lazyConnect: true,
      connectTimeout: this.#options.commandTimeoutMs,
      commandTimeout: this.#options.commandTimeoutMs,
      retryStrategy: () => null,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
    })
    redis.on('error', () => {})
    this.#guests.add(redis)
    try {
      await redis.connect()
      return await viewOf(address, (what) => redis.call('CLUSTER', what))
    } finally {
      this.#guests.delete(redis)
      redis.disconnect()
    }
  }
}

async function viewOf(address: string, call: (what: string) => Promise<unknown>): Promise<View> {
  const [nodes, slots] = await Promise.all([call('NODES'), call('SLOTS')])
  const view = parseView(String(nodes), slots, parseAddress(address))
  if (view.claims.length === 0)
    throw new SluiceError('not_available', `${address} is in no cluster`)
  return view
}
