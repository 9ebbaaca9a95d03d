// Where calls go: a method names a module. If rooms have that module as their behaviour, `data.room` says which room is
// asked; else one actor of the module, a child of `services`, answers all calls.

import type { ClientInfo } from '@sluice/cluster'
import type { Behavior, Ref, Self } from '@sluice/core'
import { errors } from '@sluice/protocol'
import { notNow, Refused } from '../refusals.ts'
import { isRoomName } from '../rooms/room-name.ts'
import type { Services } from '../services.ts'
import { type BehaviorInput, createPublish, type RoomEvent } from './room-behavior.ts'

const restartSoon = { minMs: 10, maxMs: 1_000, factor: 2, jitter: 0.2 }

export class RpcRouter {
  readonly #services: Services
  readonly #actors = new Map<string, Ref<RoomEvent>>()

  constructor(services: Services) {
    this.#services = services
  }

  /** Asks whoever answers this method. */
  async call(method: string, data: unknown, client: ClientInfo): Promise<unknown> {
    const path = this.#services.options.rpc.get(method)
    if (path === undefined) throw new Refused(errors.methodNotFound)
    const room = (data as { room?: unknown } | null | undefined)?.room
    const named = typeof room === 'string' && isRoomName(room)
    if (named && this.#services.lookup(room)?.behavior === path) {
      return await this.#callRoom(room, method, data, client)
    }
    const actor = this.#actors.get(path)
    if (actor === undefined)
      throw new Refused({
        ...errors.badRequest,
        message: 'bad request: data.room must name a room of this method',
      })
    return await actor.ask<unknown>((reply) => ({ type: 'rpc', method, data, client, reply }))
  }

  /** The supervisor of the actors that answer calls on their own. */
  behavior(): Behavior<never, RpcRouter> {
    const { options, modules } = this.#services
    const inRooms = new Set<string | undefined>([
      options.rooms.default.behavior,
      ...[...options.rooms.namespaces.values()].map((room) => room.behavior),
      ...options.rooms.behaviors.values(),
    ])
    return {
      name: 'services',
      restart: 'permanent',
      // Never spent: any client can make a behaviour with a fault throw as often as it likes, and escalation would end
      // the node. The backoff bounds what that costs, and is short, as all others wait for it as well.
      supervise: { intensity: Number.MAX_SAFE_INTEGER, backoff: restartSoon },
      start: (self: Self<never>) => {
        this.#actors.clear()
        const publish = createPublish(this.#services)
        const input: BehaviorInput = { publish: (room, data) => publish(room, data) }
        for (const path of new Set(options.rpc.values())) {
          if (!inRooms.has(path)) this.#actors.set(path, self.spawn(modules.get(path), input))
        }
        return this
      },
      receive: () => undefined,
      describe: () => ({ methods: options.rpc.size }),
    }
  }

  async #callRoom(
    name: string,
    method: string,
    data: unknown,
    client: ClientInfo,
  ): Promise<unknown> {
    const room = this.#services.directory.obtain(name)
    if (room === undefined) throw new Refused(notNow)
    await room.opened
    // Over before it had begun, or since.
    if (room.behavior === undefined) throw new Refused(notNow)
    return await room.behavior.rpc(method, data, client)
  }
}
