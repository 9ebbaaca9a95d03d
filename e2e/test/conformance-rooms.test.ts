// Rooms: entering, publishing, the kept past, and every error that a command may be answered with.

import { beforeAll, describe, expect, test } from 'vitest'
import { type Client, connectClient } from '../support/clients.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import {
  connectionToken,
  inSeconds,
  subscriptionToken,
  type TokenClaims,
  tokenSecret,
} from '../support/tokens.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      tokenSecret,
      limits: { maxChannelsPerConnection: 3 },
      rooms: {
        default: {
          history: { size: 20, ttl: '300s' },
          allow: { subscribe: 'client', publish: 'client', presence: 'client', history: 'client' },
        },
        namespaces: {
          bare: { history: false },
          private: { presence: true, allow: { subscribe: 'none', presence: 'subscriber' } },
          members: { allow: { publish: 'subscriber', history: 'subscriber' } },
          public: { allow: { subscribe: 'any', publish: 'none' } },
        },
      },
    },
  })
  return () => gateway.stop()
})

async function connect(user: string, claims: TokenClaims = {}): Promise<Client> {
  return await connectClient(gateway, { token: await connectionToken(user, claims) })
}

const unfitting: [what: string, make: () => string | Promise<string>][] = [
  ['that is missing', () => ''],
  ['of another room', () => subscriptionToken('ada', 'private:other')],
  ['of another user', () => subscriptionToken('bob', 'private:room')],
  ['that is one for connections', () => connectionToken('ada')],
  ['that is no token at all', () => 'abc'],
]

/** Publishes 1 to `count`. */
async function fill(channel: string, count: number): Promise<void> {
  const commands = Array.from({ length: count }, (_, i) => ({ publish: { channel, data: i + 1 } }))
  await gateway.api('batch', { commands })
}

describe('a publication', () => {
  test('reaches every member with its publisher and its place in the stream', async () => {
    const ada = await connect('ada', { info: { name: 'Ada' } })
    const bob = await connect('bob')
    const rooms = [await ada.subscribe('hall'), await bob.subscribe('hall')]
    await ada.centrifuge.publish('hall', { text: 'hello' })
    for (const room of rooms) {
      // oxlint-disable-next-line no-await-in-loop -- each member hears it
      expect(await room.publications.nth(1)).toEqual({
        channel: 'hall',
        data: { text: 'hello' },
        offset: 1,
        info: { client: ada.id, user: 'ada', connInfo: { name: 'Ada' } },
      })
    }
  })

  test('carries any JSON value as it was', async () => {
    const client = await connect('ada')
    const room = await client.subscribe('bare:values')
    const values = [
      null,
      false,
      0,
      -1.5e-7,
      '',
      'line\nfeed \u2028 "quoted" \u0000',
      'Zürich 🚰 \ud800',
      [],
      {},
      { a: [{ b: null }, [[]]], __proto: 1, 'key with "quotes"': '}' },
      '{"push":{"channel":"bare:values","pub":{"data":"forged"}}}',
    ]
    for (const value of values) {
      // oxlint-disable-next-line no-await-in-loop -- in this order
      await client.centrifuge.publish('bare:values', value)
    }
    await room.publications.nth(values.length)
    expect(room.data).toEqual(values)
  })

  test('comes after the one before it, when many are sent at once', async () => {
    const client = await connect('ada')
    const listener = await connect('bob')
    const room = await listener.subscribe('bare:order')
    const numbers = Array.from({ length: 500 }, (_, i) => i)
    await Promise.all(numbers.map((n) => client.centrifuge.publish('bare:order', n)))
    await room.publications.nth(500)
    expect(room.data).toEqual(numbers)
  })

  test('in a room without history has no offset', async () => {
    const client = await connect('ada')
    const room = await client.subscribe('bare:offset')
    await client.centrifuge.publish('bare:offset', 1)
    expect(await room.publications.nth(1)).not.toHaveProperty('offset')
  })

  test('is not for whoever has left', async () => {
    const [leaver, stayer] = [await connect('ada'), await connect('bob')]
    const [left, stayed] = [await leaver.subscribe('exit'), await stayer.subscribe('exit')]
    left.subscription.unsubscribe()
    await leaver.centrifuge.publish('exit', 'gone')
    await stayed.publications.nth(1)
    left.subscription.subscribe()
    await left.subscribed.nth(2)
    await leaver.centrifuge.publish('exit', 'back')
    await left.publications.nth(1)
    expect(left.data).toEqual(['back'])
  })
})

