import { beforeEach, describe, expect, test } from 'vitest'
import type { RunningNode } from '../../src/node.ts'
import { errorOf, resultOf, startTestNode, TestClient } from './harness.ts'

const epoch = expect.any(String) as string
const unknownChannel = { code: 102, message: 'unknown channel' }
const notAvailable = { code: 108, message: 'not available' }

let node: RunningNode

beforeEach(async () => {
  node = await startTestNode({
    insecure: true,
    rooms: {
      default: { presence: true, history: { size: 5, ttl: '60s' } },
      namespaces: { plain: { presence: false, history: false } },
    },
  })
})

describe('publish', () => {
  test('reaches the members of the room and tells the position', async () => {
    const client = await TestClient.connect(node)
    await client.command('subscribe', { channel: 'room' })
    const data = { text: 'grün\n"\u2028', list: [1, null, { a: [] }] }
    const result = await resultOf(node, 'publish', { channel: 'room', data, tags: { a: 'b' } })
    expect(result).toEqual({ offset: 1, epoch })
    expect(await client.push('pub')).toEqual({
      channel: 'room',
      pub: { data, offset: 1, tags: { a: 'b' } },
    })
  })

  test('keeps nothing where a room keeps nothing, or when told so', async () => {
    expect(await resultOf(node, 'publish', { channel: 'plain:a', data: null })).toEqual({})
    const body = { channel: 'room', data: 0, skip_history: true }
    expect(await resultOf(node, 'publish', body)).toEqual({})
    expect(await resultOf(node, 'history', { channel: 'room' })).toMatchObject({ offset: 0 })
  })

  test('with a key it has seen changes nothing and tells the first position', async () => {
    const body = { channel: 'room', data: 1, idempotency_key: 'once' }
    const first = await resultOf(node, 'publish', body)
    expect(await resultOf(node, 'publish', { ...body, data: 2 })).toEqual(first)
    const { publications } = await resultOf(node, 'history', { channel: 'room', limit: -1 })
    expect(publications).toEqual([{ data: 1, offset: 1 }])
  })

  test('into an unknown namespace is error 102', async () => {
    expect(await errorOf(node, 'publish', { channel: 'no:room', data: 1 })).toEqual(unknownChannel)
  })
})

describe('broadcast', () => {
  test('answers for each room, in order', async () => {
    const channels = ['a', 'no:room', 'plain:a', 'a']
    expect(await resultOf(node, 'broadcast', { channels, data: 1 })).toEqual({
      responses: [
        { result: { offset: 1, epoch } },
        { error: unknownChannel },
        { result: {} },
        { result: { offset: 2, epoch } },
      ],
    })
  })

  test('takes a thousand rooms at most', async () => {
    const channels = Array.from({ length: 1_001 }, () => 'plain:a')
    expect(await errorOf(node, 'broadcast', { channels, data: 1 })).toEqual({
      code: 106,
      message: 'limit exceeded: at most 1000 rooms',
    })
  })
})

describe('subscribe and unsubscribe', () => {
  test('bring all connections of a user into a room, and out again', async () => {
    const clients = [await TestClient.connect(node, 'ann'), await TestClient.connect(node, 'ann')]
    const other = await TestClient.connect(node, 'ben')
    expect(await resultOf(node, 'subscribe', { user: 'ann', channel: 'room' })).toEqual({})
    for (const client of clients) {
      // oxlint-disable-next-line no-await-in-loop -- each has its own
      expect(await client.push('subscribe')).toMatchObject({ channel: 'room' })
    }
    const stats = await resultOf(node, 'presence_stats', { channel: 'room' })
    expect(stats).toEqual({ num_clients: 2, num_users: 1 })

    expect(await resultOf(node, 'unsubscribe', { user: 'ann', channel: 'room' })).toEqual({})
    for (const client of clients) {
      // oxlint-disable-next-line no-await-in-loop -- each has its own
      expect(await client.push('unsubscribe')).toEqual({
        channel: 'room',
        unsubscribe: { code: 2000, reason: 'server unsubscribe' },
      })
    }
    expect(await other.command('presence_stats', { channel: 'room' })).toMatchObject({
      presence_stats: { num_clients: 0, num_users: 0 },
    })
  })

  test('mean one connection when its id is given, and say why it left', async () => {
    const [client, other] = [await TestClient.connect(node), await TestClient.connect(node)]
    const whose = { user: '', client: client.id, channel: 'room' }
    await resultOf(node, 'subscribe', whose)
    await client.push('subscribe')
    await other.command('subscribe', { channel: 'room' })
    await resultOf(node, 'unsubscribe', { ...whose, unsubscribe: { code: 2500 } })
    expect(await client.push('unsubscribe')).toEqual({
      channel: 'room',
      unsubscribe: { code: 2500, reason: 'insufficient state' },
    })
    const { presence } = await resultOf(node, 'presence', { channel: 'room' })
    expect(presence).toEqual({ [other.id]: { client: other.id, user: '' } })
  })

  test('take codes of their range, and known rooms, only', async () => {
    const whose = { user: 'ann', channel: 'room' }
    const unsubscribe = { code: 3000 }
    expect(await errorOf(node, 'unsubscribe', { ...whose, unsubscribe })).toEqual({
      code: 107,
      message: 'bad request: unsubscribe.code: expected a whole number from 2000 to 2999, got 3000',
    })
    const wrong = { user: 'ann', channel: 'no:room' }
    expect(await errorOf(node, 'subscribe', wrong)).toEqual(unknownChannel)
  })
})

