// A node of a cluster reduced to its bus, in this process: so that a fault can be tried thousands of times. It is in some
// rooms, and writes into a history what it hears, as a client would that is in all of them.

import {
  type Bus,
  type BusEvent,
  createRedisBus,
  type Delivery,
  type HistoryOptions,
  type Position,
  type RedisBusOptions,
} from '@sluice/cluster'
import { Events } from '@sluice/core'
import { checkHistory, type CheckOptions, type Finding } from '../cluster/checker.ts'
import { History } from '../cluster/history.ts'
import { within } from './experiment.ts'

export interface PeerOptions extends Partial<RedisBusOptions> {
  readonly url: string
  readonly prefix: string
}

/** Holds what any round of an experiment publishes. */
export const kept: HistoryOptions = { size: 20_000, ttlMs: 600_000 }

const settleMs = 30_000

export class Peer implements AsyncDisposable {
  readonly name: string
  readonly bus: Bus
  readonly events = new Events<BusEvent>()
  /** Of rooms without history: every message, in the order in which it was heard. */
  readonly plain: { room: string; id: string }[] = []
  /** Messages without history that the bus says it did not get. */
  lost = 0
  /** Times that a room was told of a gap. */
  told = 0
  /** Called with each message of a room with history, when it was heard. */
  onHeard: (id: string) => void = () => {}
  /** Likewise, of one without. */
  onPlain: (room: string, id: string) => void = () => {}
  /** Called with each name that it owns no longer. */
  onDisowned: (name: string) => void = () => {}
  readonly #story: Story
  readonly #places = new Map<string, Position>()
  readonly #watchers = new Set<() => void>()

  /** Peers of one cluster share a story. */
  constructor(name: string, story: Story, options: PeerOptions) {
    this.name = name
    this.#story = story
    this.events.on((event) => {
      if (event.name === 'messages.lost') this.lost += event.messages
      if (event.name === 'gap.told' && this.#places.has(event.room)) this.told++
    })
    this.bus = createRedisBus(
      {
        deliver: (room, delivery) => this.#hear(room, delivery),
        control: () => {},
        describe: () => ({
          ...{ uid: `${name}-${options.prefix}`, name, version: '0.0.0' },
          ...{ numClients: 0, numUsers: 0, numChannels: 0, uptime: 0 },
        }),
        disowned: (owned) => this.onDisowned(owned),
      },
      { ...options, events: this.events },
    )
  }

  /** The first event of this kind from now on. */
  next<Name extends BusEvent['name']>(
    name: Name,
    meant: (event: Extract<BusEvent, { name: Name }>) => boolean = () => true,
  ): Promise<Extract<BusEvent, { name: Name }>> {
    return new Promise((resolve) => {
      const off = this.events.on((event) => {
        if (event.name !== name || !meant(event as Extract<BusEvent, { name: Name }>)) return
        off()
        resolve(event as Extract<BusEvent, { name: Name }>)
      })
    })
  }

  /** Resolves when the link is up. */
  async up(deadlineMs = settleMs): Promise<void> {
    if (this.bus.linkState() === 'up') return
    const up = this.next('link.changed', ({ state }) => state === 'up')
    await within(up, deadlineMs, `${this.name} is up`)
  }

  /** Rooms with history first; their places begin the story. */
  async enter(rooms: readonly string[], plain: readonly string[] = []): Promise<void> {
    await Promise.all([...rooms, ...plain].map(async (room) => this.bus.subscribe(room)))
    for (const room of rooms) {
      const { epoch, offset } = await this.bus.history(room, { limit: 0 }, kept)
      this.#places.set(room, { epoch, offset })
      this.#enter(room)
    }
  }

  /** Begins the story anew with where it stands. */
  begin(): void {
    for (const room of this.#places.keys()) this.#enter(room)
  }

  /** Ends the story: what it lacks now it never got. */
  conclude(): void {
    for (const room of this.#places.keys())
      this.#story.history.add({ type: 'final', client: this.name, room })
  }

  place(room: string): Position | undefined {
    return this.#places.get(room)
  }

  /** Into a room with history. Undefined when nobody knows what became of it. */
  async publish(
    room: string,
    id = this.#story.nextId(),
    padding = '',
  ): Promise<Position | undefined> {
    const { history } = this.#story
    history.add({ type: 'invoked', room, id })
    try {
      const position = (await this.bus.publish(room, padded(id, padding), { history: kept }))!
      history.add({ type: 'acked', room, id, ...position })
      return position
    } catch {
      history.add({ type: 'unknown', room, id })
      return undefined
    }
  }

  /** Resolves when `met` is true after something was heard. */
  async hears(met: () => boolean, what: string, deadlineMs = settleMs): Promise<void> {
    if (met()) return
    const heard = Promise.withResolvers<void>()
    const look = (): void => {
      if (met()) heard.resolve()
    }
    this.#watchers.add(look)
    try {
      await within(heard.promise, deadlineMs, `${this.name} hears ${what}`)
    } finally {
      this.#watchers.delete(look)
    }
  }

  /** True when it stands at these places, or behind them. */
  has(places: ReadonlyMap<string, Position>): boolean {
    for (const [room, { epoch, offset }] of places) {
      const own = this.#places.get(room)
      if (own?.epoch !== epoch || own.offset < offset) return false
    }
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bus.close()
  }

  #hear(room: string, delivery: Delivery): void {
    const { history } = this.#story
    const client = this.name
    if (delivery.type === 'publication') {
      const { data, offset } = delivery.publication
      const id = data.split(' ', 1)[0]!
      if (offset === undefined) {
        this.plain.push({ room, id })
        this.onPlain(room, id)
      } else {
        const { epoch } = delivery
        const known = epoch === undefined ? {} : { epoch }
        history.add({ type: 'received', client, room, offset, id, ...known })
        const place = this.#places.get(room)
        if (place !== undefined) place.offset = offset
        this.onHeard(id)
      }
    } else if (delivery.type === 'gap') {
      history.add({ type: 'told', client, room })
      this.#places.set(room, { ...delivery.position })
      this.#enter(room, false)
    }
    for (const look of this.#watchers) look()
  }

  #enter(room: string, recovered?: boolean): void {
    const { epoch, offset } = this.#places.get(room)!
    this.#story.history.add({
      ...{ type: 'subscribed', client: this.name, room, epoch, offset },
      ...{ recovered, publications: [] },
    })
  }
}

/** What happened in one cluster in one round, and what is to be said of it. */
export class Story {
  history = new History()
  #ids = 0

  nextId(): string {
    return String(++this.#ids)
  }

  /** What the checker finds; a new round begins. */
  judge(options: CheckOptions = {}): readonly Finding[] {
    const { events } = this.history
    this.history = new History()
    return checkHistory(events, options).findings
  }
}

/** A message of an id, longer than it need be. */
export function padded(id: string, padding: string): string {
  return padding === '' ? id : `${id} ${padding}`
}

/** A finding in a line. */
export function lineOf({ kind, room, client = '', detail }: Finding): string {
  return `${kind} ${room} ${client}: ${detail}`
}
