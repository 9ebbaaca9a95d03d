// What a token says, once its signature holds: claims of the right types, under names of this code.

import * as z from 'zod'

/** One server-side subscription that a connection token asks for. */
export interface SubscriptionGrant {
  /** What the room shows beside the user, as presence and join tell it. */
  info?: unknown
  /** Handed to the client with the subscription. */
  data?: unknown
}

/** Who a connection is. */
export interface ConnectionClaims {
  /** Empty for an anonymous user. */
  user: string
  /** When the identity ends, in seconds; absent for never. */
  expireAt?: number | undefined
  info?: unknown
  /** Rooms to subscribe to at once. */
  channels?: string[] | undefined
  /** The same, with something to say about each. */
  subs?: Map<string, SubscriptionGrant> | undefined
  /** For behaviours; never sent to a client. */
  meta?: Record<string, unknown> | undefined
  jti?: string | undefined
}

/** What a subscription token allows: one room, for one user. */
export interface SubscriptionClaims {
  channel: string
  /** Absent when the token is for whoever holds it. */
  user?: string | undefined
  client?: string | undefined
  expireAt?: number | undefined
  info?: unknown
  jti?: string | undefined
}

/** A connection token's claims, or undefined when they are not of the right types. */
export function connectionClaims(payload: unknown): ConnectionClaims | undefined {
  const { data } = connection.safeParse(payload)
  if (!data) return undefined
  const { sub: user = '', exp: expireAt, subs, info, channels, meta, jti } = data
  return { user, expireAt, info, channels, subs: subs && new Map(Object.entries(subs)), meta, jti }
}

/** A subscription token's claims, or undefined when they are not of the right types. */
export function subscriptionClaims(payload: unknown): SubscriptionClaims | undefined {
  const { data } = subscription.safeParse(payload)
  if (!data) return undefined
  const { channel, sub: user, client, exp: expireAt, info, jti } = data
  return { channel, user, client, expireAt, info, jti }
}

const shared = {
  sub: z.string().optional(),
  exp: z.number().optional(),
  jti: z.string().optional(),
  info: z.unknown().optional(),
}

const grant = { info: z.unknown().optional(), data: z.unknown().optional() }

const connection = z.object({
  ...shared,
  channels: z.array(z.string()).optional(),
  subs: z.record(z.string(), z.object(grant)).optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  // A subscription token names its room. It is handed out more freely, and must not open a connection.
  channel: z.undefined().optional(),
})

const subscription = z.object({
  ...shared,
  channel: z.string().min(1),
  client: z.string().optional(),
})
