// Who is where on one node: room → client → info, and how many clients each user has there. Pure.

import type { ClientInfo, PresenceStats } from './bus.ts'

interface Attendance {
  readonly clients: Map<string, ClientInfo>
  /** Clients of each user: kept, not counted anew, since rooms are large and the question is frequent. */
  readonly users: Map<string, number>
}

export class Presence {
  readonly #rooms = new Map<string, Attendance>()

  /** Adds a client, or replaces its info. */
  add(room: string, info: ClientInfo): void {
    let attendance = this.#rooms.get(room)
    if (attendance === undefined) {
      attendance = { clients: new Map(), users: new Map() }
      this.#rooms.set(room, attendance)
    }
    const { clients, users } = attendance
    const known = clients.get(info.client)
    if (known !== undefined) leave(users, known.user)
    clients.set(info.client, info)
    users.set(info.user, (users.get(info.user) ?? 0) + 1)
  }

  remove(room: string, client: string): void {
    const attendance = this.#rooms.get(room)
    const known = attendance?.clients.get(client)
    if (attendance === undefined || known === undefined) return
    attendance.clients.delete(client)
    leave(attendance.users, known.user)
    if (attendance.clients.size === 0) this.#rooms.delete(room)
  }

  has(room: string): boolean {
    return this.#rooms.has(room)
  }

  rooms(): Iterable<string> {
    return this.#rooms.keys()
  }

  clients(room: string): Iterable<ClientInfo> {
    return this.#rooms.get(room)?.clients.values() ?? []
  }

  stats(room: string): PresenceStats {
    const attendance = this.#rooms.get(room)
    return { numClients: attendance?.clients.size ?? 0, numUsers: attendance?.users.size ?? 0 }
  }

  clear(): void {
    this.#rooms.clear()
  }
}

/** What several nodes know of one room, as one: a client counts once. */
export function mergeClients(nodes: Iterable<Presence>, room: string): ClientInfo[] {
  const clients = new Map<string, ClientInfo>()
  for (const node of nodes) for (const info of node.clients(room)) clients.set(info.client, info)
  return [...clients.values()]
}

/** The numbers of the same. */
export function mergeStats(nodes: Iterable<Presence>, room: string): PresenceStats {
  const present = [...nodes].filter((node) => node.has(room))
  const [only] = present
  if (only === undefined) return { numClients: 0, numUsers: 0 }
  if (present.length === 1) return only.stats(room)
  const clients = mergeClients(present, room)
  return { numClients: clients.length, numUsers: new Set(clients.map((info) => info.user)).size }
}

function leave(users: Map<string, number>, user: string): void {
  const clients = (users.get(user) ?? 0) - 1
  if (clients > 0) users.set(user, clients)
  else users.delete(user)
}
