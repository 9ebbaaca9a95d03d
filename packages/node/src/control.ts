// Commands for the connections of a user, from the server API of any node.

import type { Control } from '@sluice/cluster'
import { encodeRefresh } from '@sluice/protocol'
import { disconnects } from '@sluice/protocol'
import { expireAt } from './edge/connect.ts'
import type { Connection } from './edge/connection.ts'
import { subscribeByServer, unsubscribeByServer } from './edge/subscriptions.ts'
import type { Registry } from './edge/registry.ts'

/** Carries out a command on this node's connections of that user. */
export function control(registry: Registry, command: Control): void {
  for (const connection of registry.find(command.user, command.client)) apply(connection, command)
}

function apply(connection: Connection, command: Control): void {
  switch (command.type) {
    case 'subscribe':
      subscribeByServer(connection, command.room)
      return
    case 'unsubscribe':
      unsubscribeByServer(connection, command.room, command)
      return
    case 'disconnect':
      connection.close(command)
      return
    case 'refresh': {
      if (command.expired === true) {
        connection.close(disconnects.expired)
        return
      }
      const ttl = expireAt(connection, command.expireAt)
      connection.outlet.send(encodeRefresh(ttl === undefined ? {} : { expires: true, ttl }))
    }
  }
}
