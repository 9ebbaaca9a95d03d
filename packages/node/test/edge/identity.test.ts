import type { NodeConfig } from '../../src/option-schema.ts'
import { describe, expect, test } from 'vitest'
import { startTestNode, type TestNode } from '../support/services.ts'

const secure = { config: { insecure: false } satisfies NodeConfig }

async function connected(node: TestNode, request: { user: string; ttlSeconds: number }) {
  return await node.connect({ token: await node.token(request) })
}

describe('a connection token', () => {
  test('says who it is, and for how long', async () => {
    const node = await startTestNode(secure)
    const peer = await node.open()
    const token = await node.token({ user: 'ann', ttlSeconds: 60, info: { name: 'Ann' } })
    expect((await peer.call({ connect: { token } }))['connect']).toMatchObject({
      expires: true,
      ttl: 60,
    })
    const [connection] = node.services.registry.find('ann', undefined)
    expect(connection?.clientInfo()).toMatchObject({ user: 'ann', connInfo: { name: 'Ann' } })
  })

  test('of the past is error 109, and the connection may try again', async () => {
    const node = await startTestNode(secure)
    const peer = await node.open()
    const old = await node.token({ user: 'ann', ttlSeconds: 60 })
    await node.advance(4_000)
    const token = await node.token({ user: 'ann', ttlSeconds: -1 })
    expect(await peer.code({ connect: { token } })).toBe(109)
    expect(await peer.code({ connect: { token: old } })).toBe(0)
  })

  test.each(['not a token', 'a.b.c'])('that is none (%s) closes with 3500', async (token) => {
    const node = await startTestNode(secure)
    const peer = await node.open()
    peer.send({ connect: { token } })
    expect(await peer.end()).toEqual({ code: 3500, reason: 'invalid token' })
  })

  test('that nobody can verify at the moment is a temporary error', async () => {
    const node = await startTestNode(secure)
    const unavailable = async () => ({ ok: false, failure: 'unavailable' })
    Object.assign(node.services, {
      verifier: { connection: unavailable, subscription: unavailable },
    })
    const peer = await node.open()
    expect(await peer.call({ connect: { token: 'any' } })).toMatchObject({
      error: { code: 100, temporary: true },
    })
    expect(peer.closed).toBeUndefined()
  })

  test('that is not refreshed ends the connection with 3005, some seconds after its time', async () => {
    const node = await startTestNode(secure)
    const peer = await connected(node, { user: 'ann', ttlSeconds: 60 })
    await node.advance(64_900)
    expect(peer.closed).toBeUndefined()
    await node.advance(200)
    expect(await peer.end()).toEqual({ code: 3005, reason: 'connection expired' })
  })

  test('that is refreshed in time lasts as long as the new one', async () => {
    const node = await startTestNode(secure)
    const peer = await connected(node, { user: 'ann', ttlSeconds: 60 })
    await node.advance(60_000)
    const token = await node.token({ user: 'ann', ttlSeconds: 100 })
    expect((await peer.call({ refresh: { token } }))['refresh']).toEqual({
      client: peer.client,
      version: 'test',
      expires: true,
      ttl: 100,
    })
    await node.advance(104_000)
    expect(peer.closed).toBeUndefined()
    await node.advance(2_000)
    expect((await peer.end()).code).toBe(3005)
  })

  test('is refreshed by its own user only, and never by an invalid one', async () => {
    const node = await startTestNode(secure)
    const peer = await connected(node, { user: 'ann', ttlSeconds: 60 })
    const bobs = await node.token({ user: 'bob', ttlSeconds: 60 })
    expect(await peer.code({ refresh: { token: bobs } })).toBe(107)
    peer.send({ refresh: { token: 'nonsense' } })
    expect((await peer.end()).code).toBe(3500)
  })

  test('leaves no timer behind when the connection ends before it does', async () => {
    const node = await startTestNode(secure)
    const peer = await connected(node, { user: 'ann', ttlSeconds: 1_000_000 })
    peer.ws.close()
    await peer.end()
    await node.until(() => node.count('connection') === 0, 'it is gone')
    await node.advance(1_000)
    expect(node.system.wheel.size).toBe(node.baseline)
  })
})

describe('a subscription token', () => {
  const channel = 'closed'

  async function subscribed(ttlSeconds: number) {
    const node = await startTestNode(secure)
    const peer = await connected(node, { user: 'ann', ttlSeconds: 100_000 })
    const token = await node.token({ user: 'ann', channel, ttlSeconds })
    const reply = await peer.call({ subscribe: { channel, token } })
    return { node, peer, reply }
  }

  test('opens a room that is closed without one', async () => {
    const { peer, reply } = await subscribed(60)
    expect(reply['subscribe']).toEqual({ expires: true, ttl: 60 })
    expect(await peer.code({ subscribe: { channel: 'also-closed' } })).toBe(103)
  })

  test('opens the room it names, to whom it names', async () => {
    const node = await startTestNode(secure)
    const peer = await connected(node, { user: 'ann', ttlSeconds: 100 })
    const tokens = [
      [await node.token({ user: 'ann', channel: 'other', ttlSeconds: 60 }), 103],
      [await node.token({ user: 'bob', channel, ttlSeconds: 60 }), 103],
      [await node.token({ user: 'ann', ttlSeconds: 60 }), 103],
      [await node.token({ user: 'ann', channel, ttlSeconds: -1 }), 109],
      ['nonsense', 103],
    ] as const
    for (const [token, code] of tokens) {
      expect(await peer.code({ subscribe: { channel, token } })).toBe(code)
    }
    expect(node.count('room')).toBe(0)
  })

  test('that is not refreshed ends the subscription with 2501', async () => {
    const { node, peer } = await subscribed(60)
    await node.advance(64_900)
    expect(peer.pushes('unsubscribe')).toEqual([])
    await node.advance(200)
    expect(peer.pushes('unsubscribe', channel)).toEqual([
      { code: 2501, reason: 'subscription expired' },
    ])
    expect(peer.closed).toBeUndefined()
    await node.services.directory.publish(channel, 'unheard')
    await node.settle()
    expect(peer.data()).toEqual([])
  })

  test('that is refreshed in time lasts as long as the new one', async () => {
    const { node, peer } = await subscribed(60)
    await node.advance(60_000)
    const token = await node.token({ user: 'ann', channel, ttlSeconds: 100 })
    expect((await peer.call({ sub_refresh: { channel, token } }))['sub_refresh']).toEqual({
      expires: true,
      ttl: 100,
    })
    await node.advance(104_000)
    expect(peer.pushes('unsubscribe')).toEqual([])
    await node.advance(2_000)
    expect(peer.pushes('unsubscribe')).toHaveLength(1)
    // Out of it, there is nothing to refresh.
    expect(await peer.code({ sub_refresh: { channel, token } })).toBe(103)
  })

  test('leaves no timer behind when the subscription ends before it does', async () => {
    const { node, peer } = await subscribed(1_000_000)
    await node.advance(2_000)
    const before = node.system.wheel.size
    await peer.call({ unsubscribe: { channel } })
    await node.advance(5_100)
    // The room is closed, and its timer gone as well as the token's.
    expect(node.system.wheel.size).toBe(before - 1)
  })
})
