// A room's behaviour: the user's actor, a child of the room's. The room tells it who comes and goes, and asks it about
// what clients publish and call; it publishes through the handle that it was given.

import type { ClientInfo, Position } from '@sluice/cluster'
import {
  type AskOptions,
  isPromise,
  type MaybePromise,
  type Ref,
  type Reply,
  type Self,
  SluiceError,
} from '@sluice/core'
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
  /** The members on this node; those on every node, for the one behaviour of a `singleton` room. */
  members(): ClientInfo[]
}

/** What a behaviour starts with. `room` is absent for one that only answers RPC. */
export interface BehaviorInput {
  readonly room?: RoomHandle
  /** Publishes into any room. */
  readonly publish: (room: string, data: unknown) => MaybePromise<Position | undefined>
}

/** Who speaks for a room on this node: its behaviour, or the way to where that is (singleton.ts). */
export interface RoomVoice {
  /** True while somebody who is no member on this node needs the room. */
  readonly needed: boolean
  /** The id of the behaviour's actor, where that is on this node. */
  readonly actor: string | undefined
  /** The `uid` of the node where the room's one behaviour is, as far as it is known; undefined where each node has its own. */
  readonly owner: string | undefined
  joined(client: ClientInfo): void
  left(client: ClientInfo): void
  /** Undefined when the behaviour leaves publishing to the room. */
  publish(data: unknown, client: ClientInfo): Promise<unknown> | undefined
  rpc(method: string, data: unknown, client: ClientInfo): Promise<unknown>
  /** The room is over; `last` when no other room has taken its name here. */
  close(last: boolean): void
}

/** What is special about the behaviour of a room that has one in the whole cluster. */
export interface Mandate {
  /** The token of its ownership: what it publishes into its room after it was succeeded is refused. */
  readonly token: number
  /** It was succeeded, and learned it from a publish that was refused. */
  readonly fenced: () => void
  /** On every node. */
  readonly members: () => ClientInfo[]
}

export class RoomBehavior implements RoomVoice {
  /** It ends with the room's members here. */
  readonly needed = false
  readonly owner = undefined
  readonly #ref: Ref<RoomEvent>
  readonly #room: Room
  readonly #accepts: (type: RoomEvent['type']) => boolean

  constructor(ref: Ref<RoomEvent>, room: Room) {
    const { accepts } = ref.behavior
    this.#ref = ref
    this.#room = room
    this.#accepts = (type) => accepts?.includes(type) ?? true
  }

  get actor(): string {
    return this.#ref.id
  }

  // Signals: who counts its members must not miss one because its mailbox was full.

  joined(client: ClientInfo): void {
    if (this.#accepts('joined')) this.#ref.signal({ type: 'joined', client })
  }

  left(client: ClientInfo): void {
    if (this.#accepts('left')) this.#ref.signal({ type: 'left', client })
  }

  publish(data: unknown, client: ClientInfo, options?: AskOptions): Promise<unknown> | undefined {
    if (!this.#accepts('publish')) return undefined
    this.#room.touch()
    return this.#ref.ask<unknown>((reply) => ({ type: 'publish', data, client, reply }), options)
  }

  async rpc(
    method: string,
    data: unknown,
    client: ClientInfo,
    options?: AskOptions,
  ): Promise<unknown> {
    this.#room.touch()
    if (!this.#accepts('rpc')) throw new Refused(errors.notAvailable)
    return await this.#ref.ask<unknown>(
      (reply) => ({ type: 'rpc', method, data, client, reply }),
      options,
    )
  }

  /** Its actor is a child of the room's, and ends with it. */
  close(): void {}

  /** Ends it before its room. */
  stop(detail: string): void {
    this.#ref.stop(detail)
  }
}

type Publish = (
  room: string,
  data: unknown,
  tags?: Record<string, string>,
) => MaybePromise<Position | undefined>

/** How behaviours publish. Who does not wait for the result may ignore it: its failure is told to the node. */
export function createPublish(services: Services): Publish {
  return (room, data, tags) => {
    const done = services.directory.publish(room, data, tags === undefined ? {} : { tags })
    services.follow('publish', room, done)
    return done
  }
}

/** The same for one that speaks for its room by a mandate: in that room, with its token. */
function createMandated(services: Services, name: string, mandate: Mandate): Publish {
  const plain = createPublish(services)
  return (room, data, tags) => {
    if (room !== name) return plain(room, data, tags)
    const options = { fence: mandate.token, ...(tags !== undefined && { tags }) }
    const done = services.directory.publish(room, data, options)
    if (isPromise(done)) {
      done.then(undefined, (error: unknown) => {
        services.report('publish', room, error)
        if (error instanceof SluiceError && error.code === 'owner_fenced') mandate.fenced()
      })
    }
    return done
  }
}

/** Starts the behaviour below its room. */
export function startRoomBehavior(
  room: Room,
  self: Self<never>,
  path: string,
  mandate?: Mandate,
): RoomBehavior {
  const { services, name } = room
  const publish =
    mandate === undefined ? createPublish(services) : createMandated(services, name, mandate)
  const handle: RoomHandle = {
    name,
    publish: (data, tags) => publish(name, data, tags),
    members: mandate?.members ?? (() => room.members.map((member) => member.info)),
  }
  const input: BehaviorInput = { room: handle, publish: (to, data) => publish(to, data) }
  return new RoomBehavior(self.spawn(services.modules.get(path), input), room)
}
