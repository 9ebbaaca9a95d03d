// A connection's subscriptions: asked for by the client, granted by its token, or made by the server API.

import {
  disconnects,
  encodeReply,
  encodeSubscribe,
  encodeUnsubscribe,
  type ErrorReply,
  errors,
  type Requests,
  type SubscribeRequest,
  type SubscribeResult,
  type Unsubscribe,
  unsubscribes,
} from '@sluice/protocol'
import type { SubscriptionClaims, SubscriptionGrant } from '../auth/claims.ts'
import type { Verified } from '../auth/tokens.ts'
import { count } from '../counters.ts'
import type { Access, RoomOptions } from '../room-options.ts'
import { Member, type Wish } from '../rooms/member.ts'
import { isRoomName } from '../rooms/room-name.ts'
import type { Connection, Subscription } from './connection.ts'
import { secondsLeft, untilRefreshOver } from './expiry.ts'
import { notNow, Refused } from '../refusals.ts'
import { reply } from './replies.ts'

/** True when the connection may do what needs this access in this room. */
export function allowed(connection: Connection, room: string, access: Access): boolean {
  switch (access) {
    case 'none':
      return false
    case 'subscriber':
      return connection.subscriptions?.get(room)?.active === true
    case 'client':
      return connection.user !== '' || connection.services.options.insecure
    case 'any':
      return true
  }
}

/** The options of a room that a client names. */
export function roomOptions(connection: Connection, channel: string): RoomOptions {
  const { directory, lookup } = connection.services
  const open = directory.get(channel)
  if (open !== undefined) return open.options
  if (!isRoomName(channel)) throw new Refused(noRoomName)
  const options = lookup(channel)
  if (options === undefined) throw new Refused(errors.unknownChannel)
  return options
}

/** The client's own wish to enter a room. */
export function subscribe(
  connection: Connection,
  id: number,
  request: SubscribeRequest,
): Promise<void> | undefined {
  const { channel, token } = request
  const options = checkEntry(connection, channel)
  if (token !== '') return subscribeByToken(connection, id, request)
  if (!allowed(connection, channel, options.allow.subscribe))
    throw new Refused(errors.permissionDenied)
  return enterAndReply(connection, id, request, undefined)
}

/** Out of a room, at once. False when it was not in it. */
export function unsubscribe(connection: Connection, channel: string): boolean {
  const subscription = connection.subscriptions?.get(channel)
  if (subscription === undefined) return false
  forget(connection, channel, subscription)
  subscription.room.leave(subscription.member)
  return true
}

/** A new token for one subscription. */
export async function subscriptionRefresh(
  connection: Connection,
  id: number,
  request: Requests['subRefresh'],
): Promise<void> {
  const { channel, token } = request
  const subscription = connection.subscriptions?.get(channel)
  if (subscription === undefined) throw new Refused(errors.permissionDenied)
  const verified = await verify(connection, channel, token)
  if (!verified.ok && verified.failure === 'expired') {
    // An error alone would end the subscription for good; ended like this, the client subscribes again with a new token.
    expireSubscription(connection, channel)
    throw new Refused(errors.expired)
  }
  const { expireAt } = claimsOf(verified)
  const ttl = expireSubscriptionAt(connection, channel, expireAt)
  reply(connection, id, 'subRefresh', ttl === undefined ? {} : { expires: true, ttl })
}

/** The time of a subscription's token is over, and nobody refreshed it. */
export function expireSubscription(connection: Connection, channel: string): void {
  if (unsubscribe(connection, channel)) pushUnsubscribe(connection, channel, unsubscribes.expired)
}

/** The server API's wish; the client hears of it as a push. */
export function subscribeByServer(connection: Connection, channel: string): void {
  if (connection.subscriptions?.has(channel) || roomFault(connection, channel) !== undefined) return
  enter(connection, channel, noWish, undefined, true, (outcome) => {
    if (outcome.ok) connection.outlet.send(encodeSubscribe(channel, outcome.result))
  })
}

/** The server API's wish to end one. */
export function unsubscribeByServer(
  connection: Connection,
  channel: string,
  why: Unsubscribe,
): void {
  if (unsubscribe(connection, channel)) pushUnsubscribe(connection, channel, why)
}

/** The rooms that the connection's token grants, joined side by side; those that cannot be are left out. */
export async function joinServerSide(
  connection: Connection,
  grants: ReadonlyMap<string, SubscriptionGrant>,
  wanted: readonly SubscribeRequest[],
): Promise<Map<string, SubscribeResult>> {
  const joined = new Map<string, SubscribeResult>()
  const wishes = new Map(wanted.map((request) => [request.channel, request]))
  await Promise.all(
    [...grants].map(([channel, grant]) => {
      if (roomFault(connection, channel) !== undefined) return Promise.resolve()
      return new Promise<void>((resolve) => {
        enter(connection, channel, wishes.get(channel) ?? noWish, grant.info, true, (outcome) => {
          if (outcome.ok) {
            joined.set(
              channel,
              grant.data === undefined ? outcome.result : { ...outcome.result, data: grant.data },
            )
          }
          resolve()
        })
      })
    }),
  )
  return joined
}

type Outcome = { ok: true; result: SubscribeResult } | { ok: false; error: ErrorReply }

const noWish: Wish = {
  recover: false,
  offset: 0,
  epoch: '',
  positioned: false,
  recoverable: false,
  rejectUnrecovered: false,
}

function checkEntry(connection: Connection, channel: string): RoomOptions {
  const fault = roomFault(connection, channel)
  if (fault !== undefined) throw new Refused(fault)
  if (connection.subscriptions?.has(channel)) throw new Refused(errors.alreadySubscribed)
  return roomOptions(connection, channel)
}

