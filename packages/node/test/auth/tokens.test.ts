import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import * as fc from 'fast-check'
import { SignJWT, type JWTPayload } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  createToken,
  createTokenVerifier,
  type TokenOptions,
  type TokenVerifier,
} from '../../src/auth/tokens.ts'
import { nodeDefaults } from '../../src/options.ts'

const now = 1_800_000_000
const secret = 'a secret of more than thirty-two bytes'
const someone = { channel: 'room', user: 'alice', client: 'c1' }

function verifier(options: Partial<TokenOptions>): TokenVerifier {
  return createTokenVerifier({ ...nodeDefaults.tokens, ...options })
}

/** A token with exactly these claims. */
async function signed(
  claims: JWTPayload,
  key: KeyObject | string = secret,
  alg = 'HS256',
): Promise<string> {
  const signer = typeof key === 'string' ? new TextEncoder().encode(key) : key
  return await new SignJWT(claims).setProtectedHeader({ alg }).sign(signer)
}

/** Three parts put together by hand, as an attacker does. */
function forged(header: object, payload: object, sign: (text: string) => Buffer | string): string {
  const encoded = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${encoded}.${Buffer.from(sign(encoded)).toString('base64url')}`
}

const invalid = { ok: false, failure: 'invalid' }
const expired = { ok: false, failure: 'expired' }

describe('a connection token', () => {
  const { connection } = verifier({ secrets: [secret] })

  test('tells who connects, until when, and what comes with it', async () => {
    const token = await signed({
      sub: 'alice',
      exp: now + 60,
      iat: now,
      jti: 'j1',
      info: { name: 'Alice' },
      channels: ['news'],
      subs: { 'game:1': { info: 1, data: { a: 1 } }, chat: {} },
      meta: { plan: 'pro' },
    })
    expect(await connection(token, now)).toEqual({
      ok: true,
      claims: {
        user: 'alice',
        expireAt: now + 60,
        jti: 'j1',
        info: { name: 'Alice' },
        channels: ['news'],
        subs: new Map([
          ['game:1', { info: 1, data: { a: 1 } }],
          ['chat', {}],
        ]),
        meta: { plan: 'pro' },
      },
    })
  })

  test('without claims is an anonymous user for ever', async () => {
    expect(await connection(await signed({}), now)).toEqual({ ok: true, claims: { user: '' } })
  })

  test('is good up to the second before it expires', async () => {
    const token = await signed({ sub: 'alice', exp: now })
    expect(await connection(token, now - 1)).toMatchObject({ ok: true })
    expect(await connection(token, now)).toEqual(expired)
    expect(await connection(token, now + 1_000_000)).toEqual(expired)
  })

  test('is not good before it begins', async () => {
    const token = await signed({ sub: 'alice', nbf: now + 10 })
    expect(await connection(token, now)).toEqual(invalid)
    expect(await connection(token, now + 10)).toMatchObject({ ok: true })
  })

  test.each([
    { sub: 7 },
    { info: 1, channels: 'news' },
    { channels: [1] },
    { subs: [] },
    { subs: { a: 1 } },
    { meta: 'x' },
    { jti: 1 },
    { exp: '1800000060' },
    { sub: null },
  ])('with claims of the wrong type is invalid: %j', async (claims) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the wrong types are the point
    expect(await connection(await signed(claims as JWTPayload), now)).toEqual(invalid)
  })

  test('is not a subscription token', async () => {
    expect(await connection(await signed({ sub: 'alice', channel: 'room' }), now)).toEqual(invalid)
  })

  test('that anybody changed is invalid, at every character', async () => {
    const token = await signed({ sub: 'alice', exp: now + 60 })
    await fc.assert(
      // All but the last: of that one, two bits are spare, so another letter may mean the same signature.
      fc.asyncProperty(
        fc.nat({ max: token.length - 2 }),
        fc.constantFrom('A', 'Q', 'g', 'w', '_', '-', '.', 'x'),
        async (at, letter) => {
          fc.pre(token[at] !== letter)
          const changed = token.slice(0, at) + letter + token.slice(at + 1)
          expect(await connection(changed, now)).toEqual(invalid)
        },
      ),
    )
  })

  test('that is none is invalid, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await connection(text, now)).toEqual(invalid)
      }),
    )
    for (const text of [
      '..',
      'a.b.c',
      'e30.e30.',
      'e30..',
      `${await signed({})}.`,
      '\u0000.\u0000.\u0000',
    ]) {
      expect(await connection(text, now)).toEqual(invalid)
    }
  })
})

describe('a subscription token', () => {
  const { subscription } = verifier({ secrets: [secret] })

  test('opens its room to its user', async () => {
    const token = await signed({
      sub: 'alice',
      channel: 'room',
      exp: now + 60,
      info: { seat: 3 },
      jti: 'j2',
    })
    expect(await subscription(token, someone, now)).toEqual({
      ok: true,
      claims: { channel: 'room', user: 'alice', expireAt: now + 60, info: { seat: 3 }, jti: 'j2' },
    })
  })

  test.each([
    [{ sub: 'alice', channel: 'other' }],
    [{ sub: 'alice', channel: 'ROOM' }],
    [{ sub: 'alice' }],
    [{ sub: 'bob', channel: 'room' }],
    [{ sub: '', channel: 'room' }],
    [{ channel: 'room', client: 'c2' }],
    [{ channel: ['room'] }],
    [{ channel: '' }],
  ])('with %j opens nothing to alice', async (claims) => {
    expect(await subscription(await signed(claims), someone, now)).toEqual(invalid)
  })

  test('that names no user opens its room to whoever holds it', async () => {
    const token = await signed({ channel: 'room' })
    for (const user of ['alice', 'bob', '']) {
      expect(await subscription(token, { ...someone, user }, now)).toMatchObject({ ok: true })
    }
  })

  test('may be for one client only', async () => {
    const token = await signed({ channel: 'room', client: 'c1' })
    expect(await subscription(token, someone, now)).toMatchObject({ ok: true })
    expect(await subscription(token, { ...someone, client: 'c2' }, now)).toEqual(invalid)
  })

  test('for another room stays invalid when it has expired as well', async () => {
    expect(await subscription(await signed({ channel: 'room', exp: now }), someone, now)).toEqual(
      expired,
    )
  })
})

describe('keys', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const ed25519 = generateKeyPairSync('ed25519')
  const pem = (pair: { publicKey: KeyObject }): string =>
    String(pair.publicKey.export({ type: 'spki', format: 'pem' }))
  const all = verifier({ secrets: [secret], publicKeys: [rsa, p256, p384, ed25519].map(pem) })
  let cases: [string, KeyObject][]

  beforeAll(() => {
    cases = [
      ['RS256', rsa.privateKey],
      ['RS384', rsa.privateKey],
      ['RS512', rsa.privateKey],
      ['ES256', p256.privateKey],
      ['ES384', p384.privateKey],
      ['EdDSA', ed25519.privateKey],
      ['Ed25519', ed25519.privateKey],
    ]
  })

  test('of every kind verify what their other half signed, side by side', async () => {
    for (const [alg, key] of cases) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, to name the one that fails
      expect([alg, await all.connection(await signed({ sub: alg }, key, alg), now)]).toMatchObject([
        alg,
        { ok: true, claims: { user: alg } },
      ])
    }
    expect(await all.connection(await signed({ sub: 'hs' }), now)).toMatchObject({ ok: true })
  })

  test('that are not configured verify nothing', async () => {
    expect(await all.connection(await signed({}, otherRsa.privateKey, 'RS256'), now)).toEqual(
      invalid,
    )
    expect(
      await all.connection(await signed({}, 'another secret, also of 32 bytes!'), now),
    ).toEqual(invalid)
    const none = verifier({})
    expect(await none.connection(await signed({}), now)).toEqual(invalid)
    expect(await none.connection(await signed({}, rsa.privateKey, 'RS256'), now)).toEqual(invalid)
  })

  test('are several of one kind while they rotate', async () => {
    const rotating = verifier({
      secrets: ['new secret '.repeat(4), secret],
      publicKeys: [pem(otherRsa), pem(rsa)],
    })
    expect(await rotating.connection(await signed({ sub: 'old' }), now)).toMatchObject({ ok: true })
    expect(
      await rotating.connection(await signed({ sub: 'new' }, 'new secret '.repeat(4)), now),
    ).toMatchObject({ ok: true })
    expect(
      await rotating.connection(await signed({ sub: 'old' }, rsa.privateKey, 'RS256'), now),
    ).toMatchObject({ ok: true })
    for (const key of ['new secret '.repeat(4), secret]) {
      // oxlint-disable-next-line no-await-in-loop -- two
      expect(await rotating.connection(await signed({ exp: now }, key), now)).toEqual(expired)
    }
  })

  test('a public key is no secret: HS256 computed with it is invalid (RFC 8725 §2.1)', async () => {
    const payload = { sub: 'admin' }
    const texts = [
      pem(rsa),
      pem(rsa).trim(),
      Buffer.from(rsa.publicKey.export({ type: 'spki', format: 'der' })).toString('latin1'),
    ]
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      for (const text of texts) {
        const token = forged({ alg }, payload, (head) =>
          createHmac(`sha${alg.slice(2)}`, text)
            .update(head)
            .digest(),
        )
        // oxlint-disable-next-line no-await-in-loop -- a handful
        expect(await verifier({ publicKeys: [pem(rsa)] }).connection(token, now)).toEqual(invalid)
      }
    }
  })

  test('are never done without: `none` is invalid in any spelling', async () => {
    for (const alg of ['none', 'None', 'NONE', '', undefined, null, 5, ['HS256']]) {
      for (const sign of [() => '', () => 'x']) {
        // oxlint-disable-next-line no-await-in-loop -- a handful
        expect(
          await all.connection(forged({ alg, typ: 'JWT' }, { sub: 'admin' }, sign), now),
        ).toEqual(invalid)
      }
    }
  })

  test('that a token brings along are not used', async () => {
    const jwk = p256.publicKey.export({ format: 'jwk' })
    const token = await new SignJWT({ sub: 'admin' })
      .setProtectedHeader({
        alg: 'ES256',
        jwk,
        jku: 'http://127.0.0.1:9/',
        x5u: 'http://127.0.0.1:9/',
      })
      .sign(p256.privateKey)
    expect(await verifier({ publicKeys: [pem(rsa)] }).connection(token, now)).toEqual(invalid)
  })

  test('are used with the listed algorithms only', async () => {
    const only = verifier({ secrets: [secret], publicKeys: [pem(rsa)], algorithms: ['RS256'] })
    expect(await only.connection(await signed({}, rsa.privateKey, 'RS256'), now)).toMatchObject({
      ok: true,
    })
    expect(await only.connection(await signed({}, rsa.privateKey, 'RS512'), now)).toEqual(invalid)
    expect(await only.connection(await signed({}), now)).toEqual(invalid)
    expect(await all.connection(await signed({}, secret.repeat(2), 'HS512'), now)).toEqual(invalid)
  })

  test('with extensions nobody understands verify nothing', async () => {
    const token = forged({ alg: 'HS256', crit: ['exp'], exp: 1 }, {}, (text) =>
      createHmac('sha256', secret).update(text).digest(),
    )
    const unencoded = forged({ alg: 'HS256', crit: ['b64'], b64: false }, {}, (text) =>
      createHmac('sha256', secret).update(text).digest(),
    )
    expect(await all.connection(token, now)).toEqual(invalid)
    expect(await all.connection(unencoded, now)).toEqual(invalid)
  })
})

describe('audience and issuer', () => {
  const demanding = verifier({ secrets: [secret], audience: 'gateway', issuer: 'login' })

  test('are demanded when configured', async () => {
    const good = { aud: ['other', 'gateway'], iss: 'login' }
    expect(await demanding.connection(await signed(good), now)).toMatchObject({ ok: true })
    for (const claims of [
      {},
      { aud: 'gateway' },
      { iss: 'login' },
      { aud: 'Gateway', iss: 'login' },
      { aud: 'gateway', iss: 'log' },
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- a handful
      expect(await demanding.connection(await signed(claims), now)).toEqual(invalid)
    }
  })

  test('are not looked at otherwise', async () => {
    const token = await signed({ aud: 'x', iss: 'y' })
    expect(await verifier({ secrets: [secret] }).connection(token, now)).toMatchObject({ ok: true })
  })

  test('that are wrong make an expired token invalid', async () => {
    expect(await demanding.connection(await signed({ exp: now - 5 }), now)).toEqual(invalid)
  })
})

describe('a token made here', () => {
  test('is verified here, as a connection or a subscription', async () => {
    const own = verifier({ secrets: [secret], audience: 'gateway', issuer: 'login' })
    const common = {
      user: 'alice',
      ttlSeconds: 60,
      info: [1],
      audience: 'gateway',
      issuer: 'login',
    }
    const forConnection = await createToken(secret, { ...common, channels: ['a', 'b'] }, now)
    const forRoom = await createToken(secret, { ...common, channel: 'room' }, now)
    expect(await own.connection(forConnection, now + 59)).toEqual({
      ok: true,
      claims: { user: 'alice', expireAt: now + 60, info: [1], channels: ['a', 'b'] },
    })
    expect(await own.connection(forConnection, now + 60)).toEqual(expired)
    expect(await own.subscription(forRoom, someone, now)).toMatchObject({
      ok: true,
      claims: { channel: 'room' },
    })
    expect(await own.connection(forRoom, now)).toEqual(invalid)
    expect(await own.subscription(forConnection, someone, now)).toEqual(invalid)
  })
})
