// Many clients in a few rooms, and publishers that never rest: the load of a chaos test, from start to the last message.
//
//   publishers ── HTTP with a key, or a client's publish ──▶ any node ══▶ clients ──▶ history

import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '@sluice/test-support'
import { apiKey } from '../gateway.ts'
import type { History } from './history.ts'
import type { ClusterNode, Nodes } from './nodes.ts'
import { outcomeOf, SwarmClient } from './swarm-client.ts'

export interface SwarmOptions {
  history: History
  nodes: Nodes
  clients: number
  rooms: readonly string[]
  /** Those of the rooms that have presence. Default none. */
  attended?: readonly string[]
  /** Rooms that each client is in. Default 2. */
  roomsEach?: number
  /** The clients connect within this time. Default 0. */
  spreadMs?: number
  /** How long a client waits for an answer. Default 5,000. */
  commandTimeoutMs?: number
  /** Each publishes, waits for the answer, and publishes again. Default 6. */
  publishers?: number
  /** Between an answer and the next publish. Default 20. */
  pauseMs?: number
  /** 0 to 1. */
  random: () => number
}

/** A publish over HTTP is tried so often, with the same key, before nobody knows what became of it. */
const tries = 3
const requestTimeoutMs = 4_000

export interface QuiesceOptions {
  /** For the last messages to arrive. Default 30,000. */
  deadlineMs?: number
  /** When presence must be right on every node, as performance.now() has it. Default in 15 s. */
  presentBy?: number
}

export class Swarm implements AsyncDisposable {
  readonly clients: readonly SwarmClient[]
  readonly #options: SwarmOptions
  readonly #publishing: Promise<void>[] = []
  #going = true
  #published = 0

  constructor(options: SwarmOptions) {
    const { history, rooms, clients, random, roomsEach = 2, spreadMs = 0 } = options
    const { commandTimeoutMs = 5_000 } = options
    const settings = { history, random, spreadMs, commandTimeoutMs }
    this.#options = options
    const pickNode = (): string => this.#pickNode()?.socket ?? 'ws://127.0.0.1:9'
    this.clients = Array.from({ length: clients }, (_, nth) => {
      const own = rooms.map((_room, i) => rooms[(nth + i) % rooms.length]!).slice(0, roomsEach)
      return new SwarmClient(`client-${nth}`, own, { ...settings, pickNode })
    })
  }

  /** Messages that were tried. */
  get published(): number {
    return this.#published
  }

  get drops(): number {
    return this.clients.reduce((sum, { drops }) => sum + drops, 0)
  }

