// Comparing keys, and reading the public keys that verify tokens.

import { createHash, createPublicKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Whether two secrets are the same text, in a time that tells neither where they differ nor how long they are. */
export function safeEqual(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

/**
 * The check of one configured key. The digest of the expected key is made once; an absent or empty header never
 * passes, nor does anything when no key is configured.
 */
export function createKeyCheck(
  expected: string | undefined,
): (given: string | undefined) => boolean {
  if (!expected) return () => false
  const wanted = digest(expected)
  return (given) => given !== undefined && timingSafeEqual(digest(given), wanted)
}

/** A public key, and the algorithms whose signatures it may verify. */
export interface PublicKey {
  key: KeyObject
  algorithms: readonly string[]
}

/** Reads a public key from PEM text, or from the file of that name. Throws a TypeError that says what is wrong. */
export function readPublicKey(pemOrPath: string): PublicKey {
  const pem = isPem(pemOrPath) ? pemOrPath : readFileSync(pemOrPath, 'utf8')
  // createPublicKey would derive the public half; but then the key that signs lies on every gateway.
  if (pem.includes('PRIVATE KEY')) {
    throw new TypeError('this is a private key; a gateway needs only the public one')
  }
  const key = parse(pem)
  const algorithms = algorithmsOf(key)
  // RFC 7518 §3.3: 2048 bits or more.
  if ((key.asymmetricKeyDetails?.modulusLength ?? 2048) < 2048) {
    throw new TypeError('an RSA key of fewer than 2048 bits')
  }
  if (!algorithms) throw new TypeError(`no token algorithm uses a key of type ${kindOf(key)}`)
  return { key, algorithms }
}

/** Whether a text is a key itself and not the name of its file. */
export function isPem(text: string): boolean {
  return text.trimStart().startsWith('-----BEGIN ')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function parse(pem: string): KeyObject {
  try {
    return createPublicKey(pem)
  } catch {
    // OpenSSL's words ("DECODER routines::unsupported") help nobody.
    throw new TypeError('not a public key or certificate in PEM form')
  }
}

const curves: Record<string, readonly string[]> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
}

function algorithmsOf(key: KeyObject): readonly string[] | undefined {
  if (key.asymmetricKeyType === 'rsa') return ['RS256', 'RS384', 'RS512']
  if (key.asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519']
  return curves[key.asymmetricKeyDetails?.namedCurve ?? '']
}

function kindOf(key: KeyObject): string {
  return key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? 'unknown'
}
