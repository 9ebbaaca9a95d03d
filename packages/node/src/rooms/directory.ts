// Which rooms are open on this node, by name. Rooms are children of the `rooms` supervisor; this is how they are found.

import type { Delivery, Position, PublishOptions } from '@sluice/cluster'
import { type Behavior, type MaybePromise, type Self, SluiceError } from '@sluice/core'
import type { Services } from '../services.ts'
import { Room, roomBehavior } from './room.ts'

/** A room's actor is dead, whatever it died of. */
export interface DirectoryMessage {
  type: 'ended'
  room: Room
}

export class Directory {
  readonly #rooms = new Map<string, Room>()
  readonly #services: Services
  #self: Self<DirectoryMessage> | undefined = undefined

  constructor(services: Services) {
    this.#services = services
  }

  get size(): number {
    return this.#rooms.size
  }

  /** The open room of this name. */
  get(name: string): Room | undefined {
    return this.#rooms.get(name)
  }

  /** The room of this name, opened if need be; undefined when its namespace is not known, or the node is full or ending. */
  obtain(name: string): Room | undefined {
    const open = this.#rooms.get(name)
    if (open?.ref.alive) return open
    const options = this.#services.lookup(name)
    const self = this.#self
    if (options === undefined || self === undefined || self.context.ended) return undefined
    const room = new Room(name, options, this.#services)
    try {
      room.ref = self.spawn(roomBehavior, room)
    } catch (error) {
      this.#services.system.report(error)
      return undefined
    }
    // A room that could not even start has no stop hook: its end is heard of here.
    self.watch(room.ref, { type: 'ended', room })
    this.#rooms.set(name, room)
    return room
  }

  /** Publishes to the room on every node; kept as the room's options say. */
  publish(
    name: string,
    data: unknown,
    options: Omit<PublishOptions, 'history'> & { skipHistory?: boolean } = {},
  ): MaybePromise<Position | undefined> {
    const { lookup, bus, counters, tracing } = this.#services
    const room = this.#rooms.get(name)?.options ?? lookup(name)
    if (room === undefined) throw new SluiceError('not_available', `no namespace for room ${name}`)
    const { skipHistory, ...rest } = options
    const kept =
      room.history === undefined || skipHistory === true ? rest : { ...rest, history: room.history }
    // Undefined for what has no JSON text, such as a function; every member would choke on it.
    const text = JSON.stringify(data) as string | undefined
    if (text === undefined)
      throw new SluiceError('option_invalid', `room ${name}: what is published has no JSON text`)
    counters.published++
    if (tracing === undefined) return bus.publish(name, text, kept)
    return tracing.part('publish', { 'sluice.room': name }, () => {
      const traceparent = tracing.traceparent()
      return bus.publish(name, text, traceparent === undefined ? kept : { ...kept, traceparent })
    })
  }

  /** What the bus brings, to the room it is for. */
  deliver(name: string, delivery: Delivery): void {
    this.#rooms.get(name)?.deliver(delivery)
  }

  /** True when no other room has the name. */
  forget(room: Room): boolean {
    if (this.#rooms.get(room.name) === room) this.#rooms.delete(room.name)
    return !this.#rooms.has(room.name)
  }

  [Symbol.iterator](): IterableIterator<Room> {
    return this.#rooms.values()
  }

  /** The supervisor of all rooms: its children are the rooms. */
  behavior(): Behavior<DirectoryMessage, Directory> {
    return {
      name: 'rooms',
      restart: 'permanent',
      start: (self) => {
        this.#self = self
        return this
      },
      receive: (_directory, { room }) => room.close(),
      describe: () => ({ rooms: this.size }),
    }
  }
}
