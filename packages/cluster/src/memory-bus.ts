// The bus in memory: any number of nodes in one process.
//
//   createMemoryBus(host)          one node, with a hub of its own
//
//   hub = createMemoryHub()        streams, keys, fan-out: what Redis is to a cluster
//     ├─ hub.join(host a) ─▶ Bus     subscriptions, presence, members: what is a node's own
//     └─ hub.join(host b) ─▶ Bus
//
// Every result is a plain value and every delivery happens within the call that caused it. Streams are lost with the
// process, and with them their epochs.

import { type MaybePromise, SluiceError } from '@sluice/core'
import type {
  Bus,
  BusFigures,
  BusHealth,
  BusHost,
  ClientInfo,
  Control,
  HistoryOptions,
  HistoryQuery,
  HistoryResult,
  LinkState,
  NodeInfo,
  Ownership,
  Position,
  PresenceStats,
  Publication,
  PublishOptions,
  Survey,
} from './bus.ts'
import { type Ear, Fanout } from './fanout.ts'
import { createGlob } from './glob.ts'
import { IdempotencyKeys } from './idempotency.ts'
import {
  type MemoryBusOptions,
  type ResolvedMemoryBusOptions,
  resolveMemoryBusOptions,
} from './memory-options.ts'
import { Owners } from './owners.ts'
import { mergeClients, mergeStats, Presence } from './presence.ts'
import { askWithin } from './questions.ts'
import { Streams } from './streams.ts'

/** Connects nodes of one process. */
export interface MemoryHub {
  /** One more node. */
  join(host: BusHost): Bus
  /** Closes every node's bus and forgets everything. */
  close(): Promise<void>
}

export function createMemoryHub(options: MemoryBusOptions = {}): MemoryHub {
  const hub = new Hub(resolveMemoryBusOptions(options))
  return {
    join(host) {
      if (hub.closed) throw closedError()
      return new MemoryBus(hub, host)
    },
    close: () => hub.close(),
  }
}

/** The bus of a node that is alone. */
export function createMemoryBus(host: BusHost, options: MemoryBusOptions = {}): Bus {
  const hub = new Hub(resolveMemoryBusOptions(options))
  return new MemoryBus(hub, host, () => hub.close())
}

const defaultIdempotencyTtlMs = 120_000
/** Streams looked at in one sweep: under a millisecond. */
const sweepSteps = 4_096

/** What the nodes share. */
class Hub {
  readonly fanout: Fanout
  readonly streams: Streams
  readonly options: ResolvedMemoryBusOptions
  readonly nodes = new Set<MemoryBus>()
  readonly owners = new Owners<MemoryBus>()
  closed = false
  readonly #keys: IdempotencyKeys
  #cancelSweep: () => void

  constructor(options: ResolvedMemoryBusOptions) {
    const { clock, events } = options
    this.options = options
    this.fanout = new Fanout(clock, events, options.maxLine)
    this.streams = new Streams({
      metaTtlMs: options.historyMetaTtlMs,
      maxBytes: options.maxHistoryBytes,
      nextEpoch: options.nextEpoch,
      onEvicted: (room) => events?.emit({ name: 'stream.evicted', room }),
    })
    this.#keys = new IdempotencyKeys(options.maxIdempotencyKeys, (keys) =>
      events?.emit({ name: 'keys.forgotten', keys }),
    )
    this.#cancelSweep = clock.after(options.sweepMs, () => this.#sweep())
  }

  publish(room: string, data: string, options: PublishOptions): Position | undefined {
    const { history, idempotencyKey, info, tags, fence } = options
    if (fence !== undefined) this.owners.check(room, fence)
    // The clock is asked only where time matters: it costs as much as all the rest.
    const now = history === undefined && idempotencyKey === undefined ? 0 : this.options.clock.now()
    if (idempotencyKey !== undefined) {
      const known = this.#keys.find(room, idempotencyKey, now)
      if (known !== undefined) return known.position
    }
    const publication: Publication = { data }
    if (info !== undefined) publication.info = info
    if (tags !== undefined) publication.tags = tags
    const position =
      history === undefined ? undefined : this.streams.append(room, publication, history, now)
    if (idempotencyKey !== undefined) {
      const ttlMs = options.idempotencyTtlMs ?? defaultIdempotencyTtlMs
      this.#keys.remember(room, idempotencyKey, position, ttlMs, now)
    }
    this.fanout.deliver(
      room,
      position === undefined
        ? { type: 'publication', publication }
        : { type: 'publication', publication, epoch: position.epoch },
    )
    return position
  }

  async close(): Promise<void> {
    this.closed = true
    this.#cancelSweep()
    await Promise.all([...this.nodes].map((node) => node.close()))
    this.fanout.clear()
    this.streams.clear()
    this.#keys.clear()
  }

  #sweep(): void {
    const { clock, sweepMs } = this.options
    const now = clock.now()
    this.streams.sweep(now, sweepSteps)
    this.#keys.sweep(now)
    this.#cancelSweep = clock.after(sweepMs, () => this.#sweep())
  }
}

/** One node's end of the hub. */
class MemoryBus implements Bus {
  readonly #hub: Hub
  readonly #host: BusHost
  readonly #onClosed: () => Promise<void> | void
  readonly #controlled: Ear
  readonly #ears = new Map<string, Ear>()
  readonly #presence = new Presence()
  readonly #members = new Map<string, number>()
  #open = true