describe('disconnect', () => {
  test('closes with 3503 unless told otherwise', async () => {
    const client = await TestClient.connect(node, 'ann')
    expect(await resultOf(node, 'disconnect', { user: 'ann' })).toEqual({})
    expect(await client.closed).toEqual({ code: 3503, reason: 'force disconnect' })
  })

  test.each([
    [{ code: 3012 }, { code: 3012, reason: 'no pong' }],
    [
      { code: 4001, reason: 'go elsewhere' },
      { code: 4001, reason: 'go elsewhere' },
    ],
    [{ code: 4999 }, { code: 4999, reason: 'disconnected' }],
  ])('closes with %j', async (disconnect, closed) => {
    const client = await TestClient.connect(node, 'ann')
    await resultOf(node, 'disconnect', { user: 'ann', disconnect })
    expect(await client.closed).toEqual(closed)
  })

  test.each([1000, 2999, 5000, 3000.5, '3000'])('does not take the code %j', async (code) => {
    const body = { user: 'ann', disconnect: { code } }
    expect((await errorOf(node, 'disconnect', body)).code).toBe(107)
  })

  test('does not take a reason that fits in no close frame', async () => {
    const ofBytes = (bytes: number): object => ({
      user: 'ann',
      disconnect: { code: 4000, reason: `ü${'x'.repeat(bytes - 2)}` },
    })
    expect(await resultOf(node, 'disconnect', ofBytes(123))).toEqual({})
    expect((await errorOf(node, 'disconnect', ofBytes(124))).message).toContain(
      'disconnect.reason: expected text of at most 123 bytes',
    )
  })

  test('needs somebody to disconnect', async () => {
    const message = 'bad request: user: expected a user, or a client beside it, got ""'
    expect(await errorOf(node, 'disconnect', { user: '' })).toEqual({ code: 107, message })
    expect((await errorOf(node, 'disconnect', {})).code).toBe(107)
  })
})

describe('refresh', () => {
  test('closes an expired connection with 3005', async () => {
    const client = await TestClient.connect(node, 'ann')
    await resultOf(node, 'refresh', { user: 'ann', expired: true })
    expect(await client.closed).toMatchObject({ code: 3005 })
  })

  test('tells a client its new end', async () => {
    const client = await TestClient.connect(node, 'ann')
    const expireAt = Math.ceil(Date.now() / 1_000) + 100
    await resultOf(node, 'refresh', { user: 'ann', client: client.id, expire_at: expireAt })
    const { refresh } = await client.push('refresh')
    expect(refresh).toMatchObject({ expires: true, ttl: expect.any(Number) as number })
  })
})

describe('presence', () => {
  test('tells who is in a room', async () => {
    const [client, other] = [await TestClient.connect(node, 'ann'), await TestClient.connect(node)]
    await client.command('subscribe', { channel: 'room' })
    await other.command('subscribe', { channel: 'room' })
    expect(await resultOf(node, 'presence', { channel: 'room' })).toEqual({
      presence: {
        [client.id]: { client: client.id, user: 'ann' },
        [other.id]: { client: other.id, user: '' },
      },
    })
  })

  test('is error 108 where there is none, and 102 where there is no room', async () => {
    for (const method of ['presence', 'presence_stats']) {
      // oxlint-disable-next-line no-await-in-loop -- two calls
      expect(await errorOf(node, method, { channel: 'plain:a' })).toEqual(notAvailable)
      // oxlint-disable-next-line no-await-in-loop -- two calls
      expect(await errorOf(node, method, { channel: 'no:a' })).toEqual(unknownChannel)
    }
  })
})

