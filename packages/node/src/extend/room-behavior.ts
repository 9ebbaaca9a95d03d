// A room's behaviour: the user's actor, a child of the room's. The room tells it who comes and goes, and asks it about
// what clients publish and call; it publishes through the handle that it was given.

import type { ClientInfo, Position } from '@sluice/cluster'
import type { MaybePromise, Ref, Reply, Self } from '@sluice/core'
import { errors } from '@sluice/protocol'
import { Refused } from '../refusals.ts'
import type { Room } from '../rooms/room.ts'
import type { Services } from '../services.ts'

/** What a behaviour hears. Only these types, never one that a client chose. */
export type RoomEvent =
  | { type: 'joined'; client: ClientInfo }
  | { type: 'left'; client: ClientInfo }
  /** A client wants to publish; an answer lets it (what is published is up to the behaviour), a failure refuses. */
  | { type: 'publish'; data: unknown; client: ClientInfo; reply: Reply<unknown> }
  /** A client calls; the answer is the call's result. */
  | { type: 'rpc'; method: string; data: unknown; client: ClientInfo; reply: Reply<unknown> }

/** What a behaviour can do with its room. */
export interface RoomHandle {
  readonly name: string
  /** To every member, on every node. */
  publish(data: unknown, tags?: Record<string, string>): MaybePromise<Position | undefined>
  /** The members on this node. */
  members(): ClientInfo[]
}

/** What a behaviour starts with. `room` is absent for one that only answers RPC. */
export interface BehaviorInput {
  readonly room?: RoomHandle
  /** Publishes into any room. */
  readonly publish: (room: string, data: unknown) => MaybePromise<Position | undefined>
}

export class RoomBehavior {
  readonly #ref: Ref<RoomEvent>
  readonly #room: Room
  readonly #accepts: (type: RoomEvent['type']) => boolean

  constructor(ref: Ref<RoomEvent>, room: Room) {
    const { accepts } = ref.behavior
    this.#ref = ref
    this.#room = room
    this.#accepts = (type) => accepts?.includes(type) ?? true
  }

  // Signals: who counts its members must not miss one because its mailbox was full.

  joined(client: ClientInfo): void {
    if (this.#accepts('joined')) this.#ref.signal({ type: 'joined', client })
  }

  left(client: ClientInfo): void {
    if (this.#accepts('left')) this.#ref.signal({ type: 'left', client })
  }

  /** Undefined when the behaviour leaves publishing to the room. */
  publish(data: unknown, client: ClientInfo): Promise<unknown> | undefined {
    if (!this.#accepts('publish')) return undefined
    this.#room.touch()
    return this.#ref.ask<unknown>((reply) => ({ type: 'publish', data, client, reply }))
  }

  async rpc(method: string, data: unknown, client: ClientInfo): Promise<unknown> {
    this.#room.touch()
    if (!this.#accepts('rpc')) throw new Refused(errors.notAvailable)
    return await this.#ref.ask<unknown>((reply) => ({ type: 'rpc', method, data, client, reply }))
  }
}

/** How behaviours publish. Who does not wait for the result may ignore it: its failure is told to the node. */
export function createPublish(
  services: Services,
): (
  room: string,
  data: unknown,
  tags?: Record<string, string>,
) => MaybePromise<Position | undefined> {
  return (room, data, tags) => {
    const done = services.directory.publish(room, data, tags === undefined ? {} : { tags })
    services.follow('publish', room, done)
    return done
  }
}

/** Starts the behaviour below its room. */
export function startRoomBehavior(room: Room, self: Self<never>, path: string): RoomBehavior {
  const { services } = room
  const publish = createPublish(services)
  const handle: RoomHandle = {
    name: room.name,
    publish: (data, tags) => publish(room.name, data, tags),
    members: () => room.members.map((member) => member.info),
  }
  const input: BehaviorInput = { room: handle, publish: (name, data) => publish(name, data) }
  return new RoomBehavior(self.spawn(services.modules.get(path), input), room)
}
