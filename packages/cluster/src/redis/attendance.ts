// Who is present in which room, and how many members each room has, for the whole cluster.
//
//   {room}:here          client → node, user, info       one client, one node: the last that added it
//   {node}:present       the rooms in which the node has clients: what a reaper goes through
//   {node}:members       room → members, told in batches
//
// What is this node's own is kept here as well: after an empty Redis, or a lease that lapsed, all of it is put there again.

import type { Clock } from '@sluice/core'
import type { ClientInfo, PresenceStats } from '../bus.ts'
import { createGlob } from '../glob.ts'
import { Presence } from '../presence.ts'
import type { Answer, Commands } from './commands.ts'
import type { Keys } from './keys.ts'
import { Latest } from './latest.ts'
import { arriveScript, departScript, hereScript } from './node-scripts.ts'
import { packr } from './packr.ts'

const flushMs = 50
/** Until what failed is tried again, if no new connection comes first. */
const retryMs = 1_000
/** Names in one command. */
const batch = 512
/** Changes of presence that wait for a link; beyond it the oldest are forgotten until the node is registered again. */
const maxUnsure = 100_000

/** A client came (`info`) or went, and Redis has not confirmed it. */
interface Change {
  readonly room: string
  readonly client: string
  readonly info?: ClientInfo
  failed: boolean
}

export class Attendance {
  readonly #commands: Commands
  readonly #keys: Keys
  readonly #uid: string
  readonly #clock: Clock
  readonly #present = new Presence()
  readonly #members = new Map<string, number>()
  /** Rooms whose number Redis does not know yet. */
  readonly #untold = new Set<string>()
  /** The latest change of each client of each room. */
  readonly #unsure = new Map<string, Change>()
  /** Changes that Redis has confirmed, and rooms whose number it was told. */
  readonly #confirmed: Latest<Change>
  readonly #told: Latest<string>
  #flushing: Promise<void> = Promise.resolve()
  #cancel: (() => void) | undefined = undefined
  #closed = false

  constructor(commands: Commands, keys: Keys, uid: string, clock: Clock) {
    this.#commands = commands
    this.#keys = keys
    this.#uid = uid
    this.#clock = clock
    this.#confirmed = new Latest(clock)
    this.#told = new Latest(clock)
  }

  async addPresence(room: string, info: ClientInfo): Promise<void> {
    const first = !this.#present.has(room)
    this.#present.add(room, info)
    await this.#change({ room, client: info.client, info, failed: false }, first)
  }

  async removePresence(room: string, client: string): Promise<void> {
    const last = this.#present.has(room)
    this.#present.remove(room, client)
    await this.#change({ room, client, failed: false }, last && !this.#present.has(room))
  }

