// The first command: who is there. And refresh: who still is.

import { randomUUID } from 'node:crypto'
import {
  type ConnectRequest,
  type ConnectResult,
  disconnects,
  encodeReply,
  errors,
  type Requests,
  type SubscribeResult,
} from '@sluice/protocol'
import type { ConnectionClaims, SubscriptionGrant } from '../auth/claims.ts'
import type { Connection } from './connection.ts'
import { secondsLeft, untilRefreshOver } from './expiry.ts'
import { Refused } from '../refusals.ts'
import { reply } from './replies.ts'
import { joinServerSide } from './subscriptions.ts'

/** Verifies the token, joins the rooms it names, and answers with all of it at once. */
export function connect(
  connection: Connection,
  id: number,
  request: ConnectRequest,
): Promise<void> | undefined {
  if (connection.connected || connection.connecting) {
    connection.close(disconnects.badRequest, 'bad request: connect twice')
    return undefined
  }
  if (request.token === '') {
    if (!connection.services.options.insecure) {
      connection.close(disconnects.invalidToken, 'no token')
      return undefined
    }
    return accept(connection, id, request, { user: '' })
  }
  connection.connecting = true
  return verify(connection, request.token)
    .then((claims) => {
      if (claims !== undefined && connection.goodbye === undefined)
        return accept(connection, id, request, claims)
      return undefined
    })
    .finally(() => {
      connection.connecting = false
    })
}

/** A new token before the old one's time is over. */
export async function refresh(
  connection: Connection,
  id: number,
  request: Requests['refresh'],
): Promise<void> {
  const claims = await verify(connection, request.token)
  if (claims === undefined) return
  // Another identity is another connection.
  if (claims.user !== connection.user) throw new Refused(errors.badRequest)
  const ttl = expireAt(connection, claims.expireAt)
  reply(connection, id, 'refresh', {
    client: connection.client,
    version: connection.services.version,
    ...(ttl !== undefined && { expires: true, ttl }),
  })
}

/** Ends the connection some time after `at` (seconds), unless refreshed; returns the seconds until then. */
export function expireAt(connection: Connection, at: number | undefined): number | undefined {
  const { system } = connection.services
  if (connection.expiry !== undefined) system.wheel.cancel(connection.expiry)
  connection.expiry = undefined
  if (at === undefined) return undefined
  const now = system.clock.wall()
  connection.expiry = system.wheel.add(untilRefreshOver(at, now), expire, connection)
  return secondsLeft(at, now)
}

function expire(connection: Connection): void {
  connection.self.signal({ type: 'expired' })
}

/** The claims; undefined when the connection is closing because of them. Throws error 109 for a connect of the past. */
async function verify(
  connection: Connection,
  token: string,
): Promise<ConnectionClaims | undefined> {
  const { verifier, system } = connection.services
  const verified = await connection.self.wait(
    'promise',
    'token',
    verifier.connection(token, system.clock.wall() / 1_000),
  )
  if (verified.ok) return verified.claims
  switch (verified.failure) {
    case 'expired':
      if (!connection.connected) throw new Refused(errors.tokenExpired)
      // A refresh that is answered with an error ends a client for good; closed like this, it comes back and asks anew.
      connection.close(disconnects.expired)
      return undefined
    case 'unavailable':
      throw new Refused({ ...errors.internal, message: 'token keys are not available' })
    case 'invalid':
      connection.close(disconnects.invalidToken)
      return undefined
  }
}

function accept(
  connection: Connection,
  id: number,
  request: ConnectRequest,
  claims: ConnectionClaims,
): Promise<void> | undefined {
  const { services } = connection
  connection.client = randomUUID()
  connection.user = claims.user
  connection.info = claims.info
  services.registry.add(connection)
  connection.heartbeat.start()
  const ttl = expireAt(connection, claims.expireAt)
  if (services.events.heard) {
    const { client, user } = connection
    const { address } = connection.inlet
    services.events.emit({ name: 'connection.opened', client, user, address })
  }
  const { options, version } = services
  const result: ConnectResult = {
    client: connection.client,
    version,
    ping: Math.ceil(options.heartbeat.pingMs / 1_000),
    pong: true,
    session: connection.client,
    node: services.uid,
    ...(ttl !== undefined && { expires: true, ttl }),
  }
  const grants = grantsOf(claims)
  if (grants.size === 0) {
    connection.outlet.open(encodeReply(id, 'connect', result))
    return undefined
  }
  return joinServerSide(connection, grants, request.subs).then(
    (subs: Map<string, SubscribeResult>) => {
      connection.outlet.open(encodeReply(id, 'connect', { ...result, subs }))
    },
  )
}

function grantsOf(claims: ConnectionClaims): Map<string, SubscriptionGrant> {
  const grants = new Map<string, SubscriptionGrant>(claims.subs ?? [])
  for (const channel of claims.channels ?? []) if (!grants.has(channel)) grants.set(channel, {})
  return grants
}
