// Tokens as an application's backend makes them, with jose and not with the gateway's own code.

import { type CryptoKey, type JWTPayload, type KeyObject, SignJWT } from 'jose'

/** The `tokenSecret` of gateways that take these tokens. */
export const tokenSecret = 'a secret of more than thirty-two bytes, for tests alone'

export interface TokenClaims extends JWTPayload {
  info?: unknown
  channels?: string[]
  subs?: Record<string, { info?: unknown; data?: unknown }>
}

export interface Signing {
  algorithm?: string
  key?: Uint8Array | CryptoKey | KeyObject
}

/** A connection token, good for an hour unless its claims say otherwise. */
export function connectionToken(
  user: string,
  claims: TokenClaims = {},
  signing: Signing = {},
): Promise<string> {
  return sign({ sub: user, ...claims }, signing)
}

/** A subscription token: this user may enter this room. */
export function subscriptionToken(
  user: string,
  channel: string,
  claims: TokenClaims = {},
): Promise<string> {
  return sign({ sub: user, channel, ...claims }, {})
}

/** Seconds since 1970, so many from now. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds
}

async function sign(claims: JWTPayload, { algorithm = 'HS256', key }: Signing): Promise<string> {
  return await new SignJWT({ exp: inSeconds(3_600), ...claims })
    .setProtectedHeader({ alg: algorithm })
    .setIssuedAt()
    .sign(key ?? new TextEncoder().encode(tokenSecret))
}
