// Tokens: who a connection is, and which room a subscription may enter. JSON Web Tokens, verified by
//
//   HS*             the shared secret, or one it replaced
//   RS* ES* EdDSA   a public key of the right kind, or the key set behind a URL
//
// The key decides which algorithms it may verify, never the token: a public key is no secret for HS256 to be
// computed with, and `none` is not in the list (RFC 8725 §3.1).

import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose'
import type { JWTPayload, JWTVerifyOptions } from 'jose'
import { connectionClaims, subscriptionClaims } from './claims.ts'
import type { ConnectionClaims, SubscriptionClaims } from './claims.ts'
import { createKeySet, KeySetUnavailable } from './key-set.ts'
import { readPublicKey } from './keys.ts'

/** Every algorithm a token may be signed with. */
export const tokenAlgorithms = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

export type TokenAlgorithm = (typeof tokenAlgorithms)[number]

/** What tokens are checked against. With no key at all, no token is valid. */
export interface TokenOptions {
  /** Shared secrets for HS*: the current one, then those it replaced. Default none. */
  secrets: readonly string[]
  /** Public keys: PEM text, or the path of a PEM file. Default none. */
  publicKeys: readonly string[]
  /** Where a JSON Web Key Set is fetched from. Default none. */
  jwksUrl?: string
  /** The algorithms that are accepted. Default all but HS384 and HS512. */
  algorithms: readonly TokenAlgorithm[]
  /** Demanded in `aud`. Default: not looked at. */
  audience?: string
  /** Demanded in `iss`. Default: not looked at. */
  issuer?: string
}

/**
 * Why a token is refused. `unavailable`: the key set could not be fetched, which says nothing about the token; the
 * client should come back, not give up.
 */
export type TokenFailure = 'invalid' | 'expired' | 'unavailable'

export type Verified<Claims> = { ok: true; claims: Claims } | { ok: false; failure: TokenFailure }

/** Who presents a subscription token, and for which room. */
export interface SubscriptionAttempt {
  channel: string
  user: string
  client: string
}

/** `now` is in seconds since 1970, as a token's own times are. */
export interface TokenVerifier {
  readonly connection: (token: string, now: number) => Promise<Verified<ConnectionClaims>>
  readonly subscription: (
    token: string,
    attempt: SubscriptionAttempt,
    now: number,
  ) => Promise<Verified<SubscriptionClaims>>
}

/** A verifier for these keys. Reads key files; throws when one is not a public key. */
export function createTokenVerifier(options: TokenOptions): TokenVerifier {
  const keys = createKeys(options)
  const accepted: readonly string[] = options.algorithms
  const demanded: JWTVerifyOptions = {}
  if (options.audience !== undefined) demanded.audience = options.audience
  if (options.issuer !== undefined) demanded.issuer = options.issuer

  async function verify(token: string, now: number): Promise<Verified<JWTPayload>> {
    const algorithm = algorithmOf(token)
    if (algorithm === undefined || !accepted.includes(algorithm)) return invalid
    const settings = { ...demanded, algorithms: [algorithm], currentDate: new Date(now * 1_000) }
    let result: Verified<JWTPayload> = invalid
    for (const check of keys(algorithm)) {
      // oxlint-disable-next-line no-await-in-loop -- the next key is tried only when this one does not fit
      result = await attempt(() => check(token, settings))
      // An expired token has a good signature: no other key would say more.
      if (result.ok || result.failure === 'expired') return result
    }
    return result
  }

  return {
    async connection(token, now) {
      const verified = await verify(token, now)
      if (!verified.ok) return verified
      const claims = connectionClaims(verified.claims)
      return claims ? { ok: true, claims } : invalid
    },

    async subscription(token, { channel, user, client }, now) {
      const verified = await verify(token, now)
      if (!verified.ok) return verified
      const claims = subscriptionClaims(verified.claims)
      if (!claims || claims.channel !== channel) return invalid
      if (claims.user !== undefined && claims.user !== user) return invalid
      if (claims.client !== undefined && claims.client !== client) return invalid
      return { ok: true, claims }
    },
  }
}

/** What a token that this node's own command line makes will say. */
export interface TokenRequest {
  user?: string
  /** Present: a subscription token for this room. */
  channel?: string
  ttlSeconds: number
  info?: unknown
  channels?: readonly string[]
  audience?: string
  issuer?: string
}

/** A token signed with the shared secret (HS256), valid from `now` (seconds since 1970). */
export async function createToken(
  secret: string,
  request: TokenRequest,
  now: number,
): Promise<string> {
  const { user, channel, info, channels, audience, issuer } = request
  const payload: JWTPayload = {}
  if (user !== undefined) payload.sub = user
  if (channel !== undefined) payload['channel'] = channel
  if (info !== undefined) payload['info'] = info
  if (channels !== undefined) payload['channels'] = channels
  if (audience !== undefined) payload.aud = audience
  if (issuer !== undefined) payload.iss = issuer
  return await new SignJWT({ ...payload, iat: now, exp: now + request.ttlSeconds })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(secret))
}

const invalid: { ok: false; failure: TokenFailure } = { ok: false, failure: 'invalid' }

type Check = (token: string, settings: JWTVerifyOptions) => Promise<{ payload: JWTPayload }>

/** For an algorithm, the checks that may be tried, in order. */
function createKeys(options: TokenOptions): (algorithm: string) => readonly Check[] {
  const publicKeys = options.publicKeys.map(readPublicKey)
  const byKeySet = options.jwksUrl === undefined ? [] : [createKeySet(options.jwksUrl)]
  const bySecret = options.secrets.map((text): Check => {
    const secret = new TextEncoder().encode(text)
    return (token, settings) => jwtVerify(token, secret, settings)
  })
  return (algorithm) => {
    if (algorithm.startsWith('HS')) return bySecret
    const byKey = publicKeys
      .filter(({ algorithms }) => algorithms.includes(algorithm))
      .map(
        ({ key }): Check =>
          (token, settings) =>
            jwtVerify(token, key, settings),
      )
    return [...byKey, ...byKeySet]
  }
}

/** The algorithm a token claims; only ever used to choose among keys that allow it. */
function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg
  } catch {
    return undefined
  }
}

async function attempt(
  check: () => Promise<{ payload: JWTPayload }>,
): Promise<Verified<JWTPayload>> {
  try {
    return { ok: true, claims: (await check()).payload }
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}

function failureOf(error: unknown): TokenFailure {
  if (error instanceof errors.JWTExpired) return 'expired'
  return error instanceof KeySetUnavailable ? 'unavailable' : 'invalid'
}
