// The bus through Redis.
//
//   publish ─▶ outbox ─▶ commands ═▶ Redis ═▶ pushes ─▶ engine ─▶ host
//                          ├─ membership    who is there, by lease
//                          ├─ attendance    clients and members of every room
//                          ├─ ownership     names that exist once
//                          └─ asks          a question to one node, through its own channel
//
// Two connections to each primary, since one that hears pushes must not wait behind answers. Control commands are a room of their own
// with a short history: none is lost in a cut, and their order is the stream's.

import { randomBytes } from 'node:crypto'
import { SluiceError } from '@sluice/core'
import type {
  Bus,
  BusFigures,
  BusHealth,
  BusHost,
  ClientInfo,
  Control,
  Delivery,
  HistoryOptions,
  HistoryQuery,
  HistoryResult,
  LinkState,
  NodeInfo,
  Ownership as Owned,
  Position,
  PresenceStats,
  PublishOptions,
  Survey,
} from '../bus.ts'
import { Asks } from './asks.ts'
import { Attendance } from './attendance.ts'
import { packNode, unpackFrame } from './envelope.ts'
import { createKeys, type Keys } from './keys.ts'
import { Membership, type Peer } from './membership.ts'
import { nodeScripts } from './node-scripts.ts'
import {
  type RedisBusOptions,
  type ResolvedRedisBusOptions,
  resolveRedisBusOptions,
} from './options.ts'
import { noLease, Ownership } from './ownership.ts'
import { streamScripts } from './stream-scripts.ts'
import { Wire } from './wire.ts'

/** Joins a cluster. The bus is there at once, and `ready` when it has reached Redis. */
export function createRedisBus(host: BusHost, options: RedisBusOptions): Bus {
  return new RedisBus(host, resolveRedisBusOptions(options))
}

const controlRoom = '\0control'
const controlHistory = { size: 1_000, ttlMs: 60_000 }

class RedisBus implements Bus {
  readonly #host: BusHost
  readonly #options: ResolvedRedisBusOptions
  readonly #wire: Wire
  readonly #uid: string
  readonly #membership: Membership
  readonly #attendance: Attendance
  readonly #ownership: Ownership
  readonly #asks: Asks
  /** Questions of the bus itself. */
  readonly #surveys: Asks
  #open = true

