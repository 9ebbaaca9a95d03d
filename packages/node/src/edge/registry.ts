// Which connections this node has, by client id and by user: for the server API, which speaks of users.

import type { Connection } from './connection.ts'

export class Registry {
  readonly #clients = new Map<string, Connection>()
  readonly #users = new Map<string, Set<Connection>>()
  /** Connections whose socket is full, and since when. */
  readonly full: Map<Connection, number> = new Map()

  /** Connections that have said who they are. */
  get clients(): number {
    return this.#clients.size
  }

  /** Users with a name. */
  get users(): number {
    return this.#users.size
  }

  add(connection: Connection): void {
    const { client, user } = connection
    this.#clients.set(client, connection)
    if (user === '') return
    const same = this.#users.get(user)
    if (same === undefined) this.#users.set(user, new Set([connection]))
    else same.add(connection)
  }

  remove(connection: Connection): void {
    const { client, user } = connection
    if (this.#clients.get(client) === connection) this.#clients.delete(client)
    const same = this.#users.get(user)
    if (same?.delete(connection) && same.size === 0) this.#users.delete(user)
  }

  client(id: string): Connection | undefined {
    return this.#clients.get(id)
  }

  /** The connections of a user, or the one of them that `client` names. Anonymous ones are found by client only. */
  find(user: string, client: string | undefined): Connection[] {
    if (client !== undefined && client !== '') {
      const connection = this.#clients.get(client)
      return connection !== undefined && connection.user === user ? [connection] : []
    }
    return [...(this.#users.get(user) ?? [])]
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#clients.values()
  }
}