  async presence(room: string): Promise<ClientInfo[]> {
    return (await this.#read(room)).map(({ info }) => info)
  }

  async presenceStats(room: string): Promise<PresenceStats> {
    const [numClients, numUsers] = await Promise.all([
      this.#commands.call('HLEN', this.#keys.here(room)),
      this.#commands.call('HLEN', this.#keys.users(room)),
    ])
    return { numClients: Number(numClients), numUsers: Number(numUsers) }
  }

  setMembers(room: string, members: number): void {
    if (members > 0) this.#members.set(room, members)
    else this.#members.delete(room)
    this.#untold.add(room)
    this.#later()
  }

  /** The members of all these nodes, added up. */
  async rooms(nodes: readonly string[], pattern: string | undefined): Promise<Map<string, number>> {
    await this.flush()
    const matches = pattern === undefined ? undefined : createGlob(pattern)
    const rooms = new Map<string, number>()
    const told = await Promise.all(
      nodes.map((uid) => this.#commands.call('HGETALL', this.#keys.node(uid, 'members'))),
    )
    for (const members of told) {
      for (const [room, count] of pairsOf(members)) {
        if (matches === undefined || matches(room))
          rooms.set(room, (rooms.get(room) ?? 0) + Number(count))
      }
    }
    return rooms
  }

  /** Tells what has changed since the last time. */
  async flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const told = this.#flushing.then(() => this.#tell())
    // A failure is heard by those who wait for it, and not by those who come later.
    this.#flushing = told.catch(() => {})
    await Promise.all([told, this.#mend()])
  }

  /** Over a new connection, whose server may have lost the latest: that once more, and what has changed. */
  async resume(): Promise<void> {
    for (const [name, change] of this.#confirmed.take())
      if (!this.#unsure.has(name)) this.#unsure.set(name, { ...change, failed: true })
    for (const [room] of this.#told.take()) this.#untold.add(room)
    await this.flush()
  }

  /** All that is this node's own, again. */
  async register(): Promise<void> {
    for (const room of this.#members.keys()) this.#untold.add(room)
    const rooms = [...this.#present.rooms()]
    const work: Promise<unknown>[] = []
    for (let at = 0; at < rooms.length; at += batch) {
      const names = rooms.slice(at, at + batch)
      work.push(this.#commands.call('SADD', this.#keys.node(this.#uid, 'present'), ...names))
    }
    for (const room of rooms) {
      for (const info of this.#present.clients(room))
        work.push(this.#change({ room, client: info.client, info, failed: false }, false))
    }
    await Promise.all([...work, this.flush()])
  }

  /** Removes what a dead node left behind; returns who that was, by room. */
  async reap(uid: string): Promise<Map<string, ClientInfo[]>> {
    const present = this.#keys.node(uid, 'present')
    const rooms = (await this.#commands.call('SMEMBERS', present)) as string[]
    const left = new Map<string, ClientInfo[]>()
    for (const room of rooms) {
      // oxlint-disable-next-line no-await-in-loop -- room by room, so that others' calls come in between
      const clients = (await this.#read(room)).filter(({ node }) => node === uid)
      // oxlint-disable-next-line no-await-in-loop
      const gone = await this.#depart(
        uid,
        room,
        clients.map(({ info }) => info.client),
      )
      if (gone.length > 0) left.set(room, gone)
    }
    await this.#commands.call('DEL', present)
    await this.#commands.call('DEL', this.#keys.node(uid, 'members'))
    return left
  }

  /** Takes what is this node's own away. When that fails, the list of its rooms stays: a reaper goes through it. */
  async leave(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#flushing
    const gone: { room: string; client: string }[] = []
    for (const room of this.#present.rooms())
      for (const { client } of this.#present.clients(room)) gone.push({ room, client })
    // Some went before, and Redis has not heard of it.
    for (const change of this.#unsure.values()) if (change.info === undefined) gone.push(change)
    const rooms = Map.groupBy(gone, ({ room }) => room)
    this.#present.clear()
    this.#members.clear()
    this.#unsure.clear()
    const departed = [...rooms].map(([room, clients]) =>
      this.#depart(
        this.#uid,
        room,
        clients.map(({ client }) => client),
      ),
    )
    await Promise.all(departed)
    await Promise.all([
      this.#commands.call('DEL', this.#keys.node(this.#uid, 'present')),
      this.#commands.call('DEL', this.#keys.node(this.#uid, 'members')),
    ])
  }

  /** Does it in Redis, or keeps it to be tried again. `listed`: the node's list of rooms changes with it. */
  async #change(change: Change, listed: boolean): Promise<void> {
    const { room, client, info } = change
    const name = JSON.stringify([room, client])
    this.#unsure.delete(name)
    this.#unsure.set(name, change)
    const rooms = this.#keys.node(this.#uid, 'present')
    try {
      if (info !== undefined) {
        await Promise.all([
          listed && this.#commands.call('SADD', rooms, room),
          this.#arrive(room, info),
        ])
      } else {
        await this.#depart(this.#uid, room, [client])
        // Not before: a room that is off the list is nothing to a reaper.
        if (listed && !this.#present.has(room)) await this.#commands.call('SREM', rooms, room)
      }
      if (this.#unsure.get(name) !== change) return
      this.#unsure.delete(name)
      this.#confirmed.note(name, change)
    } catch (error) {
      change.failed = true
      const [oldest] = this.#unsure.keys()
      if (this.#unsure.size > maxUnsure && oldest !== undefined) this.#unsure.delete(oldest)
      this.#later(retryMs)
      throw error
    }
  }

  /** Tries again what failed. What fails once more waits for its next turn. */
  async #mend(): Promise<void> {
    const failed = [...this.#unsure.values()].filter((change) => change.failed)
    const tried = failed.map((change) =>
      this.#change(
        { ...change, failed: false },
        this.#present.has(change.room) === (change.info !== undefined),
      ),
    )
    await Promise.allSettled(tried)
  }

  async #arrive(room: string, info: ClientInfo): Promise<void> {
    const { client, user } = info
    const args = [client, user, this.#uid, JSON.stringify(info)]
    await this.#commands.run(arriveScript, [this.#keys.here(room), this.#keys.users(room)], args)
  }

  async #depart(uid: string, room: string, clients: readonly string[]): Promise<ClientInfo[]> {
    const gone: ClientInfo[] = []
    const keys: [string, string] = [this.#keys.here(room), this.#keys.users(room)]
    for (let at = 0; at < clients.length; at += batch) {
      const names = clients.slice(at, at + batch)
      // oxlint-disable-next-line no-await-in-loop -- bounded commands, one after the other
      const infos = (await this.#commands.run(departScript, keys, [uid, ...names])) as Buffer[]
      gone.push(...infos.map((info) => JSON.parse(String(info)) as ClientInfo))
    }
    return gone
  }

  async #read(room: string): Promise<{ node: string; info: ClientInfo }[]> {
    const values = (await this.#commands.run(hereScript, [this.#keys.here(room)], [])) as Buffer[]
    return values.map((value) => {
      const [node, , info] = packr.unpack(value) as [string, string, string]
      return { node, info: JSON.parse(info) as ClientInfo }
    })
  }

  #later(ms = flushMs): void {
    if (this.#closed || this.#cancel !== undefined) return
    this.#cancel = this.#clock.after(ms, () => {
      this.flush().catch(() => {})
    })
  }

  /** What could not be told stays untold, and is told by the next flush, or when the node is registered again. */
  async #tell(): Promise<void> {
    const rooms = [...this.#untold]
    this.#untold.clear()
    const set: (string | number)[] = []
    const gone: string[] = []
    for (const room of rooms) {
      const members = this.#members.get(room)
      if (members === undefined) gone.push(room)
      else set.push(room, members)
    }
    const key = this.#keys.node(this.#uid, 'members')
    try {
      const work: Promise<Answer>[] = []
      for (let at = 0; at < set.length; at += 2 * batch)
        work.push(this.#commands.call('HSET', key, ...set.slice(at, at + 2 * batch)))
      for (let at = 0; at < gone.length; at += batch)
        work.push(this.#commands.call('HDEL', key, ...gone.slice(at, at + batch)))
      await Promise.all(work)
      for (const room of rooms) this.#told.note(room, room)
    } catch (error) {
      for (const room of rooms) this.#untold.add(room)
      this.#later(retryMs)
      throw error
    }
  }
}

/** HGETALL as ioredis gives it: an object under RESP 3, a flat list under RESP 2. */
function pairsOf(answer: Answer): Iterable<[string, unknown]> {
  if (answer instanceof Map) return answer as Map<string, unknown>
  if (!Array.isArray(answer)) return Object.entries((answer ?? {}) as Record<string, unknown>)
  const list = answer as unknown[]
  return Array.from({ length: list.length / 2 }, (_, i) => [String(list[2 * i]), list[2 * i + 1]])
}