describe('history', () => {
  beforeEach(async () => {
    for (const data of ['a', 'b', 'c']) {
      // oxlint-disable-next-line no-await-in-loop -- in order
      await resultOf(node, 'publish', { channel: 'room', data })
    }
  })

  const offsets = async (query: object): Promise<unknown> => {
    const result = await resultOf(node, 'history', { channel: 'room', ...query })
    return (result['publications'] as { offset: number }[]).map(({ offset }) => offset)
  }

  test('tells the position alone unless there is a limit', async () => {
    const position = { publications: [], offset: 3, epoch }
    expect(await resultOf(node, 'history', { channel: 'room' })).toEqual(position)
  })

  test('pages forwards and backwards, from a position', async () => {
    const { epoch: current } = await resultOf(node, 'history', { channel: 'room' })
    expect(await offsets({ limit: 2 })).toEqual([1, 2])
    expect(await offsets({ limit: 2, reverse: true })).toEqual([3, 2])
    expect(await offsets({ limit: -1, since: { offset: 1, epoch: current } })).toEqual([2, 3])
    expect(await offsets({ limit: -1, since: {} })).toEqual([1, 2, 3])
  })

  test('is error 112 from a position that is lost', async () => {
    const since = { offset: 1, epoch: 'another' }
    expect(await errorOf(node, 'history', { channel: 'room', limit: -1, since })).toEqual({
      code: 112,
      message: 'unrecoverable position',
    })
  })

  test('is gone after history_remove, but for the position', async () => {
    expect(await resultOf(node, 'history_remove', { channel: 'room' })).toEqual({})
    const position = { publications: [], offset: 3, epoch }
    expect(await resultOf(node, 'history', { channel: 'room', limit: -1 })).toEqual(position)
  })

  test('is error 108 where there is none, and 102 where there is no room', async () => {
    for (const method of ['history', 'history_remove']) {
      // oxlint-disable-next-line no-await-in-loop -- two calls
      expect(await errorOf(node, method, { channel: 'plain:a' })).toEqual(notAvailable)
      // oxlint-disable-next-line no-await-in-loop -- two calls
      expect(await errorOf(node, method, { channel: 'no:a' })).toEqual(unknownChannel)
    }
  })
})

describe('channels and info', () => {
  test('tell the rooms that have members, by pattern', async () => {
    const client = await TestClient.connect(node)
    for (const channel of ['room', 'plain:a', 'plain:"b"', '__proto__']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await client.command('subscribe', { channel })
    }
    const { channels } = await resultOf(node, 'channels', '')
    expect(Object.entries(channels as object)).toEqual([
      ['room', { num_clients: 1 }],
      ['plain:a', { num_clients: 1 }],
      ['plain:"b"', { num_clients: 1 }],
      ['__proto__', { num_clients: 1 }],
    ])
    expect(await resultOf(node, 'channels', { pattern: 'plain:*' })).toEqual({
      channels: { 'plain:a': { num_clients: 1 }, 'plain:"b"': { num_clients: 1 } },
    })
  })

  test('tell the nodes', async () => {
    const client = await TestClient.connect(node, 'ann')
    await client.command('subscribe', { channel: 'room' })
    expect(await resultOf(node, 'info', '')).toEqual({
      nodes: [
        {
          uid: node.services.uid,
          name: 'test',
          version: node.services.version,
          num_clients: 1,
          num_users: 1,
          num_channels: 1,
          uptime: expect.any(Number) as number,
        },
      ],
    })
  })
})

describe('rpc', () => {
  test('is answered by the behaviour of its method', async () => {
    node = await startTestNode({ rpc: { add: new URL('adder.ts', import.meta.url).pathname } })
    expect(await resultOf(node, 'rpc', { method: 'add', data: [1, 2] })).toEqual({ data: 3 })
    expect(await resultOf(node, 'rpc', { method: 'add', data: [] })).toEqual({ data: 0 })
    expect(await resultOf(node, 'rpc', { method: 'add' })).toEqual({ data: null })
  })

  test('that a behaviour refuses is error 400, in its words', async () => {
    node = await startTestNode({ rpc: { add: new URL('adder.ts', import.meta.url).pathname } })
    expect(await errorOf(node, 'rpc', { method: 'add', data: 'text' })).toEqual({
      code: 400,
      message: 'only lists can be added',
    })
  })

  test('of an unknown method is error 104', async () => {
    const error = { code: 104, message: 'method not found' }
    expect(await errorOf(node, 'rpc', { method: 'nothing' })).toEqual(error)
  })
})
