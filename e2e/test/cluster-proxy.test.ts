// What the proxy does to the link between a node and its Redis, seen with a real client and a real server.

import { once } from 'node:events'
import { connect } from 'node:net'
import { type RedisServer, startRedis, until } from '@sluice/test-support'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type RedisProxy, startProxy } from '../support/cluster/proxy.ts'
import { isMessage, RespReader } from '../support/cluster/resp.ts'

let server: RedisServer

beforeAll(async () => {
  server = await startRedis()
})

afterAll(() => server[Symbol.asyncDispose]())

async function proxied(): Promise<RedisProxy> {
  const proxy = await startProxy(server.port)
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  return proxy
}

/** A client that tries a thing once and never connects again. */
async function client(proxy: RedisProxy, protocol: 2 | 3 = 2): Promise<Redis> {
  const redis = new Redis(proxy.port, '127.0.0.1', {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    protocol,
  })
  redis.on('error', () => {})
  onTestFinished(() => redis.disconnect())
  await redis.connect()
  return redis
}

describe('the proxy', () => {
  test('passes everything, in both directions and in order', async () => {
    const redis = await client(await proxied())
    const large = 'x'.repeat(3_000_000)
    const answers = await Promise.all([
      redis.set('passes', large),
      redis.get('passes'),
      ...Array.from({ length: 1_000 }, () => redis.incr('counts')),
    ])
    expect(answers[1]).toBe(large)
    expect(answers.slice(2)).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1))
  })

  test('in a black hole takes connections and says nothing; what it held comes late', async () => {
    const proxy = await proxied()
    const redis = await client(proxy)
    proxy.blackHole()
    const answer = redis.set('late', 'came')
    const second = connect(proxy.port, '127.0.0.1')
    onTestFinished(() => void second.destroy())
    await once(second, 'connect')
    await until(() => proxy.accepted === 2, { what: 'the second is taken' })
    // A third way, past the proxy, shows that Redis itself would have answered by now.
    expect(await server.admin.get('late')).toBeNull()
    expect([proxy.open, redis.status]).toEqual([2, 'ready'])
    await proxy.pass()
    expect(await answer).toBe('OK')
    expect(await server.admin.get('late')).toBe('came')
  })

  test('refuses new connections, keeps the open ones, and comes back on its port', async () => {
    const proxy = await proxied()
    const redis = await client(proxy)
    const { port } = proxy
    proxy.refuse()
    await expect(client(proxy)).rejects.toThrow('Connection is closed')
    expect(proxy.accepted).toBe(1)
    expect(await redis.ping()).toBe('PONG')
    await proxy.pass()
    expect(proxy.port).toBe(port)
    expect(await (await client(proxy)).ping()).toBe('PONG')
  })

  test('cuts every connection at once', async () => {
    const proxy = await proxied()
    const clients = [await client(proxy), await client(proxy)]
    const ended = clients.map((redis) => new Promise((resolve) => redis.once('end', resolve)))
    proxy.cut()
    await Promise.all(ended)
    expect(proxy.open).toBe(0)
  })

  test('cuts an answer off at any byte: Redis did it, and nobody was told', async () => {
    const proxy = await proxied()
    for (let bytes = 0; bytes < 4; bytes++) {
      const redis = await client(proxy)
      await server.admin.set('half', 10)
      const cut = proxy.cutAfter(bytes, 'toClient')
      // `:11\r\n` is five bytes.
      await expect(redis.incr('half')).rejects.toThrow(/closed|retries/i)
      await cut
      expect(await server.admin.get('half')).toBe('11')
    }
  })

  test('cuts a command off at any byte: Redis never did it', async () => {
    const proxy = await proxied()
    await server.admin.set('whole', 10)
    for (const bytes of [0, 1, 20, 24]) {
      const redis = await client(proxy)
      const cut = proxy.cutAfter(bytes, 'toRedis')
      // `*2\r\n$4\r\nincr\r\n$5\r\nwhole\r\n` is 25 bytes.
      await expect(redis.incr('whole')).rejects.toThrow(/closed|retries/i)
      await cut
    }
    expect(await server.admin.get('whole')).toBe('10')
  })

  test('delays each way, and keeps the order', async () => {
    const proxy = await proxied()
    const redis = await client(proxy)
    proxy.delay(60)
    const started = performance.now()
    const answers = await Promise.all([redis.del('slow'), redis.incr('slow'), redis.incr('slow')])
    // A timer may be a millisecond early.
    expect(performance.now() - started).toBeGreaterThanOrEqual(118)
    expect(answers.slice(1)).toEqual([1, 2])
  })

  test('lets no more bytes pass in a second than it is told', async () => {
    const proxy = await proxied()
    const redis = await client(proxy)
    await server.admin.set('large', 'x'.repeat(50_000))
    proxy.throttle(100_000, 'toClient')
    const started = performance.now()
    expect(await redis.get('large')).toHaveLength(50_000)
    expect(performance.now() - started).toBeGreaterThanOrEqual(498)
  })

  test.for([2, 3] as const)(
    'leaves messages out, and the link looks well, over RESP%i',
    async (protocol) => {
      const proxy = await proxied()
      const redis = await client(proxy, protocol)
      const heard: string[] = []
      redis.on('message', (channel, message) => heard.push(`${channel} ${message}`))
      await redis.subscribe('one')
      await server.admin.publish('one', 'first')
      await until(() => heard.length === 1, { what: 'the first is heard' })
      proxy.dropMessages()
      await redis.subscribe('two')
      expect(await server.admin.publish('one', 'second')).toBe(1)
      expect(await server.admin.publish('two', 'third')).toBe(1)
      await until(() => proxy.dropped === 2, { what: 'two are left out' })
      await redis.ping()
      await proxy.pass()
      await server.admin.publish('two', 'fourth')
      await until(() => heard.length === 2, { what: 'another is heard' })
      expect(heard).toEqual(['one first', 'two fourth'])
    },
  )

  test('leads to another server when it is told, from the next connection on', async () => {
    await using other = await startRedis()
    const proxy = await proxied()
    const before = await client(proxy)
    await other.admin.set('which', 'other')
    proxy.targetPort = other.port
    expect(await before.get('which')).toBeNull()
    expect(await (await client(proxy)).get('which')).toBe('other')
  })

  test('resets a connection that leads to no server', async () => {
    const proxy = await proxied()
    await using gone = await startRedis()
    proxy.targetPort = gone.port
    await gone.kill()
    await expect(client(proxy)).rejects.toThrow('Connection is closed')
  })
})

