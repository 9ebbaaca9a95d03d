// One room of this node: what it does, where its stream is, who is in it and how far behind, who publishes.

import { greatest } from '../greatest.ts'
import type { RoomOptions } from '../room-options.ts'
import type { Member } from '../rooms/member.ts'
import type { Room } from '../rooms/room.ts'
import type { Services } from '../services.ts'
import { textOf } from './connections.ts'
import type { List } from './list.ts'
import { NoView } from './no-view.ts'
import { anyText, readQuery, someText, whole } from './query.ts'
import { roomRow, type RoomRow } from './rooms.ts'

export interface MemberRow {
  client: string
  user: string
  /** The id of its connection's actor. */
  actor: string
  address: string
  /** Bytes that wait for its socket. */
  queueBytes: number
  /** Since when its socket is full; absent while it is not. */
  blockedMs?: number
}

export interface PublisherRow {
  /** Empty for what no client published: the server API, a behaviour. */
  client: string
  user: string
  /** The id of its connection's actor; absent when that is on another node, or gone. */
  actor?: string
  /** Of all that is published now, from 0 to 1; too high by at most `errorShare`. */
  share: number
  errorShare: number
  perSecond: number
  /** Since it was last heard. */
  agoMs: number
}

export interface RoomDetail {
  node: string
  room: RoomRow
  options: RoomOptions
  /** Joins that have no answer yet. */
  joining: number
  /** The id of the actor of its behaviour, where that is on this node. */
  behaviorActor?: string
  /** The node where the one behaviour of a singleton room is, as far as it is known here: its name, else its `uid`. */
  owner?: string
  publishers: { perSecond: number; rows: PublisherRow[] }
  /** Those whose sockets are full first, the furthest behind before all others. */
  members: Omit<List<MemberRow>, 'node'>
}

/** Whoever has said nothing for so long does not publish now, however much that was before. */
const nowMs = 60_000

/** The room with the `name` of the query; of its members those that have the `search` in their names or address. */
export function viewRoom(services: Services, query: URLSearchParams): RoomDetail {
  const { options, directory } = services
  const { name, search, limit } = readQuery(query, {
    name: someText('the name of a room'),
    search: anyText(),
    limit: whole(0, 1_000, 500),
  })
  const room = directory.get(name)
  if (room === undefined) {
    const where = `room ${name.slice(0, 200)} is not open on ${options.name}`
    throw new NoView(404, `${where}; it may be open on another node: ask /debug/nodes/room`)
  }
  const { actor, owner } = room.behavior ?? {}
  return {
    node: options.name,
    room: roomRow(room),
    options: room.options,
    joining: room.joining.size,
    ...(actor !== undefined && { behaviorActor: actor }),
    ...(owner !== undefined && { owner: nameOf(services, owner) }),
    publishers: publishersOf(services, room),
    members: membersOf(services, room, search.toLowerCase(), limit),
  }
}

function nameOf({ bus, options, uid }: Services, owner: string): string {
  if (owner === uid) return options.name
  return bus.health().peers.find((peer) => peer.uid === owner)?.name ?? owner
}

function publishersOf({ registry, system }: Services, room: Room): RoomDetail['publishers'] {
  const { now } = system
  const read = room.publishers?.read(now)
  if (read === undefined) return { perSecond: 0, rows: [] }
  const { total, seconds, publishers } = read
  const heard = publishers.filter(({ at }) => now - at <= nowMs)
  return {
    perSecond: total / seconds,
    rows: heard.map(({ client, user, count, error, at }) => {
      const actor = registry.client(client)?.self.id
      return {
        client,
        user,
        ...(actor !== undefined && { actor }),
        share: count / total,
        errorShare: error / total,
        perSecond: count / seconds,
        agoMs: Math.max(0, now - at),
      }
    }),
  }
}

function membersOf(
  services: Services,
  { members }: Room,
  search: string,
  limit: number,
): RoomDetail['members'] {
  const { registry, system } = services
  const { now } = system
  const addressOf = (client: string): string => registry.client(client)?.inlet.address ?? ''
  let matched = 0
  function* found(): Generator<Member> {
    for (const member of members) {
      const { info } = member
      if (search !== '' && !textOf(info, addressOf(info.client)).includes(search)) continue
      matched++
      yield member
    }
  }
  const rank = ({ outlet }: Member): number => (outlet.blocked ? outlet.queued + 1 : 0)
  const worst = greatest(found(), limit, rank)
  return {
    total: members.length,
    matched,
    rows: worst.map(({ info, outlet }) => {
      const connection = registry.client(info.client)
      const since = connection && registry.full.get(connection)
      return {
        client: info.client,
        user: info.user,
        actor: connection?.self.id ?? '',
        address: connection?.inlet.address ?? '',
        queueBytes: outlet.queued,
        ...(since !== undefined && { blockedMs: Math.max(0, now - since) }),
      }
    }),
  }
}
