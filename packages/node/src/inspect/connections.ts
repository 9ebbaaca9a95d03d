// The connections of this node: who they are, how far they are behind.

import { greatest } from '../greatest.ts'
import type { Connection } from '../edge/connection.ts'
import type { Services } from '../services.ts'
import { type List, listKeys } from './list.ts'
import { maybePair, readQuery } from './query.ts'

export interface ConnectionRow {
  client: string
  user: string
  /** The id of its actor. */
  actor: string
  address: string
  ageMs: number
  rooms: number
  handled: number
  /** Bytes that wait for its socket. */
  queueBytes: number
  /** Its socket is full. */
  blocked: boolean
}

/**
 * Connections that said who they are, those furthest behind first, or by `sort`: queue, rooms, age, handled. With `of`, those
 * of one user or address, whatever others have its name in theirs.
 */
export function viewConnections(services: Services, query: URLSearchParams): List<ConnectionRow> {
  const { registry, options, system } = services
  const { table, now } = system
  const { of, search, sort, limit } = readQuery(query, {
    of: maybePair(['user', 'address']),
    ...listKeys('queue', 'rooms', 'age', 'handled'),
  })
  const rowNumber = (connection: Connection): number => system.find(connection.self.id)?.row ?? 0
  const handledOf = (connection: Connection): number => table.handled[rowNumber(connection)] ?? 0
  const ageOf = (connection: Connection): number =>
    now - (table.spawnedAt[rowNumber(connection)] ?? now)
  const ranks: Record<typeof sort, (connection: Connection) => number> = {
    queue: ({ outlet }) => outlet.queued,
    rooms: ({ subscriptions }) => subscriptions?.size ?? 0,
    age: ageOf,
    handled: handledOf,
  }
  let matched = 0
  function* found(): Generator<Connection> {
    for (const connection of registry) {
      if (of !== undefined && crowdOf(connection, of.key) !== of.text) continue
      if (search !== '' && !textOf(connection, connection.inlet.address).includes(search)) continue
      matched++
      yield connection
    }
  }
  const rows = greatest(found(), limit, ranks[sort]).map((connection) => ({
    client: connection.client,
    user: connection.user,
    actor: connection.self.id,
    address: connection.inlet.address,
    ageMs: Math.round(ageOf(connection)),
    rooms: connection.subscriptions?.size ?? 0,
    handled: handledOf(connection),
    queueBytes: connection.outlet.queued,
    blocked: connection.outlet.blocked,
  }))
  return { node: options.name, total: registry.clients, matched, rows }
}

/** Whose connection it is, or where it comes from. */
export function crowdOf({ user, inlet }: Connection, by: 'user' | 'address'): string {
  return by === 'user' ? user : inlet.address
}

/** What is searched through. */
export function textOf(
  { client, user }: Pick<Connection, 'client' | 'user'>,
  address: string,
): string {
  return `${client} ${user} ${address}`.toLowerCase()
}
