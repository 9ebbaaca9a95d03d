// What each command does. A result that is at hand is answered at once; what must be waited for is a promise, which the
// connection counts. No command's fault is another's: it gets an error reply, and the connection goes on.

import type { Position } from '@sluice/cluster'
import { isPromise, type MaybePromise } from '@sluice/core'
import { type Command, disconnects, errors, type Requests } from '@sluice/protocol'
import { connect, refresh } from './connect.ts'
import type { Connection } from './connection.ts'
import { notNow, Refused, refusalReply } from '../refusals.ts'
import { reply } from './replies.ts'
import {
  allowed,
  roomOptions,
  subscribe,
  subscriptionRefresh,
  unsubscribe,
} from './subscriptions.ts'

/** Executes one command; the promise, if any, settles when it is answered, and never rejects. */
export function execute(connection: Connection, command: Command): Promise<void> | undefined {
  if (!connection.connected && command.method !== 'connect') {
    connection.close(disconnects.badRequest, 'bad request: the first command must be connect')
    return undefined
  }
  let outcome: MaybePromise<void>
  try {
    outcome = dispatch(connection, command)
  } catch (error) {
    failed(connection, command, error)
    return undefined
  }
  if (!isPromise(outcome)) return undefined
  return outcome.catch((error: unknown) => failed(connection, command, error))
}

function dispatch(connection: Connection, command: Command): MaybePromise<void> {
  const { id } = command
  switch (command.method) {
    case 'publish':
      return publish(connection, id, command.request)
    case 'rpc':
      return rpc(connection, id, command.request)
    case 'send':
      return undefined
    case 'connect':
      return connect(connection, id, command.request)
    case 'refresh':
      return refresh(connection, id, command.request)
    case 'subscribe':
      return subscribe(connection, id, command.request)
    case 'unsubscribe':
      unsubscribe(connection, command.request.channel)
      return reply(connection, id, 'unsubscribe', {})
    case 'subRefresh':
      return subscriptionRefresh(connection, id, command.request)
    case 'presence':
      return presence(connection, id, command.request.channel)
    case 'presenceStats':
      return presenceStats(connection, id, command.request.channel)
    case 'history':
      return history(connection, id, command.request)
    case 'ping':
      return reply(connection, id, 'ping', {})
  }
}

/** Calls `then` with a value that is here, or will be. */
function after<T>(value: MaybePromise<T>, then: (value: T) => void): MaybePromise<void> {
  if (!isPromise(value)) return then(value)
  return value.then(then)
}

function publish(
  connection: Connection,
  id: number,
  request: Requests['publish'],
): MaybePromise<void> {
  const { services } = connection
  const { channel, data } = request
  const options = roomOptions(connection, channel)
  if (!allowed(connection, channel, options.allow.publish))
    throw new Refused(errors.permissionDenied)
  const info = connection.clientInfo()
  if (options.behavior !== undefined) {
    const open = services.directory.obtain(channel)
    if (open === undefined) throw new Refused(notNow)
    return open.opened.then(async () => {
      // Over before it had begun, or since: nothing is published past a behaviour.
      if (open.behavior === undefined) throw new Refused(notNow)
      const asked = open.behavior.publish(data, info)
      await (asked ?? services.directory.publish(channel, data, { info }))
      reply(connection, id, 'publish', {})
    })
  }
  return after<Position | undefined>(services.directory.publish(channel, data, { info }), () =>
    reply(connection, id, 'publish', {}),
  )
}

async function rpc(connection: Connection, id: number, request: Requests['rpc']): Promise<void> {
  const data = await connection.services.rpc.call(
    request.method,
    request.data,
    connection.clientInfo(),
  )
  reply(connection, id, 'rpc', { data: data ?? null })
}

function presence(connection: Connection, id: number, channel: string): MaybePromise<void> {
  const { services } = connection
  checkRead(connection, channel, 'presence')
  return after(services.bus.presence(channel), (clients) =>
    reply(connection, id, 'presence', { presence: clients }),
  )
}

function presenceStats(connection: Connection, id: number, channel: string): MaybePromise<void> {
  const { services } = connection
  checkRead(connection, channel, 'presence')
  return after(services.bus.presenceStats(channel), (stats) =>
    reply(connection, id, 'presenceStats', stats),
  )
}

function history(
  connection: Connection,
  id: number,
  request: Requests['history'],
): MaybePromise<void> {
  const { services } = connection
  const { channel, limit, since, reverse } = request
  const kept = checkRead(connection, channel, 'history')
  if (kept === undefined) throw new Refused(errors.notAvailable)
  const query = { reverse, ...(limit >= 0 && { limit }), ...(since !== undefined && { since }) }
  return after(services.bus.history(channel, query, kept), (result) => {
    // A client that names a position must not take a part for the whole.
    if (!result.complete) throw new Refused(errors.unrecoverablePosition)
    reply(connection, id, 'history', result)
  })
}

/** The room's history options, once the client may read what it asks for. */
function checkRead(
  connection: Connection,
  channel: string,
  what: 'presence' | 'history',
): { size: number; ttlMs: number } | undefined {
  const options = roomOptions(connection, channel)
  if (!allowed(connection, channel, options.allow[what])) throw new Refused(errors.permissionDenied)
  if (what === 'presence' && !options.presence) throw new Refused(errors.notAvailable)
  return options.history
}

/** What was thrown, as the client hears it. */
function failed(connection: Connection, command: Command, error: unknown): void {
  // What throws because its connection ended is no fault, and nobody waits for the answer.
  if (connection.self.context.ended) return
  const known = refusalReply(error)
  if (known === undefined) {
    const { client, services } = connection
    services.events.emit({ name: 'command.crashed', client, method: command.method, error })
  }
  connection.fail(command, known ?? errors.internal)
}
