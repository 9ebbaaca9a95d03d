// What the server API does to connections: in and out of rooms, off the node, with the codes that say what a client does
// next. Below 2500 and from 3500 to 3999 it stays away, else it comes back.

import { beforeAll, describe, expect, test } from 'vitest'
import { type Client, connectClient } from '../support/clients.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { openRaw } from '../support/raw.ts'
import { connectionToken, inSeconds, tokenSecret } from '../support/tokens.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      tokenSecret,
      rooms: {
        default: {
          presence: true,
          history: { size: 10, ttl: '300s' },
          recover: true,
          allow: { subscribe: 'client', presence: 'client' },
        },
        namespaces: { private: { allow: { subscribe: 'none' } } },
      },
    },
  })
  return () => gateway.stop()
})

async function connect(user: string): Promise<Client> {
  return await connectClient(gateway, { token: await connectionToken(user) })
}

describe('subscribe', () => {
  test('brings all connections of a user into a room, also one that is closed to them', async () => {
    const clients = [await connect('member'), await connect('member')]
    const other = await connect('other')
    await gateway.api('subscribe', { user: 'member', channel: 'private:club' })
    for (const client of clients) {
      // oxlint-disable-next-line no-await-in-loop -- each of them
      expect(await client.subscribed.nth(1)).toMatchObject({ channel: 'private:club' })
    }
    await gateway.api('publish', { channel: 'private:club', data: 'welcome' })
    // oxlint-disable-next-line no-await-in-loop -- each of them
    for (const client of clients) expect((await client.publications.nth(1)).data).toBe('welcome')
    const { clients: present } = await other.centrifuge.presence('private:club')
    expect(Object.keys(present).toSorted()).toEqual(clients.map(({ id }) => id).toSorted())
  })

  test('with a client id brings that one alone', async () => {
    const [one, two] = [await connect('pair'), await connect('pair')]
    await gateway.api('subscribe', { user: 'pair', client: one.id, channel: 'private:one' })
    await one.subscribed.nth(1)
    const { clients } = await two.centrifuge.presence('private:one')
    expect(Object.keys(clients)).toEqual([one.id])
    expect(two.subscribed.size).toBe(0)
  })

  test('starts where the room stands', async () => {
    await gateway.api('publish', { channel: 'private:pos', data: 1 })
    const client = await connect('positioned')
    await gateway.api('subscribe', { user: 'positioned', channel: 'private:pos' })
    expect(await client.subscribed.nth(1)).toMatchObject({
      recoverable: true,
      positioned: true,
      streamPosition: { offset: 1 },
    })
  })
})

describe('unsubscribe', () => {
  test('puts a user out of a room with 2000; the client stays out', async () => {
    const client = await connect('out')
    const room = await client.subscribe('club')
    await gateway.api('unsubscribe', { user: 'out', channel: 'club' })
    expect(await room.unsubscribed.nth(1)).toEqual({
      channel: 'club',
      code: 2000,
      reason: 'server unsubscribe',
    })
    expect((await client.centrifuge.presence('club')).clients).toEqual({})
    expect(room.subscribing.size).toBe(1)
    expect(client.connecting.size).toBe(1)
  })

  test('with 2500 makes the client subscribe again, and recover what it missed', async () => {
    const client = await connect('again')
    const room = await client.subscribe('insufficient')
    await gateway.api('publish', { channel: 'insufficient', data: 1 })
    await room.publications.nth(1)
    const unsubscribe = { code: 2500, reason: 'look again' }
    await gateway.api('batch', {
      commands: [
        { unsubscribe: { user: 'again', channel: 'insufficient', unsubscribe } },
        { publish: { channel: 'insufficient', data: 2 } },
      ],
    })
    expect(await room.subscribing.nth(2)).toMatchObject(unsubscribe)
    expect(await room.subscribed.nth(2)).toMatchObject({ wasRecovering: true, recovered: true })
    await room.publications.nth(2)
    expect(room.data).toEqual([1, 2])
  })

  test('ends a subscription that the server made', async () => {
    const client = await connect('granted')
    await gateway.api('subscribe', { user: 'granted', channel: 'private:granted' })
    await client.subscribed.nth(1)
    await gateway.api('unsubscribe', { user: 'granted', channel: 'private:granted' })
    expect(await client.unsubscribed.nth(1)).toEqual({ channel: 'private:granted' })
  })

  test('of somebody who is not there changes nothing', async () => {
    const room = await (await connect('here')).subscribe('calm')
    expect(await gateway.api('unsubscribe', { user: 'elsewhere', channel: 'calm' })).toEqual({})
    expect(await gateway.api('unsubscribe', { user: 'here', channel: 'other' })).toEqual({})
    await gateway.api('publish', { channel: 'calm', data: 1 })
    await room.publications.nth(1)
    expect(room.unsubscribed.size).toBe(0)
  })
})

