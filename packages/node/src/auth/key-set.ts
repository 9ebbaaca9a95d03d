// A JSON Web Key Set behind a URL: fetched when first needed, again for a key it does not know (at most every 30
// seconds), and again when it is ten minutes old, in the background.
//
// Once fetched, the keys stay: an identity provider that is down for an hour must not turn away everyone who holds a
// good token. Only a key nobody has seen yet has to wait for it.

import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import type { CryptoKey, JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose'

/** The set could not be fetched: nothing is known about the token. */
export class KeySetUnavailable extends Error {
  constructor(cause: unknown) {
    super('the key set cannot be fetched', { cause })
    this.name = 'KeySetUnavailable'
  }
}

/** Verifies a token by the keys of the set; rejects as `jwtVerify` does, or with KeySetUnavailable. */
export type KeySetVerify = (
  token: string,
  settings: JWTVerifyOptions,
) => Promise<{ payload: JWTPayload }>

export interface KeySetOptions {
  /** How old the set grows before it is fetched again. Default 600,000. */
  refreshMs?: number
  /** The least time between two fetches for unknown keys. Default 30,000. */
  cooldownMs?: number
  /** Default 5,000. */
  fetchTimeoutMs?: number
}

/** The set at this URL. Nothing is fetched before the first token asks. */
export function createKeySet(url: string, options: KeySetOptions = {}): KeySetVerify {
  const { refreshMs = 600_000, cooldownMs = 30_000, fetchTimeoutMs = 5_000 } = options
  const remote = createRemoteJWKSet(new URL(url), {
    cooldownDuration: cooldownMs,
    timeoutDuration: fetchTimeoutMs,
    cacheMaxAge: Infinity,
  })
  let refreshAt = performance.now() + refreshMs

  const keyFor: JWTVerifyGetKey<CryptoKey> = async (header, token) => {
    if (performance.now() >= refreshAt) {
      refreshAt = performance.now() + refreshMs
      // Whether this fails or not, the keys at hand decide about this token.
      remote.reload().catch(() => undefined)
    }
    try {
      return await remote(header, token)
    } catch (error) {
      throw saysSomethingAboutTheToken(error) ? error : new KeySetUnavailable(error)
    }
  }

  return async (token, settings) => {
    try {
      return await jwtVerify(token, keyFor, settings)
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
      return await tryEach(error, token, settings)
    }
  }
}

/** A token without `kid` while several keys fit its algorithm, as during a rotation. */
async function tryEach(
  candidates: AsyncIterable<CryptoKey>,
  token: string,
  settings: JWTVerifyOptions,
): Promise<{ payload: JWTPayload }> {
  for await (const key of candidates) {
    try {
      return await jwtVerify(token, key, settings)
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
    }
  }
  throw new errors.JWSSignatureVerificationFailed()
}

function saysSomethingAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}