const noRoomName: ErrorReply = {
  ...errors.badRequest,
  message: 'bad request: channel must be 1 to 255 printable ASCII characters without spaces',
}

/** Why nobody can enter this room from this connection. */
function roomFault(connection: Connection, channel: string): ErrorReply | undefined {
  const { lookup, options } = connection.services
  if (!isRoomName(channel)) return noRoomName
  if (lookup(channel) === undefined) return errors.unknownChannel
  if ((connection.subscriptions?.size ?? 0) >= options.limits.maxChannelsPerConnection)
    return errors.limitExceeded
  return undefined
}

async function subscribeByToken(
  connection: Connection,
  id: number,
  request: SubscribeRequest,
): Promise<void> {
  const claims = claimsOf(await verify(connection, request.channel, request.token))
  // Another command may have entered the room while the token was verified.
  checkEntry(connection, request.channel)
  await enterAndReply(connection, id, request, claims)
}

function verify(
  connection: Connection,
  channel: string,
  token: string,
): Promise<Verified<SubscriptionClaims>> {
  const { verifier, system } = connection.services
  const { user, client } = connection
  return connection.self.wait(
    'promise',
    'token',
    verifier.subscription(token, { channel, user, client }, system.clock.wall() / 1_000),
  )
}

/** What the token says; throws the error that a command with it is answered with. */
function claimsOf(verified: Verified<SubscriptionClaims>): SubscriptionClaims {
  if (verified.ok) return verified.claims
  switch (verified.failure) {
    case 'expired':
      throw new Refused(errors.tokenExpired)
    case 'unavailable':
      throw new Refused({ ...errors.internal, message: 'token keys are not available' })
    case 'invalid':
      throw new Refused(errors.permissionDenied)
  }
}

/** Resolves when the room has answered; undefined when it did so at once. */
function enterAndReply(
  connection: Connection,
  id: number,
  request: SubscribeRequest,
  claims: SubscriptionClaims | undefined,
): Promise<void> | undefined {
  const { channel } = request
  let settle: (() => void) | undefined
  let answered = false
  enter(connection, channel, request, claims?.info, false, (outcome) => {
    answered = true
    if (connection.self.context.ended) return settle?.()
    if (outcome.ok) {
      const ttl = expireSubscriptionAt(connection, channel, claims?.expireAt)
      const expiry = ttl === undefined ? {} : { expires: true, ttl }
      connection.outlet.send(encodeReply(id, 'subscribe', { ...outcome.result, ...expiry }))
    } else connection.fail({ id, method: 'subscribe' }, outcome.error)
    settle?.()
  })
  if (answered) return undefined
  const room = connection.subscriptions?.get(channel)?.room
  const held = room && connection.self.hold('ask', room.ref)
  return new Promise((resolve) => {
    settle = () => {
      held?.release()
      resolve()
    }
  })
}

/** Asks the room; `answered` is called in the very call that makes the connection a member, or says why not. */
function enter(
  connection: Connection,
  channel: string,
  wish: Wish,
  chanInfo: unknown,
  serverSide: boolean,
  answered: (outcome: Outcome) => void,
): void {
  const { services } = connection
  // A connection that has left all its rooms enters none any more.
  const room = connection.self.context.ended ? undefined : services.directory.obtain(channel)
  if (room === undefined) {
    answered({ ok: false, error: notNow })
    return
  }
  const member = new Member(connection.outlet, connection.clientInfo(chanInfo))
  const subscription: Subscription = { room, member, active: false, serverSide, expiry: undefined }
  connection.subscriptions ??= new Map()
  connection.subscriptions.set(channel, subscription)
  room.join({
    member,
    wish,
    answer(joined) {
      if (joined.ok) subscription.active = true
      else forget(connection, channel, subscription)
      if (joined.ok && joined.result.wasRecovering) {
        if (joined.result.recovered) services.counters.recovered++
        else services.counters.unrecovered++
      }
      answered(joined)
    },
    evicted() {
      forget(connection, channel, subscription)
      // A node that ends needs no pushes: its connections close.
      if (connection.self.context.ended) return
      // What the server subscribed to, the client cannot subscribe to anew: it comes back as a whole.
      if (serverSide) connection.close(disconnects.insufficientState)
      else pushUnsubscribe(connection, channel, unsubscribes.insufficientState)
    },
  })
}

function forget(connection: Connection, channel: string, subscription: Subscription): void {
  if (subscription.expiry !== undefined)
    connection.services.system.wheel.cancel(subscription.expiry)
  if (connection.subscriptions?.get(channel) === subscription)
    connection.subscriptions.delete(channel)
}

function pushUnsubscribe(connection: Connection, channel: string, why: Unsubscribe): void {
  count(connection.services.counters.unsubscribed, why.code)
  connection.outlet.send(encodeUnsubscribe(channel, why))
}

/** Ends the subscription some time after `at` (seconds), unless refreshed; returns the seconds until then. */
function expireSubscriptionAt(
  connection: Connection,
  channel: string,
  at: number | undefined,
): number | undefined {
  const subscription = connection.subscriptions?.get(channel)
  if (subscription === undefined) return undefined
  const { system } = connection.services
  if (subscription.expiry !== undefined) system.wheel.cancel(subscription.expiry)
  subscription.expiry = undefined
  if (at === undefined) return undefined
  const now = system.clock.wall()
  const tell = (to: Connection): void =>
    to.self.signal({ type: 'subscription-expired', room: channel })
  subscription.expiry = system.wheel.add(untilRefreshOver(at, now), tell, connection)
  return secondsLeft(at, now)
}