describe('disconnect', () => {
  test('ends all connections of a user with 3503, for good', async () => {
    const clients = [await connect('banned'), await connect('banned')]
    await gateway.api('disconnect', { user: 'banned' })
    for (const client of clients) {
      // oxlint-disable-next-line no-await-in-loop -- each of them
      expect(await client.disconnected.nth(1)).toEqual({ code: 3503, reason: 'force disconnect' })
      expect(client.connecting.size).toBe(1)
    }
  })

  test('with a client id ends that one alone', async () => {
    const [one, two] = [await connect('twice'), await connect('twice')]
    await gateway.api('disconnect', { user: 'twice', client: one.id })
    await one.disconnected.nth(1)
    await two.subscribe('still-here')
    expect(two.connecting.size).toBe(1)
  })

  test.for([3000, 3001, 3012, 3499, 4000, 4499])(
    'with %i is followed by a reconnect, and recovery',
    async (code) => {
      const client = await connect(`back-${code}`)
      const room = await client.subscribe(`back-${code}`)
      const disconnect = { code, reason: 'for a test' }
      await gateway.api('disconnect', { user: `back-${code}`, disconnect })
      expect(await client.connecting.nth(2)).toEqual(disconnect)
      expect(await room.subscribed.nth(2)).toMatchObject({ recovered: true })
      expect(client.disconnected.size).toBe(0)
    },
  )

  test.for([3500, 3503, 3999, 4500, 4999])('with %i is final', async (code) => {
    const client = await connect(`gone-${code}`)
    const disconnect = { code, reason: 'for a test' }
    await gateway.api('disconnect', { user: `gone-${code}`, disconnect })
    expect(await client.disconnected.nth(1)).toEqual(disconnect)
    expect(client.connecting.size).toBe(1)
  })

  // The client reads reasons as JSON first, and an empty one as leave to come back.
  test.for(['', '42', 'null', '{"reconnect":true,"reason":"come back"}', 'é'.repeat(61)])(
    'keeps its code with the reason %j',
    async (reason) => {
      const client = await connect('worded')
      await gateway.api('disconnect', { user: 'worded', disconnect: { code: 3503, reason } })
      const ended = await client.disconnected.nth(1)
      expect(ended.code).toBe(3503)
      expect(ended.reason).toEqual(expect.stringMatching(/./))
      expect(client.connecting.size).toBe(1)
    },
  )

  test('refuses codes and reasons that no close frame can carry', async () => {
    const disconnect = (code: number, reason = 'x'): Promise<unknown> =>
      gateway.api('disconnect', { user: 'any', disconnect: { code, reason } })
    await expect(disconnect(1000)).rejects.toMatchObject({ code: 107 })
    await expect(disconnect(5000)).rejects.toMatchObject({ code: 107 })
    await expect(disconnect(3500, 'é'.repeat(62))).rejects.toMatchObject({ code: 107 })
  })
})

describe('refresh', () => {
  test('with expired ends the connection with 3005; the client comes back', async () => {
    const client = await connect('stale')
    await gateway.api('refresh', { user: 'stale', expired: true })
    expect(await client.connecting.nth(2)).toEqual({ code: 3005, reason: 'connection expired' })
    await client.connected.nth(2)
  })

  test('with expire_at tells the client how long its identity lasts', async () => {
    const raw = await openRaw(gateway.client)
    await raw.call('connect', { token: await connectionToken('told') })
    const push = raw.next((message) => message.includes('"push"'))
    await gateway.api('refresh', { user: 'told', expire_at: inSeconds(100) })
    expect(JSON.parse(await push)).toEqual({
      push: {
        refresh: {
          expires: true,
          ttl: expect.toSatisfy((ttl: number) => ttl === 99 || ttl === 100),
        },
      },
    })
    await raw.close()
  })
})
