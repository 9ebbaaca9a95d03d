// The server API, method by method, as a backend calls it, with clients to see what comes of it.

import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Client, connectClient } from '../support/clients.ts'
import { apiKey, type Gateway, startGateway } from '../support/gateway.ts'
import { connectionToken, tokenSecret } from '../support/tokens.ts'

let gateway: Gateway

beforeAll(async () => {
  const answering = fileURLToPath(new URL('../support/behaviors/answering.ts', import.meta.url))
  gateway = await startGateway({
    config: {
      name: 'the-node',
      tokenSecret,
      rooms: {
        default: {
          presence: true,
          history: { size: 10, ttl: '300s' },
          allow: { subscribe: 'client' },
        },
        namespaces: { bare: { presence: false, history: false } },
      },
      rpc: { echo: answering, refuse: answering },
    },
  })
  return () => gateway.stop()
})

async function connect(user: string): Promise<Client> {
  return await connectClient(gateway, { token: await connectionToken(user) })
}

function post(method: string, body: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${gateway.client}/api/${method}`, { method: 'POST', headers, body })
}

describe('publish', () => {
  test('reaches the members, and says where in the stream it is', async () => {
    const room = await (await connect('ada')).subscribe('published')
    const data = { text: 'hello', list: [null, 1.5] }
    const tags = { key: 'greeting' }
    const first = await gateway.api('publish', { channel: 'published', data, tags })
    expect(first).toEqual({ offset: 1, epoch: expect.stringMatching(/./) })
    expect(await room.publications.nth(1)).toEqual({
      channel: 'published',
      data,
      tags,
      offset: 1,
    })
    const second = await gateway.api('publish', { channel: 'published', data: null })
    expect(second).toEqual({ offset: 2, epoch: first['epoch'] })
  })

  test('leaves no trace in the history when told so', async () => {
    const room = await (await connect('ada')).subscribe('skipped')
    const skipped = { channel: 'skipped', data: 'now', skip_history: true }
    expect(await gateway.api('publish', skipped)).toEqual({})
    expect(await room.publications.nth(1)).toEqual({ channel: 'skipped', data: 'now' })
    const { publications } = await gateway.api('history', { channel: 'skipped', limit: -1 })
    expect(publications).toEqual([])
  })

  test('in a room without history has no position', async () => {
    expect(await gateway.api('publish', { channel: 'bare:1', data: 1 })).toEqual({})
  })

  test('with the same key again changes nothing, and says the first position', async () => {
    const room = await (await connect('ada')).subscribe('once')
    const publish = (data: string, key: string): Promise<unknown> =>
      gateway.api('publish', { channel: 'once', data, idempotency_key: key })
    const first = await publish('first', 'a')
    expect(await publish('first again', 'a')).toEqual(first)
    expect(await publish('second', 'b')).toMatchObject({ offset: 2 })
    await room.publications.nth(2)
    expect(room.data).toEqual(['first', 'second'])
  })
})

describe('broadcast', () => {
  test('reaches many rooms, and answers for each', async () => {
    const client = await connect('ada')
    const rooms = [await client.subscribe('wide'), await client.subscribe('bare:wide')]
    const answer = await gateway.api('broadcast', {
      channels: ['wide', 'bare:wide', 'nowhere:1'],
      data: 'to all',
    })
    expect(answer).toEqual({
      responses: [
        { result: { offset: 1, epoch: expect.any(String) } },
        { result: {} },
        { error: { code: 102, message: 'unknown channel' } },
      ],
    })
    // oxlint-disable-next-line no-await-in-loop -- each room hears it
    for (const room of rooms) expect((await room.publications.nth(1)).data).toBe('to all')
  })
})

describe('what a room knows', () => {
  test('presence and presence_stats', async () => {
    const [ada, again] = [await connect('ada'), await connect('ada')]
    await ada.subscribe('known')
    await again.subscribe('known')
    expect(await gateway.api('presence', { channel: 'known' })).toEqual({
      presence: {
        [ada.id]: { client: ada.id, user: 'ada' },
        [again.id]: { client: again.id, user: 'ada' },
      },
    })
    expect(await gateway.api('presence_stats', { channel: 'known' })).toEqual({
      num_clients: 2,
      num_users: 1,
    })
    await expect(gateway.api('presence', { channel: 'bare:1' })).rejects.toMatchObject({
      code: 108,
    })
  })

  test('history, which can be removed', async () => {
    for (const data of [1, 2, 3]) {
      // oxlint-disable-next-line no-await-in-loop -- in this order
      await gateway.api('publish', { channel: 'past', data })
    }
    const history = (options: object): Promise<Record<string, unknown>> =>
      gateway.api('history', { channel: 'past', ...options })
    const { epoch, ...position } = await history({})
    expect(position).toEqual({ publications: [], offset: 3 })
    expect(await history({ limit: 1, reverse: true })).toEqual({
      publications: [{ data: 3, offset: 3 }],
      offset: 3,
      epoch,
    })
    expect(await history({ limit: -1, since: { offset: 1, epoch } })).toMatchObject({
      publications: [{ data: 2 }, { data: 3 }],
    })
    await expect(history({ since: { offset: 1, epoch: 'other' } })).rejects.toMatchObject({
      code: 112,
    })
    expect(await gateway.api('history_remove', { channel: 'past' })).toEqual({})
    expect(await history({ limit: -1 })).toEqual({ publications: [], offset: 3, epoch })
  })

  test('channels: those with members, by pattern', async () => {
    const [ada, bob] = [await connect('ada'), await connect('bob')]
    await ada.subscribe('list-1')
    await bob.subscribe('list-1')
    await bob.subscribe('list-2')
    expect(await gateway.api('channels', { pattern: 'list-*' })).toEqual({
      channels: { 'list-1': { num_clients: 2 }, 'list-2': { num_clients: 1 } },
    })
    const { channels } = await gateway.api<{ channels: object }>('channels')
    expect(channels).toHaveProperty('list-1')
  })
})

describe('info', () => {
  test('says what nodes there are, and how many are on them', async () => {
    await using crowd = await startGateway({
      config: {
        name: 'crowd',
        tokenSecret,
        rooms: { default: { allow: { subscribe: 'client' } } },
      },
    })
    const token = await connectionToken('ada')
    const clients = [await connectClient(crowd, { token }), await connectClient(crowd, { token })]
    await clients[0]!.subscribe('one')
    await clients[0]!.subscribe('two')
    expect(await crowd.api('info')).toEqual({
      nodes: [
        {
          uid: expect.stringMatching(/^[\da-f-]{36}$/),
          name: 'crowd',
          version: expect.stringMatching(/^Sluice /),
          num_clients: 2,
          num_users: 1,
          num_channels: 2,
          uptime: expect.any(Number),
        },
      ],
    })
  })
})

describe('rpc', () => {
  test('asks a behaviour, as nobody in particular', async () => {
    const answer = await gateway.api('rpc', { method: 'echo', data: { n: 1 } })
    expect(answer).toEqual({ data: { data: { n: 1 }, client: { client: '', user: '' } } })
    await expect(gateway.api('rpc', { method: 'refuse', data: 'closed' })).rejects.toMatchObject({
      code: 400,
    })
    await expect(gateway.api('rpc', { method: 'nothing' })).rejects.toMatchObject({ code: 104 })
  })
})

describe('batch', () => {
  test('answers every command in its place, the failed ones too', async () => {
    const answer = await gateway.api('batch', {
      commands: [
        { publish: { channel: 'batched', data: 1 } },
        { publish: { channel: 'nowhere:1', data: 1 } },
        { history: { channel: 'batched', limit: 1 } },
        { presence_stats: { channel: 'batched' } },
        { dance: {} },
        {},
      ],
    })
    expect(answer).toEqual({
      replies: [
        { publish: { offset: 1, epoch: expect.any(String) } },
        { error: { code: 102, message: 'unknown channel' } },
        { history: expect.objectContaining({ publications: [{ data: 1, offset: 1 }] }) },
        { presence_stats: { num_clients: 0, num_users: 0 } },
        { error: { code: 104, message: 'method not found' } },
        { error: { code: 107, message: expect.stringContaining('only key') } },
      ],
    })
  })
})

describe('a call', () => {
  const key = { 'X-API-Key': apiKey }

  test('without the key, or with another, is 401', async () => {
    const wrong: Record<string, string>[] = [{}, { 'X-API-Key': 'another' }, { 'X-API-Key': '' }]
    for (const headers of wrong) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const response = await post('info', '{}', headers)
      expect(response.status).toBe(401)
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect(await response.json()).toEqual({ error: { code: 101, message: 'unauthorized' } })
    }
  })

  test('that is not JSON is 400', async () => {
    for (const body of ['{"channel":', '', 'data=1']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const response = await post('publish', body, key)
      expect(response.status).toBe(400)
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect(await response.json()).toMatchObject({ error: { code: 107 } })
    }
  })

  test('of an unknown method is error 104, with a wrong body error 107 that names the key', async () => {
    const call = async (method: string, body: unknown): Promise<unknown> => {
      const response = await post(method, JSON.stringify(body), key)
      expect(response.status).toBe(200)
      return await response.json()
    }
    expect(await call('dance', {})).toEqual({ error: { code: 104, message: 'method not found' } })
    const wrong = (why: RegExp): object => ({
      error: { code: 107, message: expect.stringMatching(why) },
    })
    expect(await call('publish', { channel: 'a' })).toEqual(wrong(/data/))
    expect(await call('publish', { channel: 'a b', data: 1 })).toEqual(wrong(/channel/))
    expect(await call('publish', { channel: 'a', data: 1, chanel: 2 })).toEqual(wrong(/chanel/))
    expect(await call('history', { channel: 'a', limit: 'all' })).toEqual(wrong(/limit/))
    expect(await call('publish', [])).toEqual(wrong(/object/))
    expect(await call('publish', { channel: 'nowhere:1', data: 1 })).toEqual({
      error: { code: 102, message: 'unknown channel' },
    })
  })

  test('must be a POST', async () => {
    const response = await fetch(`${gateway.client}/api/info`, { headers: key })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })
})
