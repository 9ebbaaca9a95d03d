import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createKeySet } from '../../src/auth/key-set.ts'
import {
  createTokenVerifier,
  type TokenOptions,
  type TokenVerifier,
} from '../../src/auth/tokens.ts'
import { nodeDefaults } from '../../src/options.ts'

const now = 1_800_000_000

interface Pair {
  kid: string | undefined
  alg: string
  publicKey: KeyObject
  privateKey: KeyObject
}

function pair(kid: string | undefined, alg: 'ES256' | 'RS256' = 'ES256'): Pair {
  const keys =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { kid, alg, ...keys }
}

async function signed({ kid, alg, privateKey }: Pair, claims = {}): Promise<string> {
  const header = kid === undefined ? { alg } : { alg, kid }
  return await new SignJWT({ sub: 'alice', ...claims }).setProtectedHeader(header).sign(privateKey)
}

/** An identity provider: what it publishes, how it answers, how often it was asked. */
const provider = {
  keys: [] as Pair[],
  status: 200,
  body: undefined as string | undefined,
  asked: 0,
}
let server: Server
let jwksUrl: string

beforeEach(async () => {
  Object.assign(provider, { keys: [], status: 200, body: undefined, asked: 0 })
  server = createServer((_request, response) => {
    provider.asked++
    const keys = provider.keys.map(({ kid, publicKey }) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid,
    }))
    response.writeHead(provider.status, { 'content-type': 'application/json' })
    response.end(provider.body ?? JSON.stringify({ keys }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  jwksUrl = `http://127.0.0.1:${address.port}/jwks`
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

function verifier(options: Partial<TokenOptions> = {}): TokenVerifier {
  return createTokenVerifier({ ...nodeDefaults.tokens, jwksUrl, ...options })
}

const good = { ok: true, claims: { user: 'alice' } }
const invalid = { ok: false, failure: 'invalid' }
const unavailable = { ok: false, failure: 'unavailable' }

describe('a key set', () => {
  test('verifies what its keys signed, and is fetched once', async () => {
    const [ec, rsa] = [pair('a'), pair('b', 'RS256')]
    provider.keys = [ec, rsa]
    const { connection } = verifier()
    expect(provider.asked).toBe(0)
    expect(await connection(await signed(ec), now)).toMatchObject(good)
    expect(await connection(await signed(rsa), now)).toMatchObject(good)
    expect(await connection(await signed(ec, { exp: now }), now)).toEqual({
      ok: false,
      failure: 'expired',
    })
    expect(provider.asked).toBe(1)
  })

  test('is fetched once for a crowd that arrives together', async () => {
    const key = pair('a')
    provider.keys = [key]
    const { connection } = verifier()
    const token = await signed(key)
    const results = await Promise.all(Array.from({ length: 50 }, () => connection(token, now)))
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect(provider.asked).toBe(1)
  })

  test('refuses a token of a key it does not have, under its own name or a borrowed one', async () => {
    const [listed, stranger] = [pair('a'), pair('z')]
    provider.keys = [listed]
    const { connection } = verifier()
    expect(await connection(await signed(stranger), now)).toEqual(invalid)
    expect(await connection(await signed({ ...stranger, kid: 'a' }), now)).toEqual(invalid)
    expect(await connection(await signed({ ...stranger, kid: undefined }), now)).toEqual(invalid)
  })

  test('finds the key of a token that names none, while two are in use', async () => {
    const [old, young] = [pair('old'), pair('young')]
    provider.keys = [old, young]
    const { connection } = verifier()
    for (const key of provider.keys) {
      // oxlint-disable-next-line no-await-in-loop -- two
      expect(await connection(await signed({ ...key, kid: undefined }), now)).toMatchObject(good)
    }
    const late = await signed({ ...young, kid: undefined }, { exp: now })
    expect(await connection(late, now)).toEqual({ ok: false, failure: 'expired' })
  })

  test('is never used for HS256, also if it holds a symmetric key', async () => {
    const k = Buffer.from('a secret of more than thirty-two bytes')
    provider.body = JSON.stringify({ keys: [{ kty: 'oct', k: k.toString('base64url'), kid: 'a' }] })
    const token = await new SignJWT({ sub: 'alice' })
      .setProtectedHeader({ alg: 'HS256', kid: 'a' })
      .sign(k)
    expect(await verifier().connection(token, now)).toEqual(invalid)
  })

  test('stands beside configured keys', async () => {
    const [own, remote] = [pair(undefined), pair('a')]
    provider.keys = [remote]
    const publicKeys = [String(own.publicKey.export({ type: 'spki', format: 'pem' }))]
    const { connection } = verifier({ publicKeys })
    expect(await connection(await signed(own), now)).toMatchObject(good)
    expect(provider.asked).toBe(0)
    expect(await connection(await signed(remote), now)).toMatchObject(good)
  })
})

describe('an identity provider that fails', () => {
  test.each([
    ['an error', { status: 503 }],
    ['a page', { body: '<html>' }],
    ['something else', { body: '{"error":1}' }],
    ['a redirect', { status: 302 }],
  ])('with %s says nothing about a token', async (_what, failure) => {
    const key = pair('a')
    provider.keys = [key]
    Object.assign(provider, failure)
    const { connection } = verifier()
    expect(await connection(await signed(key), now)).toEqual(unavailable)
    Object.assign(provider, { status: 200, body: undefined })
    expect(await connection(await signed(key), now)).toMatchObject(good)
  })

  test('and is gone says nothing about a token', async () => {
    const key = pair('a')
    const { connection } = verifier({ jwksUrl: 'http://127.0.0.1:9/jwks' })
    expect(await connection(await signed(key), now)).toEqual(unavailable)
  })

  test('does not turn away those whose keys are known', async () => {
    const key = pair('a')
    provider.keys = [key]
    const verify = createKeySet(jwksUrl, { refreshMs: 0, cooldownMs: 0 })
    const settings = { algorithms: ['ES256'], currentDate: new Date(now * 1_000) }
    await verify(await signed(key), settings)
    provider.status = 503
    const refreshed = once(server, 'request')
    await expect(verify(await signed(key), settings)).resolves.toMatchObject({
      payload: { sub: 'alice' },
    })
    await refreshed
    await expect(verify(await signed(key), settings)).resolves.toMatchObject({
      payload: { sub: 'alice' },
    })
    await expect(verify(await signed(pair('new')), settings)).rejects.toThrow('cannot be fetched')
  })
})

describe('a rotation', () => {
  test('is noticed by the first token of the new key', async () => {
    const [old, young] = [pair('old'), pair('young')]
    provider.keys = [old]
    const verify = createKeySet(jwksUrl, { cooldownMs: 0 })
    const settings = { algorithms: ['ES256'], currentDate: new Date(now * 1_000) }
    await verify(await signed(old), settings)
    provider.keys = [young]
    await expect(verify(await signed(young), settings)).resolves.toMatchObject({
      payload: { sub: 'alice' },
    })
    await expect(verify(await signed(old), settings)).rejects.toThrow('no applicable key found')
  })

  test('cannot be forced on the provider: unknown keys do not fetch within the cooldown', async () => {
    const key = pair('a')
    provider.keys = [key]
    const { connection } = verifier()
    await connection(await signed(key), now)
    const strangers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => signed(pair(`z${index}`))),
    )
    const results = await Promise.all(strangers.map((token) => connection(token, now)))
    expect(new Set(results.map((result) => (result.ok ? 'ok' : result.failure)))).toEqual(
      new Set(['invalid']),
    )
    expect(provider.asked).toBe(1)
  })
})
