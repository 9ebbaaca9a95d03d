// Who has many connections here: those of one user, or from one address, taken together.

import { greatest } from '../greatest.ts'
import type { Services } from '../services.ts'
import { crowdOf, textOf } from './connections.ts'
import { type List, listKeys } from './list.ts'
import { readQuery, word } from './query.ts'

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
  const { by, search, sort, limit } = readQuery(query, {
    by: word('user', 'address'),
    ...listKeys('connections', 'queue', 'rooms'),
  })
  const crowds = new Map<string, CrowdRow>()
  let matched = 0
  for (const connection of registry) {
    if (search !== '' && !textOf(connection, connection.inlet.address).includes(search)) continue
    matched++
    const { outlet, subscriptions } = connection
    const name = crowdOf(connection, by)
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
    rows: greatest(crowds.values(), limit, ranks[sort]),
  }
}
