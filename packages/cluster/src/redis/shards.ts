// The primaries of Redis, and which of them keeps what: one that keeps everything, or those of a cluster.
//
//   key, channel ─▶ slot ─▶ shard           MOVED, ASK, TRYAGAIN ─▶ a new look at the map ─▶ again, in the order of the calls
//   a new map ─▶ channels of moved slots ─▶ released, adopted ─▶ their rooms compared
//
// A primary is its address: the replica that is promoted is another shard, to which the slots move.

import { type Clock, SluiceError } from '@sluice/core'
import type { LinkHealth, LinkState } from '../bus.ts'
import type { ClusterMap } from './cluster-map.ts'
import type { Answer, Argument, Channels, Commands, Script, Slots } from './commands.ts'
import { isRedirect, type Layout, oneServer, redisCluster, refusalOf } from './layout.ts'
import type { ResolvedRedisBusOptions } from './options.ts'
import { parseSeeds } from './seeds.ts'
import type { Session } from './session.ts'
import { Shard, type ShardHooks } from './shard.ts'
import { parseTarget, type Target } from './target.ts'
import { Topology } from './topology.ts'

export interface ShardsHooks {
  received: (channel: string, bytes: Buffer) => void
  /** Compares every room in these slots with its stream. */
  compare: (slots: Slots) => Promise<void>
  /** These slots are out of reach, or elsewhere: what is known of their rooms is in doubt. */
  suspend: (slots: Slots) => void
  /** Something can be sent that could not. */
  resume: () => void
  lost: (connection: 'commands' | 'pushes', why: string) => void
  /** The link of one primary moved on. */
  stepped: (state: LinkState) => void
  /** The link as a whole did. */
  changed: (state: LinkState) => void
  /** A channel for probes, one for each number. */
  probe: (number: number) => string
}

/** Between two tries of what Redis refuses while a slot moves. */
const againMs = 50

export class Shards implements Commands, Channels {
  readonly layout: Layout
  readonly #options: ResolvedRedisBusOptions
  readonly #clock: Clock
  readonly #scripts: readonly Script[]
  readonly #hooks: ShardsHooks
  readonly #topology: Topology | undefined
  readonly #targetOf: (address: string) => Target
  readonly #shards = new Map<string, Shard>()
  #table: (Shard | undefined)[]
  /** Wanted channels whose slot nobody serves, as far as we know. */
  readonly #unplaced = new Set<string>()
  /** The last of those that wait for a slot to be served again. */
  readonly #detours = new Map<number, Promise<unknown>>()
  readonly #renewing = new Set<Shard>()
  readonly #since: number
  #last: LinkState = 'connecting'
  #closed = false