describe('replies of Redis', () => {
  const frames = [
    ...['+OK\r\n', ':12\r\n', '-ERR no\r\n', '$-1\r\n', '*-1\r\n', '_\r\n', '#t\r\n', ',1.5\r\n'],
    ...[
      '$0\r\n\r\n',
      '$4\r\na\r\nb\r\n',
      '=7\r\ntxt:a\r\n\r\n',
      '*0\r\n',
      '*2\r\n:1\r\n$1\r\na\r\n',
    ],
    ...['%1\r\n+a\r\n*1\r\n:1\r\n', '~1\r\n:1\r\n', '|1\r\n+ttl\r\n:9\r\n$2\r\nhi\r\n'],
    '>3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n',
    '>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$3\r\n>1\r\r\n',
    '*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\na\r\n$1\r\nx\r\n',
  ].map((frame) => Buffer.from(frame))

  test('are whole, wherever TCP cuts them', () => {
    const all = Buffer.concat(frames)
    for (let size = 1; size <= all.length; size++) {
      const reader = new RespReader()
      const read: Buffer[] = []
      for (let at = 0; at < all.length; at += size) {
        read.push(...reader.read(all.subarray(at, at + size)))
      }
      expect(read.map(String)).toEqual(frames.map(String))
    }
  })

  test('are told from messages', () => {
    expect(frames.filter(isMessage)).toEqual(frames.slice(-2))
  })
})