  constructor(host: BusHost, options: ResolvedRedisBusOptions) {
    const keys = createKeys(options.prefix)
    const sender = randomBytes(6).toString('base64url')
    this.#host = host
    this.#options = options
    const { uid, name } = host.describe()
    const { clock, historyMetaTtlMs } = options
    this.#uid = uid
    this.#wire = new Wire(options, keys, sender, [...streamScripts, ...nodeScripts], {
      deliver: (room, delivery) => this.#deliver(room, delivery),
      stepped: (state) => this.#stepped(state),
    })
    const { shards, engine } = this.#wire
    this.#membership = new Membership(shards, keys, { uid, name }, options, {
      onReturned: () => {
        // Who owns what was forgotten too, and somebody else may own it by now.
        this.#fenced()
        this.#follow(this.#attendance.register())
      },
      onFenced: () => this.#fenced(),
      onDead: (dead) => this.#reap(dead),
      onGone: (gone) => {
        this.#asks.gone(gone)
        this.#surveys.gone(gone)
      },
    })
    this.#attendance = new Attendance(shards, keys, uid, clock)
    this.#ownership = new Ownership(
      shards,
      keys,
      uid,
      historyMetaTtlMs,
      () => this.#membership.fenced,
    )
    this.#asks = this.#box('node', keys, host)
    this.#surveys = this.#box('survey', keys, {
      ...host,
      answer: async ({ question }) => {
        if (question === 'describe') return JSON.stringify(host.describe())
        await this.#attendance.flush()
        return ''
      },
    })
    engine.keep(controlRoom)
    this.#membership.start()
    this.#wire.start()
  }

  publish(
    room: string,
    data: string,
    options: PublishOptions,
  ): undefined | Promise<Position | undefined> {
    const { info, tags, traceparent, history, idempotencyKey, fence } = options
    const publication = {
      data,
      ...(info !== undefined && { info }),
      ...(tags !== undefined && { tags }),
      ...(traceparent !== undefined && { traceparent }),
    }
    try {
      this.#checkRoom()
      // Who slept beyond its lease is no owner any more, whatever it meant to say before.
      if (fence !== undefined && this.#membership.fenced) throw noLease()
      if (history !== undefined || idempotencyKey !== undefined || fence !== undefined) {
        return this.#wire.publish(room, publication, options)
      }
    } catch (error) {
      return Promise.reject(error)
    }
    this.#wire.send(room, { type: 'publication', publication })
    return undefined
  }

  async subscribe(room: string): Promise<void> {
    this.#check()
    await this.#wire.subscribe(room)
  }

  async unsubscribe(room: string): Promise<void> {
    if (this.#open) await this.#wire.engine.unsubscribe(room)
  }

  async history(
    room: string,
    query: HistoryQuery,
    options: HistoryOptions,
  ): Promise<HistoryResult> {
    this.#check()
    return this.#wire.engine.history(room, query, options)
  }

  async removeHistory(room: string): Promise<void> {
    this.#check()
    await this.#wire.streams.remove(room)
  }

  async addPresence(room: string, info: ClientInfo): Promise<void> {
    this.#check()
    await this.#attendance.addPresence(room, info)
  }

  async removePresence(room: string, client: string): Promise<void> {
    if (this.#open) await this.#attendance.removePresence(room, client)
  }

  async presence(room: string): Promise<ClientInfo[]> {
    this.#check()
    return this.#attendance.presence(room)
  }

  async presenceStats(room: string): Promise<PresenceStats> {
    this.#check()
    return this.#attendance.presenceStats(room)
  }

  announce(room: string, type: 'join' | 'leave', info: ClientInfo): undefined | Promise<never> {
    try {
      this.#checkRoom()
    } catch (error) {
      return Promise.reject(error)
    }
    this.#wire.send(room, { type, info })
    return undefined
  }

  async control(command: Control): Promise<void> {
    this.#checkRoom()
    const publication = { data: JSON.stringify(command) }
    await this.#wire.publish(controlRoom, publication, { history: controlHistory })
  }

  /** Everybody first tells Redis what it has not told yet, so that the numbers are of now. */
  async rooms(pattern?: string): Promise<Survey<Map<string, number>>> {
    this.#check()
    const { peers, silent } = await this.#everybody('members')
    const uids = peers.map(({ uid }) => uid)
    return { value: await this.#attendance.rooms(uids, pattern), silent }
  }

  setMembers(room: string, members: number): void {
    if (this.#open) this.#attendance.setMembers(room, members)
  }

  async nodes(): Promise<Survey<NodeInfo[]>> {
    this.#check()
    const { answers, silent } = await this.#everybody('describe')
    this.#check()
    return { value: answers.map((answer) => JSON.parse(answer) as NodeInfo), silent }
  }

  async ask(node: string, question: string, timeoutMs: number): Promise<string> {
    this.#check()
    if (node === this.#uid || this.#membership.has(node))
      return this.#asks.ask(node, question, timeoutMs)
    const { clock } = this.#options
    const started = clock.now()
    const peers = await this.#membership.peers()
    if (!peers.some(({ uid }) => uid === node))
      throw new SluiceError('actor_dead', `no node ${node}`)
    return this.#asks.ask(node, question, Math.ceil(timeoutMs - (clock.now() - started)))
  }

  async own(name: string): Promise<Owned> {
    this.#check()
    return this.#ownership.own(name)
  }

  async disown(name: string): Promise<void> {
    if (this.#open) await this.#ownership.disown(name)
  }

  ready(): boolean {
    return this.linkState() === 'up' && !this.#membership.fenced
  }

  figures(): BusFigures {
    const { engine, outbox } = this.#wire
    // The bus has a room of its own.
    const rooms = Math.max(0, engine.rooms - 1)
    return { rooms, sendBytes: outbox.bytes, deliverBytes: engine.bytes }
  }

  health(): BusHealth {
    const links = this.#wire.shards.health()
    const owned = this.#ownership.size
    if (!this.#open) return { links, peers: [], owned }
    return { links, ...this.#membership.health(), owned }
  }

  linkState(): LinkState {
    return this.#wire.shards.state
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    this.#asks.close()
    this.#surveys.close()
    this.#membership.stop()
    // What cannot be taken away, the others tidy up when the lease ends: so only a node that left nothing gives it up.
    await Promise.allSettled([
      this.#ownership.leave(),
      this.#attendance.leave().then(() => this.#membership.leave()),
    ])
    this.#wire.close()
  }

  #deliver(room: string, delivery: Delivery): void {
    if (room === controlRoom) {
      this.#control(delivery)
      return
    }
    try {
      this.#host.deliver(room, delivery)
    } catch (error) {
      this.#options.events?.emit({ name: 'host.failed', call: 'deliver', error })
    }
  }

  #control(delivery: Delivery): void {
    if (delivery.type !== 'publication') return
    const { data } = delivery.publication
    this.#tell('control', () => this.#host.control(JSON.parse(data) as Control))
  }

  /** What the host throws is told, and keeps nothing from anybody. */
  #tell(call: 'control' | 'left' | 'disowned', run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#options.events?.emit({ name: 'host.failed', call, error })
    }
  }

  /** Questions and answers through a channel of this node's own. */
  #box(kind: string, keys: Keys, host: BusHost): Asks {
    const { shards, engine } = this.#wire
    const channel = (uid: string): string => keys.channel(`\0${kind}:${uid}`)
    const asks = new Asks(this.#uid, host, this.#options.clock, {
      send: (uid, message) => shards.say(channel(uid), packNode(message)),
    })
    const own = channel(this.#uid)
    engine.listen(own, (bytes) => {
      const frame = unpackFrame(bytes)
      if (frame?.kind === 'node' && asks.receive(frame.message)) return
      this.#options.events?.emit({ name: 'frame.invalid', channel: own })
    })
    return asks
  }

  /** Asks every member of the cluster; those that do not answer in time are named. */
  async #everybody(
    question: 'describe' | 'members',
  ): Promise<{ peers: readonly Peer[]; answers: string[]; silent: string[] }> {
    const peers = await this.#membership.peers()
    const silent: string[] = []
    const answers: string[] = []
    await Promise.all(
      peers.map(async ({ uid, name }) => {
        try {
          answers.push(await this.#surveys.ask(uid, question, this.#options.commandTimeoutMs))
        } catch {
          silent.push(name)
        }
      }),
    )
    return { peers, answers, silent: silent.toSorted() }
  }

  /** A connection to one of the primaries, whose part of the nodes' affairs it may be. */
  #stepped(state: LinkState): void {
    if (state === 'resyncing') this.#follow(this.#renew())
    if (state === 'up') this.#follow(this.#attendance.resume())
  }

  async #renew(): Promise<void> {
    // The lease first: whoever was away for too long is told before anything else happens.
    await this.#membership.beat()
    this.#disowned(await this.#ownership.verify())
  }

  #fenced(): void {
    this.#disowned(this.#ownership.forget())
  }

  #disowned(names: readonly string[]): void {
    for (const name of names) this.#tell('disowned', () => this.#host.disowned?.(name))
  }

  async #reap(uid: string): Promise<void> {
    for (const [room, clients] of await this.#attendance.reap(uid))
      this.#tell('left', () => this.#host.left?.(room, clients))
    await this.#ownership.reap(uid)
  }

  /** Its failure is the link's, which shows by itself. */
  #follow(done: Promise<unknown>): void {
    done.catch(() => {})
  }

  #check(): void {
    if (!this.#open) throw new SluiceError('closed', 'the bus is closed')
  }

  /** There is room for one more publish. */
  #checkRoom(): void {
    this.#check()
    if (!this.#wire.outbox.full) return
    throw new SluiceError(
      'capacity_exceeded',
      `${this.#wire.outbox.bytes} bytes wait to be published`,
    )
  }
}