describe('history', () => {
  const data = (publications: readonly { data?: unknown }[]): unknown[] =>
    publications.map((each) => each.data)

  test('without a limit is the position alone', async () => {
    await fill('past-position', 5)
    const { centrifuge } = await connect('ada')
    const { offset, epoch, publications } = await centrifuge.history('past-position')
    expect({ offset, publications }).toEqual({ offset: 5, publications: [] })
    expect(epoch).not.toBe('')
  })

  test('with a limit is as many from the oldest on, or from the newest back', async () => {
    await fill('past-limit', 5)
    const { centrifuge } = await connect('ada')
    const read = async (options: object): Promise<unknown[]> =>
      data((await centrifuge.history('past-limit', options)).publications)
    expect(await read({ limit: 2 })).toEqual([1, 2])
    expect(await read({ limit: 2, reverse: true })).toEqual([5, 4])
    expect(await read({ limit: -1 })).toEqual([1, 2, 3, 4, 5])
    expect(await read({ limit: 100, reverse: true })).toEqual([5, 4, 3, 2, 1])
  })

  test('since a position goes on from there, forwards and backwards', async () => {
    await fill('past-since', 6)
    const { centrifuge } = await connect('ada')
    const { epoch } = await centrifuge.history('past-since')
    const read = async (offset: number, options: object): Promise<unknown[]> => {
      const since = { offset, epoch }
      return data((await centrifuge.history('past-since', { since, ...options })).publications)
    }
    expect(await read(2, { limit: -1 })).toEqual([3, 4, 5, 6])
    expect(await read(2, { limit: 2 })).toEqual([3, 4])
    expect(await read(6, { limit: -1 })).toEqual([])
    expect(await read(4, { limit: 2, reverse: true })).toEqual([3, 2])
    expect(await read(1, { limit: 2, reverse: true })).toEqual([])
  })

  test('can be paged through without a hole or a double', async () => {
    await fill('past-pages', 7)
    const { centrifuge } = await connect('ada')
    const { epoch } = await centrifuge.history('past-pages')
    const found: unknown[] = []
    let since = { offset: 0, epoch }
    for (let page = 0; page < 4; page++) {
      // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before it ended
      const { publications } = await centrifuge.history('past-pages', { since, limit: 2 })
      found.push(...data(publications))
      since = { offset: publications.at(-1)?.offset ?? 0, epoch }
    }
    expect(found).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('keeps as many as its size, and says so who published', async () => {
    const ada = await connect('ada')
    await fill('past-size', 25)
    await ada.centrifuge.publish('past-size', 'last')
    const { publications } = await ada.centrifuge.history('past-size', { limit: -1 })
    expect(publications.map(({ offset }) => offset)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 7),
    )
    expect(publications.at(-1)).toMatchObject({ data: 'last', info: { user: 'ada' } })
  })
})

describe('a subscription token', () => {
  test('opens a room that is closed to all, and adds to what others see', async () => {
    const client = await connect('ada', { info: { name: 'Ada' } })
    const room = await client.subscribe('private:door', {
      token: await subscriptionToken('ada', 'private:door', { info: { role: 'host' } }),
    })
    expect((await room.subscription.presence()).clients[client.id]).toMatchObject({
      client: client.id,
      user: 'ada',
      connInfo: { name: 'Ada' },
      chanInfo: { role: 'host' },
    })
  })

  test.for(unfitting)('%s is answered with 103', async ([, make]) => {
    const client = await connect('ada')
    const room = client.enter('private:room', { token: await make() })
    expect(await room.unsubscribed.nth(1)).toMatchObject({ code: 103 })
    expect(client.connecting.size).toBe(1)
  })

  test('that has expired is answered with 109, and the client asks for another', async () => {
    const client = await connect('ada')
    const tokens = [
      subscriptionToken('ada', 'private:late', { exp: inSeconds(-1) }),
      subscriptionToken('ada', 'private:late'),
    ]
    const room = await client.subscribe('private:late', { getToken: () => tokens.shift()! })
    expect(room.errors.entries).toMatchObject([{ type: 'subscribe', error: { code: 109 } }])
  })
})

describe('a subscription granted by the connection token', () => {
  test('is there with the connection, and hears publications', async () => {
    const client = await connect('ada', { channels: ['granted', 'bare:granted'] })
    await client.subscribed.nth(2)
    await gateway.api('publish', { channel: 'granted', data: 1 })
    await gateway.api('publish', { channel: 'bare:granted', data: 2 })
    await client.publications.nth(2)
    expect(client.publications.entries).toMatchObject([
      { channel: 'granted', data: 1, offset: 1 },
      { channel: 'bare:granted', data: 2 },
    ])
  })

  test('brings the data and the info that the token has for it', async () => {
    const client = await connect('ada', {
      subs: { 'private:granted': { data: { topic: 'water' }, info: { role: 'guest' } } },
    })
    expect(await client.subscribed.nth(1)).toMatchObject({
      channel: 'private:granted',
      data: { topic: 'water' },
    })
    const { clients } = await client.centrifuge.presence('private:granted')
    expect(clients[client.id]).toMatchObject({ user: 'ada', chanInfo: { role: 'guest' } })
  })

  test('leaves out rooms that nobody declared', async () => {
    const client = await connect('ada', { channels: ['nowhere:1', 'granted-beside'] })
    expect(await client.subscribed.nth(1)).toMatchObject({ channel: 'granted-beside' })
  })
})

describe('a command that fails is answered with', () => {
  test('102 in a namespace that nobody declared', async () => {
    const client = await connect('ada')
    const { centrifuge } = client
    expect(await client.enter('nowhere:1').unsubscribed.nth(1)).toMatchObject({ code: 102 })
    // A namespace is data from outside, not a property to look up.
    expect(await client.enter('constructor:1').unsubscribed.nth(1)).toMatchObject({ code: 102 })
    await expect(centrifuge.publish('nowhere:1', 1)).rejects.toMatchObject({ code: 102 })
    await expect(centrifuge.presence('nowhere:1')).rejects.toMatchObject({ code: 102 })
    await expect(centrifuge.history('nowhere:1')).rejects.toMatchObject({ code: 102 })
  })

  test('103 where it is not allowed', async () => {
    const { centrifuge } = await connect('ada')
    await expect(centrifuge.publish('public:news', 1)).rejects.toMatchObject({ code: 103 })
    await expect(centrifuge.presence('private:1')).rejects.toMatchObject({ code: 103 })
  })

  test('103 to those outside, where a room is for its members', async () => {
    const client = await connect('ada')
    const { centrifuge } = client
    await expect(centrifuge.publish('members:1', 1)).rejects.toMatchObject({ code: 103 })
    await expect(centrifuge.history('members:1')).rejects.toMatchObject({ code: 103 })
    await client.subscribe('members:1')
    await centrifuge.publish('members:1', 1)
    expect(await centrifuge.history('members:1')).toMatchObject({ offset: 1 })
  })

  test('104 for an RPC method that nobody answers', async () => {
    const { centrifuge } = await connect('ada')
    await expect(centrifuge.rpc('nothing', {})).rejects.toMatchObject({ code: 104 })
    await expect(centrifuge.rpc('toString', {})).rejects.toMatchObject({ code: 104 })
  })

  test('105 when the connection is in the room already', async () => {
    const client = await connect('ada', { channels: ['twice'] })
    await client.subscribed.nth(1)
    expect(await client.enter('twice').unsubscribed.nth(1)).toMatchObject({ code: 105 })
  })

  test('106 in more rooms than a connection may be in', async () => {
    const client = await connect('ada')
    const rooms = []
    for (const name of ['bare:1', 'bare:2', 'bare:3']) {
      // oxlint-disable-next-line no-await-in-loop -- the fourth is the one too many
      rooms.push(await client.subscribe(name))
    }
    expect(await client.enter('bare:4').unsubscribed.nth(1)).toMatchObject({ code: 106 })
    rooms[0]?.subscription.unsubscribe()
    await client.subscribe('bare:5')
  })

  test('107 for what is no room name', async () => {
    const client = await connect('ada')
    const { centrifuge } = client
    const rooms = ['two words', 'ümlaut', 'new\nline'].map((name) => client.enter(name))
    const answers = await Promise.all(rooms.map(({ unsubscribed }) => unsubscribed.nth(1)))
    expect(answers.map(({ code }) => code)).toEqual([107, 107, 107])
    await expect(centrifuge.publish('', 1)).rejects.toMatchObject({ code: 107 })
    await expect(centrifuge.publish('x'.repeat(256), 1)).rejects.toMatchObject({ code: 107 })
    expect(client.connecting.size).toBe(1)
  })

  test('108 where the room keeps no such thing', async () => {
    const { centrifuge } = await connect('ada')
    await expect(centrifuge.history('bare:1')).rejects.toMatchObject({ code: 108 })
    await expect(centrifuge.presence('bare:1')).rejects.toMatchObject({ code: 108 })
    await expect(centrifuge.presenceStats('bare:1')).rejects.toMatchObject({ code: 108 })
  })

  test('112 for a past that is not there any more, or never was', async () => {
    await fill('trimmed', 25)
    const { centrifuge } = await connect('ada')
    const { epoch } = await centrifuge.history('trimmed')
    const since = (offset: number, of = epoch): Promise<unknown> =>
      centrifuge.history('trimmed', { since: { offset, epoch: of }, limit: -1 })
    await expect(since(2)).rejects.toMatchObject({ code: 112 })
    await expect(since(26)).rejects.toMatchObject({ code: 112 })
    await expect(since(20, 'another')).rejects.toMatchObject({ code: 112 })
    await expect(since(20)).resolves.toMatchObject({ offset: 25 })
  })
})