  constructor(options: ResolvedRedisBusOptions, scripts: readonly Script[], hooks: ShardsHooks) {
    const seeds = parseSeeds(options.url)
    this.layout = seeds === undefined ? oneServer : redisCluster
    this.#options = options
    this.#clock = options.clock
    this.#scripts = scripts
    this.#hooks = hooks
    this.#since = options.clock.now()
    this.#table = Array.from({ length: this.layout.slots })
    this.#targetOf = (address) => seeds?.targetOf(address) ?? parseTarget(options.url)
    this.#topology =
      seeds &&
      new Topology(seeds, options, {
        connected: () => [...this.#shards.values()].filter(({ commands }) => commands.up),
        healthy: () => this.state === 'up',
        apply: (map) => this.#apply(map),
      })
    if (seeds === undefined) this.#table[0] = this.#shard('')
  }

  start(): void {
    for (const shard of this.#shards.values()) shard.start()
    this.#topology?.start()
  }

  /** The worst of all: what is missing is missing, however well the rest goes. */
  get state(): LinkState {
    if (this.#closed) return 'closed'
    const states = new Set<LinkState>()
    for (const { link } of this.#shards.values()) states.add(link.state)
    if (states.size > 0 && this.#table.includes(undefined)) return 'down'
    return (
      (['down', 'connecting', 'resyncing', 'up'] as const).find((one) => states.has(one)) ??
      'connecting'
    )
  }

  /** By address. */
  health(): LinkHealth[] {
    const all = [...this.#shards.values()].map((shard) => shard.health())
    return all.toSorted((a, b) => (a.address < b.address ? -1 : 1))
  }

  slotOf(key: string): number {
    return this.layout.slotOf(key)
  }

  /** True while what is sent to the slot arrives. */
  up(slot: number): boolean {
    return this.#table[slot]?.up === true
  }

  reaches(slot: number): boolean {
    return this.session(slot)?.up === true
  }

  session(slot: number): Session | undefined {
    return this.#table[slot]?.commands
  }

  /** Fails at once when the slot has been out of reach for a while: who waits then waits for nothing. */
  check(slot: number): void {
    const session = this.session(slot)
    if (session?.up === true) return
    const since = session?.downSince ?? this.#since
    if (this.#clock.now() - since > this.#options.commandTimeoutMs) throw noLink()
  }

  run(
    script: Script,
    keys: readonly [string, ...string[]],
    args: readonly Argument[],
  ): Promise<Answer> {
    return this.#route(keys[0], ({ commands }) => commands.run(script, keys, args))
  }

  call(command: string, key: string, ...args: readonly Argument[]): Promise<Answer> {
    return this.#route(key, ({ commands }) => commands.call(command, key, ...args))
  }

  /** A message to whoever hears the channel. False without a link. */
  say(channel: string, bytes: Buffer): boolean {
    if (!this.reaches(this.slotOf(channel))) return false
    // A failure is the link's, which shows by itself.
    this.call(this.layout.publish, channel, bytes).catch(() => {})
    return true
  }

  async want(channel: string): Promise<void> {
    if (this.#table[this.slotOf(channel)] === undefined) this.#unplaced.add(channel)
    await this.#route(channel, ({ subscriptions }) => subscriptions.want(channel))
  }

  async drop(channel: string): Promise<void> {
    this.#unplaced.delete(channel)
    await this.#table[this.slotOf(channel)]?.subscriptions.drop(channel)
  }

  forget(channel: string): void {
    this.#unplaced.delete(channel)
    this.#table[this.slotOf(channel)]?.subscriptions.forget(channel)
  }

  /** Redis said that it serves a slot elsewhere, or not now: resolves when the map is of now. */
  async redirected(): Promise<void> {
    await this.#topology?.refresh()
  }

  close(): void {
    this.#closed = true
    this.#judge()
    this.#topology?.close()
    for (const shard of this.#shards.values()) shard.close()
  }

  #shard(address: string): Shard {
    const of =
      (shard: Shard): Slots =>
      (slot) =>
        this.#table[slot] === shard
    const hooks: ShardHooks = {
      received: this.#hooks.received,
      compare: (shard, slots = of(shard)) => this.#hooks.compare(slots),
      serves: () => this.#hooks.resume(),
      lost: this.#hooks.lost,
      suspended: (shard) => {
        this.#hooks.suspend(of(shard))
        void this.redirected()
      },
      changed: ({ link }) => {
        if (!this.#closed) this.#hooks.stepped(link.state)
        this.#judge()
      },
      ended: (shard) => void this.#renew(shard),
      probe: (shard, now) => this.#probe(shard, now),
    }
    const target = this.#targetOf(address)
    const shard = new Shard(address, target, this.layout, this.#options, this.#scripts, hooks)
    this.#shards.set(address, shard)
    return shard
  }

  #judge(): void {
    const { state } = this
    if (state === this.#last) return
    this.#last = state
    this.#hooks.changed(state)
  }

  /** The first of the possible channels that is kept there. */
  #probe(shard: Shard, now: string): string {
    const kept = (channel: string): boolean => this.#table[this.slotOf(channel)] === shard
    if (now !== '' && kept(now)) return now
    for (let number = 1; number < maxProbes; number++) {
      const channel = this.#hooks.probe(number)
      if (kept(channel)) return channel
    }
    return this.#hooks.probe(0)
  }

  // ── what Redis refuses while a slot moves ──

  async #route<T>(key: string, work: (shard: Shard) => Promise<T>): Promise<T> {
    const slot = this.slotOf(key)
    if (this.#detours.has(slot)) return this.#detour(slot, work, undefined)
    const shard = this.#table[slot]
    if (shard === undefined) throw noLink()
    try {
      return await work(shard)
    } catch (error) {
      if (!isRedirect(error)) throw refusalOf(error) ?? error
      return this.#detour(slot, work, this.redirected())
    }
  }

  /** Again, behind those of the slot that wait already: calls of one slot run in their order. */
  async #detour<T>(
    slot: number,
    work: (shard: Shard) => Promise<T>,
    mapped: Promise<void> | undefined,
  ): Promise<T> {
    const until = this.#clock.now() + this.#options.publishTimeoutMs
    const before = this.#detours.get(slot)
    const turn = (async () => {
      await before?.catch(() => {})
      await mapped
      return this.#insist(slot, work, until)
    })()
    this.#detours.set(slot, turn)
    try {
      return await turn
    } finally {
      if (this.#detours.get(slot) === turn) this.#detours.delete(slot)
    }
  }

  async #insist<T>(slot: number, work: (shard: Shard) => Promise<T>, until: number): Promise<T> {
    for (;;) {
      const shard = this.#table[slot]
      if (shard === undefined || this.#closed) throw noLink()
      try {
        // oxlint-disable-next-line no-await-in-loop -- the next try depends on it
        return await work(shard)
      } catch (error) {
        if (!isRedirect(error)) throw refusalOf(error) ?? error
        if (this.#clock.now() >= until) throw noLink()
      }
      // oxlint-disable-next-line no-await-in-loop
      await Promise.all([
        this.redirected(),
        new Promise<void>((resolve) => this.#clock.after(againMs, resolve)),
      ])
    }
  }

  // ── where slots are ──

  #apply({ owners }: ClusterMap): void {
    const before = this.#table
    const fresh: Shard[] = []
    this.#table = owners.map((address) => {
      if (address === undefined) return undefined
      const known = this.#shards.get(address)
      if (known !== undefined) return known
      const shard = this.#shard(address)
      fresh.push(shard)
      return shard
    })
    const moved: Slots = (slot) => this.#table[slot] !== before[slot]
    if (this.#table.some((_, slot) => moved(slot))) {
      this.#hooks.suspend(moved)
      this.#place(this.#release(moved))
    }
    const kept = new Set(this.#table)
    for (const shard of this.#shards.values()) {
      if (kept.has(shard)) continue
      this.#shards.delete(shard.address)
      shard.close()
    }
    for (const shard of fresh) shard.start()
    this.#judge()
    this.#hooks.resume()
  }

  #release(moved: Slots): string[] {
    const channels = [...this.#unplaced]
    this.#unplaced.clear()
    for (const shard of this.#shards.values())
      for (const channel of shard.release(moved)) channels.push(channel)
    return channels
  }

  #place(channels: readonly string[]): void {
    const placed = new Map<Shard, string[]>()
    for (const channel of channels) {
      const shard = this.#table[this.slotOf(channel)]
      if (shard === undefined) {
        this.#unplaced.add(channel)
        continue
      }
      const wanted = placed.get(shard) ?? []
      wanted.push(channel)
      placed.set(shard, wanted)
    }
    for (const [shard, wanted] of placed) shard.adopt(wanted)
  }

  /** A slot was taken from it: to whom, if the map shows so; else the subscriptions are made once more. */
  async #renew(shard: Shard): Promise<void> {
    if (this.#renewing.has(shard)) return
    this.#renewing.add(shard)
    await this.redirected()
    this.#renewing.delete(shard)
    const missing = shard.missing()
    const slots = new Set(missing.map((channel) => this.slotOf(channel)))
    if (slots.size > 0) this.#hooks.suspend((slot) => slots.has(slot))
    shard.adopt(missing)
  }
}

const maxProbes = 500_000

function noLink(): SluiceError {
  return new SluiceError('not_available', 'Redis: there is no link')
}
