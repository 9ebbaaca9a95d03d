// The rooms of this node: who is in them, what they deliver, who falls behind.

import { greatest } from '../greatest.ts'
import type { Room } from '../rooms/room.ts'
import type { Services } from '../services.ts'
import { type List, listKeys } from './list.ts'
import { readQuery } from './query.ts'

export interface RoomRow {
  name: string
  /** The id of its actor. */
  actor: string
  /** On this node. */
  members: number
  /** Publications that it had here, since it opened. */
  delivered: number
  /** Members whose socket is full. */
  slow: number
  /** Bytes that wait for its members, other rooms' included. */
  queueBytes: number
  /** Of its stream; 0 for a room without history. */
  offset: number
  epoch: string
  history: boolean
  presence: boolean
  /** The module of its behaviour; absent without one. */
  behavior?: string
}

const ranks = {
  members: (room: Room) => room.members.length,
  delivered: (room: Room) => room.delivered,
}

/** Rooms, the largest first, or by `sort`: members, delivered. */
export function viewRooms(services: Services, query: URLSearchParams): List<RoomRow> {
  const { directory, options } = services
  const { search, sort, limit } = readQuery(query, { ...listKeys('members', 'delivered') })
  const found = [...directory].filter(({ name }) => name.toLowerCase().includes(search))
  return {
    node: options.name,
    total: directory.size,
    matched: found.length,
    rows: greatest(found, limit, ranks[sort]).map(roomRow),
  }
}

/** A room in a line. */
export function roomRow(room: Room): RoomRow {
  const { name, ref, members, delivered, options, position } = room
  let [slow, queueBytes] = [0, 0]
  for (const { outlet } of members) {
    if (!outlet.blocked) continue
    slow++
    queueBytes += outlet.queued
  }
  return {
    name,
    actor: ref.id,
    members: members.length,
    delivered,
    slow,
    queueBytes,
    ...position,
    history: options.history !== undefined,
    presence: options.presence,
    ...(options.behavior !== undefined && { behavior: options.behavior }),
  }
}
