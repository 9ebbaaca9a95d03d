// Identities, subscriptions and silent peers that end, and those that go on. What these tests wait for is time itself, so
// they wait side by side.

import { beforeAll, describe, expect, test } from 'vitest'
import { connectClient } from '../support/clients.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { layLine } from '../support/line.ts'
import { connectionToken, inSeconds, subscriptionToken, tokenSecret } from '../support/tokens.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      tokenSecret,
      heartbeat: { pingMs: 3_000, jitter: 0, pongMs: 2_000 },
      rooms: {
        default: { presence: true, joinLeave: true, allow: { subscribe: 'client' } },
        namespaces: { private: { allow: { subscribe: 'none' } } },
      },
    },
  })
  return () => gateway.stop()
})

/** Hands out these tokens one by one, then none any more; `third` settles when it is asked for the third one. */
function hand(...tokens: (() => Promise<string>)[]): {
  getToken: () => Promise<string>
  third: Promise<void>
} {
  const third = Promise.withResolvers<void>()
  let asked = 0
  return {
    getToken() {
      if (++asked === 3) third.resolve()
      return tokens.shift()?.() ?? new Promise(() => {})
    },
    third: third.promise,
  }
}

describe.concurrent('as time passes', () => {
  const identity = (): Promise<string> => connectionToken('ada', { exp: inSeconds(2) })

  test('a connection goes on for as long as its token is refreshed', async ({ onTestFinished }) => {
    // A refresh that was accepted is what makes the client ask for the next token.
    const { getToken, third } = hand(identity, identity)
    const client = await connectClient(gateway, { getToken }, onTestFinished)
    await third
    const room = await client.subscribe('refreshed')
    expect((await room.subscription.presence()).clients).toHaveProperty(client.id)
    expect(client.connecting.size).toBe(1)
    expect(client.errors.entries).toEqual([])
  })

  test('a connection cannot become another user: 107, for good', async ({ onTestFinished }) => {
    const { getToken } = hand(identity, () => connectionToken('eve'))
    const client = await connectClient(gateway, { getToken }, onTestFinished)
    expect(await client.disconnected.nth(1)).toEqual({ code: 107, reason: 'bad request' })
  })

  test('a connection refreshed with what is no token ends with 3500, for good', async ({
    onTestFinished,
  }) => {
    const { getToken } = hand(identity, () => Promise.resolve('abc'))
    const client = await connectClient(gateway, { getToken }, onTestFinished)
    expect(await client.disconnected.nth(1)).toEqual({ code: 3500, reason: 'invalid token' })
  })

  test('a connection refreshed with a token of the past ends with 3005, and returns with a new one', async ({
    onTestFinished,
  }) => {
    const past = (): Promise<string> => connectionToken('ada', { exp: inSeconds(-1) })
    const { getToken } = hand(identity, past, () => connectionToken('ada'))
    const client = await connectClient(gateway, { getToken }, onTestFinished)
    expect(await client.connecting.nth(2)).toMatchObject({ code: 3005 })
    await client.connected.nth(2)
    expect(client.disconnected.size).toBe(0)
  })

  test('a connection that is not refreshed ends with 3005, and returns with a new token', async ({
    onTestFinished,
  }) => {
    const late = Promise.withResolvers<string>()
    const { getToken } = hand(
      identity,
      () => late.promise,
      () => connectionToken('ada'),
    )
    const client = await connectClient(gateway, { getToken }, onTestFinished)
    expect(await client.connecting.nth(2)).toEqual({ code: 3005, reason: 'connection expired' })
    await client.connected.nth(2)
    // Its old token was tried first.
    expect(client.errors.entries).toMatchObject([{ type: 'connect', error: { code: 109 } }])
    expect(client.disconnected.size).toBe(0)
  })

  const entry = (channel: string) => (): Promise<string> =>
    subscriptionToken('ada', channel, { exp: inSeconds(2) })

  test('a subscription goes on for as long as its token is refreshed', async ({
    onTestFinished,
  }) => {
    const channel = 'private:refreshed'
    const { getToken, third } = hand(entry(channel), entry(channel))
    const token = await connectionToken('ada')
    const client = await connectClient(gateway, { token }, onTestFinished)
    const room = await client.subscribe(channel, { getToken })
    await third
    expect((await room.subscription.presence()).clients).toHaveProperty(client.id)
    expect(room.subscribing.size).toBe(1)
    expect(room.errors.entries).toEqual([])
  })

  test('a subscription refreshed with the token of another room ends with 103', async ({
    onTestFinished,
  }) => {
    const { getToken } = hand(entry('private:one'), entry('private:other'))
    const token = await connectionToken('ada')
    const client = await connectClient(gateway, { token }, onTestFinished)
    const room = await client.subscribe('private:one', { getToken })
    expect(await room.unsubscribed.nth(1)).toMatchObject({ code: 103 })
    expect(client.connecting.size).toBe(1)
  })

  test('a subscription refreshed with a token of the past ends with 2501, and returns with a new one', async ({
    onTestFinished,
  }) => {
    const channel = 'private:late'
    const past = (): Promise<string> => subscriptionToken('ada', channel, { exp: inSeconds(-1) })
    const { getToken } = hand(entry(channel), past, () => subscriptionToken('ada', channel))
    const token = await connectionToken('ada')
    const client = await connectClient(gateway, { token }, onTestFinished)
    const room = await client.subscribe(channel, { getToken })
    expect(await room.subscribing.nth(2)).toMatchObject({ code: 2501 })
    await room.subscribed.nth(2)
    expect(room.unsubscribed.size).toBe(0)
  })

  test('a subscription that is not refreshed ends with 2501, and returns with a new token', async ({
    onTestFinished,
  }) => {
    const channel = 'private:forgotten'
    const late = Promise.withResolvers<string>()
    const { getToken } = hand(
      entry(channel),
      () => late.promise,
      () => subscriptionToken('ada', channel),
    )
    const token = await connectionToken('ada')
    const client = await connectClient(gateway, { token }, onTestFinished)
    const room = await client.subscribe(channel, { getToken })
    expect(await room.subscribing.nth(2)).toMatchObject({
      code: 2501,
      reason: 'subscription expired',
    })
    await room.subscribed.nth(2)
    expect(client.connecting.size).toBe(1)
  })

  test('a subscription granted by a connection token ends with the connection, not before', async ({
    onTestFinished,
  }) => {
    const granting = (): Promise<string> =>
      connectionToken('ada', { exp: inSeconds(2), channels: ['private:granted'] })
    const { getToken, third } = hand(granting, granting)
    const client = await connectClient(gateway, { getToken }, onTestFinished)
    await third
    await gateway.api('publish', { channel: 'private:granted', data: 'still here' })
    expect(await client.publications.nth(1)).toMatchObject({ data: 'still here' })
    expect(client.unsubscribed.size).toBe(0)
  })

  test('a client that has gone silent is gone for the others, and comes back by itself', async ({
    onTestFinished,
  }) => {
    const [token, line] = [await connectionToken('ada'), await layLine(gateway, onTestFinished)]
    const watcher = await connectClient(gateway, { token }, onTestFinished)
    const room = await watcher.subscribe('silence')
    const options = { token, maxServerPingDelay: 3_000 }
    const client = await connectClient(line, options, onTestFinished)
    await client.subscribe('silence')
    const { id } = client
    line.hold()
    expect(await room.leaves.nth(1)).toMatchObject({ client: id })
    expect(await client.connecting.nth(2)).toMatchObject({ reason: 'no ping' })
    await client.connected.nth(2)
    expect(await room.joins.nth(3)).toMatchObject({ client: client.id })
    expect(watcher.connecting.size).toBe(1)
  })
})