  get faults(): string[] {
    return this.clients.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`))
  }

  /** Who is connected there. */
  on(url: string): SwarmClient[] {
    return this.clients.filter((client) => client.url === url)
  }

  /** Resolves when everybody is in its rooms. */
  async settles(deadlineMs = 30_000): Promise<void> {
    const absent = (): SwarmClient[] => this.clients.filter(({ settled }) => !settled)
    await until(() => absent().length === 0, {
      ...{ what: 'every client is in its rooms', deadlineMs },
    }).catch((cause: unknown) => {
      const left = absent()
      const troubles = [...new Set(left.map(({ trouble }) => trouble))].slice(0, 3).join(', ')
      const message = `${left.length} of ${this.clients.length} clients are not in their rooms: ${troubles}`
      throw new Error(message, { cause })
    })
  }

  publish(): void {
    const { publishers = 6 } = this.#options
    for (let nth = 0; nth < publishers; nth++) this.#publishing.push(this.#publishOn(nth))
  }

  /**
   * No more load; a last message to every room, and time for all to hear it. What has not happened by the deadline is
   * for the checker to find.
   */
  async quiesce({ deadlineMs = 30_000, presentBy }: QuiesceOptions = {}): Promise<void> {
    const { history, rooms, attended = [] } = this.#options
    this.#going = false
    await Promise.all(this.#publishing)
    await this.settles(deadlineMs).catch(() => {})
    const lasts = new Map<string, string>()
    const deadline = performance.now() + deadlineMs
    for (const room of rooms) {
      while (performance.now() < deadline) {
        const id = this.#nextId(room)
        const place = await this.#publishHttp(room, id)
        if (place !== undefined) {
          lasts.set(room, `${place.epoch}@${place.offset}`)
          break
        }
        await sleep(200)
      }
    }
    const hasAll = (client: SwarmClient): boolean =>
      client.settled &&
      client.rooms.every((room) => {
        const { epoch, offset } = client.position(room) ?? {}
        return `${epoch}@${offset}` === lasts.get(room)
      })
    await until(() => this.clients.every(hasAll), {
      what: 'everybody has the last messages',
      deadlineMs: Math.min(deadlineMs, 15_000),
    }).catch(() => {})
    await this.#attendance(presentBy ?? performance.now() + 15_000)
    for (const { name: client, rooms: own, id } of this.clients) {
      for (const room of own) {
        const as = attended.includes(room) ? { as: id ?? client } : {}
        history.add({ type: 'final', client, room, ...as })
      }
    }
  }

  /** Asks each node who is present, until it is right or the time is over; the last word counts. */
  async #attendance(by: number): Promise<void> {
    const { history, nodes, attended = [] } = this.#options
    // One look is no look: whoever came back just now is told of a moment later.
    const deadline = Math.max(by, performance.now() + 3_000)
    const ask = async (node: ClusterNode, room: string): Promise<void> => {
      for (;;) {
        const ids = await presentOn(node, room)
        const there = this.clients.filter((client) => client.rooms.includes(room))
        const right =
          ids?.length === there.length && there.every(({ id }) => ids.includes(id ?? ''))
        if (right || performance.now() > deadline) {
          history.add({ type: 'present', node: node.config.name ?? '', room, ids })
          return
        }
        await sleep(200)
      }
    }
    await Promise.all(nodes.running.flatMap((node) => attended.map((room) => ask(node, room))))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#going = false
    for (const client of this.clients) client.close()
    await Promise.all(this.#publishing)
  }

  async #publishOn(nth: number): Promise<void> {
    const { rooms, random, pauseMs = 20 } = this.#options
    while (this.#going) {
      const room = rooms[Math.floor(random() * rooms.length)]!
      if (nth % 2 === 0) {
        await this.#publishHttp(room, this.#nextId(room))
      } else {
        const client = this.clients[Math.floor(random() * this.clients.length)]!
        await client.publish(room, this.#nextId(room))
      }
      await sleep(pauseMs)
    }
  }

  #nextId(room: string): string {
    return `${room}/${++this.#published}`
  }

  /** Its place, if it is known to have one. */
  async #publishHttp(
    room: string,
    id: string,
  ): Promise<{ offset: number; epoch: string } | undefined> {
    const { history } = this.#options
    history.add({ type: 'invoked', room, id })
    let outcome: 'failed' | 'unknown' = 'failed'
    for (let nth = 0; nth < tries; nth++) {
      const answer = await this.#post({ channel: room, data: { id }, idempotency_key: id })
      if (typeof answer === 'object') {
        history.add({ type: 'acked', room, id, ...answer })
        return answer
      }
      if (answer === 'unknown') outcome = 'unknown'
      await sleep(100)
    }
    history.add({ type: outcome, room, id })
    return undefined
  }

  async #post(body: object): Promise<{ offset: number; epoch: string } | 'failed' | 'unknown'> {
    const gateway = this.#pickNode()
    if (gateway === undefined) return 'failed'
    try {
      const response = await fetch(`${gateway.client}/api/publish`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-API-Key': apiKey },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(requestTimeoutMs),
      })
      const { result, error } = (await response.json()) as {
        result?: { offset: number; epoch: string }
        error?: { code: number; message: string }
      }
      if (result !== undefined) return { offset: result.offset, epoch: result.epoch }
      return error && outcomeOf(error) === 'failed' ? 'failed' : 'unknown'
    } catch (error) {
      const { cause } = error as { cause?: { code?: string } }
      return cause?.code === 'ECONNREFUSED' ? 'failed' : 'unknown'
    }
  }

  #pickNode(): { client: string; socket: string } | undefined {
    const { nodes, random } = this.#options
    const { running } = nodes
    return running[Math.floor(random() * running.length)]?.gateway
  }
}

/** The ids of the clients that a node says are present; undefined when it does not say. */
async function presentOn(node: ClusterNode, room: string): Promise<string[] | undefined> {
  try {
    const answer = await node.gateway?.api<{ presence: Record<string, unknown> }>('presence', {
      channel: room,
    })
    return answer && Object.keys(answer.presence)
  } catch {
    return undefined
  }
}
