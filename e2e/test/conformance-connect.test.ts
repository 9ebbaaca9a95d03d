// Who a client is: tokens by secret and by public key, and who is not let in.

import { generateKeyPairSync } from 'node:crypto'
import { UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { connectClient, createClient } from '../support/clients.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { openRaw } from '../support/raw.ts'
import { connectionToken, inSeconds, subscriptionToken, tokenSecret } from '../support/tokens.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      tokenSecret,
      tokens: { publicKeys: [publicPem] },
      rooms: { default: { presence: true, allow: { subscribe: 'client' } } },
    },
  })
  return () => gateway.stop()
})

const stranger = new TextEncoder().encode('the secret of somebody else, long enough for HS256')
const strangersKey = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey

const neverValid: [what: string, make: () => string | Promise<string>][] = [
  ['no token at all', () => 'abc'],
  ['signed with another secret', () => connectionToken('eve', {}, { key: stranger })],
  [
    'signed with the public key as if that were a secret',
    () => connectionToken('eve', {}, { key: new TextEncoder().encode(publicPem) }),
  ],
  [
    'signed with another private key',
    () => connectionToken('eve', {}, { algorithm: 'RS256', key: strangersKey }),
  ],
  ['not signed', () => new UnsecuredJWT({ sub: 'eve' }).encode()],
  ['not valid yet', () => connectionToken('eve', { nbf: inSeconds(600) })],
  ['for a subscription', () => subscriptionToken('eve', 'news')],
  ['of wrong types', () => connectionToken('eve', { channels: 'news' as never })],
]

/** What the room says of a client that has entered it. */
async function seen(token: string, channel: string): Promise<unknown> {
  const client = await connectClient(gateway, { token })
  const room = await client.subscribe(channel)
  const { clients } = await room.subscription.presence()
  return clients[client.id]
}

describe('a connection token', () => {
  test('signed with the shared secret says who the client is', async () => {
    const token = await connectionToken('ada', { info: { name: 'Ada' } })
    expect(await seen(token, 'by-secret')).toMatchObject({
      client: expect.stringMatching(/^[\da-f-]{36}$/),
      user: 'ada',
      connInfo: { name: 'Ada' },
    })
  })

  test('signed with a private key is verified by its public one', async () => {
    const token = await connectionToken('bob', {}, { algorithm: 'RS256', key: privateKey })
    expect(await seen(token, 'by-key')).toMatchObject({ user: 'bob' })
  })

  test('without a user is an anonymous client', async () => {
    const client = await connectClient(gateway, { token: await connectionToken('') })
    const error = await client.enter('anonymous').unsubscribed.nth(1)
    // `allow.subscribe: client` asks for a user.
    expect(error).toMatchObject({ code: 103 })
  })

  test.for(neverValid)('that is %s ends the connection with 3500, for good', async ([, make]) => {
    const client = createClient(gateway, { token: await make() })
    expect(await client.disconnected.nth(1)).toEqual({ code: 3500, reason: 'invalid token' })
    expect(client.connecting.size).toBe(1)
  })

  test('that is missing ends the connection with 3500, for good', async () => {
    const client = createClient(gateway)
    expect(await client.disconnected.nth(1)).toMatchObject({ code: 3500 })
  })

  test('that has expired is answered with 109, and the client comes back with a new one', async () => {
    const tokens = [connectionToken('late', { exp: inSeconds(-1) }), connectionToken('late')]
    const client = await connectClient(gateway, { getToken: () => tokens.shift()! })
    expect(client.errors.entries).toMatchObject([{ type: 'connect', error: { code: 109 } }])
    expect(client.disconnected.size).toBe(0)
  })

  test('that has expired does not cost the subscriptions sent along with it', async () => {
    const tokens = [connectionToken('late', { exp: inSeconds(-1) }), connectionToken('late')]
    const client = createClient(gateway, { getToken: () => tokens.shift()! })
    const room = client.enter('sent-along')
    await room.subscribed.nth(1)
    expect(client.errors.entries).toMatchObject([{ type: 'connect', error: { code: 109 } }])
    expect(client.disconnected.size).toBe(0)
  })
})

describe('the answer to connect', () => {
  test('says which connection, which node, how often pings come and when the token ends', async () => {
    const raw = await openRaw(gateway.client)
    const token = await connectionToken('ada', { exp: inSeconds(60) })
    const { connect } = (await raw.call('connect', { token, name: 'js' })) as {
      connect: Record<string, unknown>
    }
    expect(connect).toEqual({
      client: expect.stringMatching(/^[\da-f-]{36}$/),
      version: expect.stringMatching(/^Sluice \d+\.\d+\.\d+/),
      ping: 25,
      pong: true,
      session: connect['client'],
      node: expect.stringMatching(/^[\da-f-]{36}$/),
      expires: true,
      ttl: expect.toSatisfy((ttl: number) => ttl >= 59 && ttl <= 60),
    })
    await raw.close()
  })

  test('comes once: a second connect ends the connection with 3501', async () => {
    const raw = await openRaw(gateway.client)
    const token = await connectionToken('ada')
    await raw.call('connect', { token })
    raw.frame(JSON.stringify({ id: 2, connect: { token } }))
    expect(await raw.closed).toMatchObject({ code: 3501 })
  })
})