  constructor(hub: Hub, host: BusHost, onClosed: () => Promise<void> | void = () => {}) {
    this.#hub = hub
    this.#host = host
    this.#onClosed = onClosed
    this.#controlled = { host, live: true }
    hub.fanout.join(this.#controlled)
    hub.nodes.add(this)
  }

  publish(
    room: string,
    data: string,
    options: PublishOptions,
  ): Position | undefined | Promise<never> {
    if (!this.#open || this.#hub.fanout.full) return this.#refuse()
    try {
      return this.#hub.publish(room, data, options)
    } catch (error) {
      // What a stale owner hears; as every failure, never thrown.
      return Promise.reject(error)
    }
  }

  subscribe(room: string): void | Promise<never> {
    if (!this.#open) return this.#refuse()
    if (this.#ears.has(room)) return
    const ear: Ear = { host: this.#host, live: true }
    this.#ears.set(room, ear)
    this.#hub.fanout.subscribe(room, ear)
  }

  unsubscribe(room: string): void {
    const ear = this.#ears.get(room)
    if (ear === undefined) return
    this.#ears.delete(room)
    this.#hub.fanout.unsubscribe(room, ear)
  }

  history(
    room: string,
    query: HistoryQuery,
    options: HistoryOptions,
  ): HistoryResult | Promise<never> {
    if (!this.#open) return this.#refuse()
    return this.#hub.streams.read(room, query, options, this.#hub.options.clock.now())
  }

  removeHistory(room: string): void | Promise<never> {
    if (!this.#open) return this.#refuse()
    this.#hub.streams.remove(room)
  }

  addPresence(room: string, info: ClientInfo): void | Promise<never> {
    if (!this.#open) return this.#refuse()
    this.#presence.add(room, info)
  }

  removePresence(room: string, client: string): void {
    this.#presence.remove(room, client)
  }

  presence(room: string): ClientInfo[] | Promise<never> {
    if (!this.#open) return this.#refuse()
    return mergeClients(this.#registries(), room)
  }

  presenceStats(room: string): PresenceStats | Promise<never> {
    if (!this.#open) return this.#refuse()
    return mergeStats(this.#registries(), room)
  }

  announce(room: string, type: 'join' | 'leave', info: ClientInfo): void | Promise<never> {
    if (!this.#open || this.#hub.fanout.full) return this.#refuse()
    this.#hub.fanout.deliver(room, { type, info })
  }

  control(command: Control): void | Promise<never> {
    if (!this.#open || this.#hub.fanout.full) return this.#refuse()
    this.#hub.fanout.control(command)
  }

  rooms(pattern?: string): Survey<Map<string, number>> | Promise<never> {
    if (!this.#open) return this.#refuse()
    const matches = pattern === undefined ? undefined : createGlob(pattern)
    const rooms = new Map<string, number>()
    for (const node of this.#hub.nodes) {
      for (const [room, members] of node.#members) {
        if (matches === undefined || matches(room)) {
          rooms.set(room, (rooms.get(room) ?? 0) + members)
        }
      }
    }
    return { value: rooms, silent: [] }
  }

  setMembers(room: string, members: number): void {
    if (!this.#open) return
    if (members > 0) this.#members.set(room, members)
    else this.#members.delete(room)
  }

  nodes(): Survey<NodeInfo[]> | Promise<never> {
    if (!this.#open) return this.#refuse()
    const nodes: NodeInfo[] = []
    for (const node of this.#hub.nodes) {
      try {
        nodes.push(node.#host.describe())
      } catch (error) {
        this.#hub.options.events?.emit({ name: 'host.failed', call: 'describe', error })
      }
    }
    return { value: nodes, silent: [] }
  }

  async ask(uid: string, question: string, timeoutMs: number): Promise<string> {
    if (!this.#open) return this.#refuse()
    const asked = [...this.#hub.nodes].find((node) => node.#uid === uid)
    if (asked === undefined) throw new SluiceError('actor_dead', `no node ${uid}`)
    const { clock } = this.#hub.options
    return askWithin(clock, asked.#host, { question, from: this.#uid, timeoutMs })
  }

  own(name: string): Ownership | Promise<never> {
    if (!this.#open) return this.#refuse()
    const { holder, token } = this.#hub.owners.own(name, this)
    return { owner: holder.#uid, token, own: holder === this }
  }

  disown(name: string): MaybePromise<void> {
    this.#hub.owners.disown(name, this)
  }

  ready(): boolean {
    return this.#open
  }

  /** What is published is delivered at once: only rooms are held. */
  figures(): BusFigures {
    return { rooms: this.#ears.size, sendBytes: 0, deliverBytes: 0 }
  }

  health(): BusHealth {
    return { links: [], peers: [], owned: this.#hub.owners.count(this) }
  }

  linkState(): LinkState {
    return this.#open ? 'up' : 'closed'
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    for (const [room, ear] of this.#ears) this.#hub.fanout.unsubscribe(room, ear)
    this.#ears.clear()
    this.#hub.fanout.leave(this.#controlled)
    this.#hub.nodes.delete(this)
    this.#hub.owners.release(this)
    this.#presence.clear()
    this.#members.clear()
    await this.#onClosed()
  }

  get #uid(): string {
    return this.#host.describe().uid
  }

  *#registries(): Iterable<Presence> {
    for (const node of this.#hub.nodes) yield node.#presence
  }

  async #refuse(): Promise<never> {
    if (!this.#open) throw closedError()
    const { maxLine } = this.#hub.options
    throw new SluiceError('capacity_exceeded', `${maxLine} deliveries are in line`)
  }
}

function closedError(): SluiceError {
  return new SluiceError('closed', 'the bus is closed')
}
