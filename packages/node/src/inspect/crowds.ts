// Who has many connections here: those of one user, or from one address, taken together.

import { greatest } from '../greatest.ts'
import type { Services } from '../services.ts'
import { textOf } from './connections.ts'
import type { List } from './list.ts'
import { anyText, readQuery, whole, word } from './query.ts'

export interface CrowdRow {
  /** The user or the address; empty for those without one. */
  name: string
  connections: number
  /** Memberships of them all. */
  rooms: number
  /** Whose socket is full. */
  blocked: number
  /** Bytes that wait for their sockets. */
  queueBytes: number
}

/** `total` and `matched` are connections. */
export interface Crowds extends List<CrowdRow> {
  /** How many rows there would be without a limit. */
  crowds: number
}

const ranks = {
  connections: (crowd: CrowdRow) => crowd.connections,
  queue: (crowd: CrowdRow) => crowd.queueBytes,
  rooms: (crowd: CrowdRow) => crowd.rooms,
}

/** Connections that said who they are, `by` user or address; the largest crowd first, or by `sort`: connections, queue, rooms. */
export function viewCrowds(services: Services, query: URLSearchParams): Crowds {
  const { registry, options } = services
  const asked = readQuery(query, {
    by: word('user', 'address'),
    search: anyText(),
    sort: word('connections', 'queue', 'rooms'),
    limit: whole(1, 1_000, 1_000),
  })
  const search = asked.search.toLowerCase()
  const crowds = new Map<string, CrowdRow>()
  let matched = 0
  for (const connection of registry) {
    if (search !== '' && !textOf(connection).includes(search)) continue
    matched++
    const { user, inlet, outlet, subscriptions } = connection
    const name = asked.by === 'user' ? user : inlet.address
    let crowd = crowds.get(name)
    if (crowd === undefined) {
      crowd = { name, connections: 0, rooms: 0, blocked: 0, queueBytes: 0 }
      crowds.set(name, crowd)
    }
    crowd.connections++
    crowd.rooms += subscriptions?.size ?? 0
    crowd.queueBytes += outlet.queued
    if (outlet.blocked) crowd.blocked++
  }
  return {
    node: options.name,
    total: registry.clients,
    matched,
    crowds: crowds.size,
    rows: greatest(crowds.values(), asked.limit, ranks[asked.sort]),
  }
}
