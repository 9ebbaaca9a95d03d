// Rooms through Redis: what a node sends, and what it hears.
//
//   outbox ─▶ shards ═▶ Redis ═▶ shards ─▶ engine ─▶ rooms
//
// What is out of reach is told by slot: with one server that is all of it, in a cluster the rooms of one primary, and the
// others go on.

import type { Delivery, LinkState, Position, Publication, PublishOptions } from '../bus.ts'
import { Acked } from './acked.ts'
import type { Script } from './commands.ts'
import { Engine } from './engine.ts'
import type { Keys } from './keys.ts'
import type { ResolvedRedisBusOptions } from './options.ts'
import { Outbox } from './outbox.ts'
import { Shards } from './shards.ts'
import { RedisStreams } from './streams.ts'

export interface WireHooks {
  deliver: (room: string, delivery: Delivery) => void
  /** The link of a primary moved on. */
  stepped: (state: LinkState) => void
}

export class Wire {
  readonly shards: Shards
  readonly streams: RedisStreams
  readonly engine: Engine
  readonly outbox: Outbox
  readonly #acked: Acked
  readonly #keys: Keys
  readonly #deliver: (room: string, delivery: Delivery) => void

  constructor(
    options: ResolvedRedisBusOptions,
    keys: Keys,
    sender: string,
    scripts: readonly Script[],
    hooks: WireHooks,
  ) {
    const { random, events } = options
    const epoch = (): string => Math.floor(random() * 2 ** 40).toString(36)
    this.#keys = keys
    this.#deliver = hooks.deliver
    this.shards = new Shards(options, scripts, {
      received: (channel, bytes) => this.engine.received(channel, bytes),
      compare: async (slots) => {
        await Promise.all([this.engine.compare(slots), this.#acked.verify(slots)])
      },
      suspend: (slots) => {
        this.engine.suspend(slots)
        this.outbox.suspend(slots)
      },
      resume: () => this.outbox.resume(),
      lost: (connection, why) => events?.emit({ name: 'link.lost', connection, why }),
      stepped: hooks.stepped,
      changed: (state) => events?.emit({ name: 'link.changed', state }),
      probe: (number) => keys.channel(`\0probe:${sender}:${number}`),
    })
    const { shards } = this
    this.streams = new RedisStreams(shards, shards.layout, keys, epoch)
    this.engine = new Engine(keys, options, shards, this.streams, hooks.deliver)
    this.#acked = new Acked(this.streams, shards, options.clock)
    this.outbox = new Outbox({
      keys,
      options,
      layout: shards.layout,
      sender,
      epoch,
      session: (slot) => shards.session(slot),
      alone: (room, delivery) => this.#alone(room, delivery),
      redirected: () => void shards.redirected(),
      acked: (room, ack) => this.#acked.note(room, ack),
    })
  }

  start(): void {
    this.engine.start()
    this.#acked.start()
    this.shards.start()
  }

  /** A message for everybody in a room, at most once; without a link, for those here. */
  send(room: string, delivery: Delivery): void {
    const slot = this.#slotOf(room)
    if (this.shards.up(slot)) this.outbox.plain(room, slot, delivery)
    else this.#alone(room, delivery)
  }

  /** Exactly once, in the room's stream; throws at once without a link. */
  publish(
    room: string,
    publication: Publication,
    options: PublishOptions,
  ): Promise<Position | undefined> {
    const slot = this.#slotOf(room)
    this.shards.check(slot)
    return this.outbox.scripted(room, slot, publication, options)
  }

  /** When it resolves, every later publication is heard. */
  async subscribe(room: string): Promise<void> {
    this.shards.check(this.#slotOf(room))
    await this.engine.subscribe(room)
  }

  close(): void {
    this.outbox.close()
    this.engine.close()
    this.#acked.close()
    this.shards.close()
  }

  #alone(room: string, delivery: Delivery): void {
    if (this.engine.has(room)) this.#deliver(room, delivery)
  }

  #slotOf(room: string): number {
    const { layout } = this.shards
    return layout.slots === 1 ? 0 : layout.slotOf(this.#keys.channel(room))
  }
}
