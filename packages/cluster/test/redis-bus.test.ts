import { Events } from '@sluice/core'
import { type RedisServer, startRedis } from '@sluice/test-support'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Bus, type BusEvent, type BusHost, type RedisBusOptions } from '../src/index.ts'
import { createListener } from './listener.ts'
import { redisContract } from './redis/contract.ts'
import { joinElsewhere } from './redis/elsewhere.ts'
import { joinWhenUp } from './redis/join-when-up.ts'

let redis: RedisServer
let clusters = 0

beforeAll(async () => {
  redis = await startRedis()
})

afterAll(() => redis[Symbol.asyncDispose]())

/** Joins; resolves when the bus has reached Redis. */
function joined(
  host: BusHost,
  prefix: string,
  options: Partial<RedisBusOptions> = {},
  events = new Events<BusEvent>(),
): Promise<Bus> {
  return joinWhenUp(host, { url: redis.url, prefix, ...options }, events)
}

redisContract('redis bus', () => redis.url)

test('what was not sent yet waits, and is counted', async () => {
  const bus = await joined(createListener('a'), `figures-${++clusters}`)
  onTestFinished(() => bus.close())
  const data = JSON.stringify('x'.repeat(1_000))
  const sent = Array.from({ length: 10 }, async () =>
    bus.publish('room', data, { history: { size: 10, ttlMs: 60_000 } }),
  )
  expect(bus.figures().sendBytes).toBeGreaterThan(10_000)
  await Promise.all(sent)
  expect(bus.figures().sendBytes).toBe(0)
})

test('a trace goes along with a publication, kept or not, beside what else it has', async () => {
  const prefix = `traced-${++clusters}`
  const listener = createListener('b')
  const a = await joined(createListener('a'), prefix)
  const b = await joined(listener, prefix)
  for (const bus of [a, b]) onTestFinished(() => bus.close())
  await b.subscribe('room')
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const info = { client: 'c1', user: 'ada' }
  const tags = { key: 'value' }
  const history = { size: 10, ttlMs: 60_000 }
  for (const kept of [{}, { history }]) {
    for (const more of [{}, { info }, { tags }, { info, tags }]) {
      const heard = listener.publications('room').length
      await a.publish('room', '1', { ...kept, ...more, traceparent })
      await listener.deliveries('room', heard + 1)
      const { offset: _offset, ...publication } = listener.publications('room')[heard]!
      expect(publication).toEqual({ data: '1', ...more, traceparent })
    }
  }
})

describe('a node that is gone without a word', () => {
  test('is reaped by exactly one of the others: presence, members, entry, names', async () => {
    const prefix = `dead-${++clusters}`
    const times = { beatMs: 50, leaseMs: 300 }
    const left: unknown[] = []
    const gone = Promise.withResolvers<void>()
    const survivor = (name: string): BusHost => ({
      ...createListener(name),
      left: (room, clients) => {
        left.push({ room, clients })
        gone.resolve()
      },
    })
    const [a, b, c] = await Promise.all([
      joined(survivor('a'), prefix, times),
      joined(survivor('b'), prefix, times),
      joinElsewhere('c', { url: redis.url, prefix, ...times }),
    ])
    for (const bus of [a, b]) onTestFinished(() => bus.close())
    const ada = { client: 'c1', user: 'ada' }
    await c.call('addPresence', 'room', ada)
    await c.call('setMembers', 'room', 1)
    await c.call('rooms')
    await c.call('own', 'nobody asks for it again')
    const before = await c.call('own', 'singleton')
    expect(before.own).toBe(true)
    expect(await a.own('singleton')).toEqual({ ...before, own: false })
    await c.kill()
    await gone.promise
    expect(left).toEqual([{ room: 'room', clients: [ada] }])
    expect(await a.presence('room')).toEqual([])
    expect(await a.presenceStats('room')).toEqual({ numClients: 0, numUsers: 0 })
    expect((await b.rooms()).value).toEqual(new Map())
    const after = await b.own('singleton')
    expect(after).toMatchObject({ owner: 'b-uid', own: true })
    expect(after.token).toBeGreaterThan(before.token)
    const stale = { history: { size: 10, ttlMs: 60_000 }, fence: before.token }
    await expect(a.publish('singleton', '1', stale)).rejects.toMatchObject({ code: 'owner_fenced' })
    expect(await b.publish('singleton', '1', { ...stale, fence: after.token })).toMatchObject({
      offset: 1,
    })
    const admin = new Redis(redis.url)
    onTestFinished(() => admin.disconnect())
    await expect
      .poll(() => admin.hkeys(`${prefix}:{nodes}:shared:owners`), { timeout: 4_000 })
      .toEqual(['singleton'])
  })
})

test('a node that Redis has forgotten owns nothing any more, and puts its presence there again', async () => {
  const prefix = `forgotten-${++clusters}`
  const times = { beatMs: 50, leaseMs: 60_000 }
  const disowned = Promise.withResolvers<string>()
  const a = await joined({ ...createListener('a'), disowned: disowned.resolve }, prefix, times)
  const b = await joined(createListener('b'), prefix, times)
  for (const bus of [a, b]) onTestFinished(() => bus.close())
  const ada = { client: 'c1', user: 'ada' }
  await a.addPresence('room', ada)
  const before = await a.own('name')
  const admin = new Redis(redis.url)
  onTestFinished(() => admin.disconnect())
  await admin.flushall()
  expect(await disowned.promise).toBe('name')
  // b has no lease either, until its next beat.
  const owned = async (): Promise<boolean> => {
    try {
      return (await b.own('name')).own
    } catch {
      return false
    }
  }
  await expect.poll(owned).toBe(true)
  expect((await b.own('name')).token).toBeGreaterThan(before.token)
  await expect.poll(() => b.presence('room')).toEqual([ada])
})

test('what a failover lost of a node’s names is its own no more, and no other name', async () => {
  const prefix = `names-${++clusters}`
  const told: string[] = []
  const host = { ...createListener('a'), disowned: (name: string) => void told.push(name) }
  const a = await joined(host, prefix, { retryMaxMs: 100 })
  onTestFinished(() => a.close())
  const kept = await a.own('kept')
  const lost = await a.own('lost')
  const admin = new Redis(redis.url)
  onTestFinished(() => admin.disconnect())
  await admin.hdel(`${prefix}:{nodes}:shared:owners`, 'lost')
  await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
  await expect.poll(() => told, { timeout: 4_000 }).toEqual(['lost'])
  expect(await a.own('kept')).toEqual(kept)
  expect((await a.own('lost')).token).toBeGreaterThan(lost.token)
})

test('who came a moment before a failover that lost it is there again after it', async () => {
  const prefix = `came-${++clusters}`
  const a = await joined(createListener('a'), prefix, { retryMaxMs: 100 })
  onTestFinished(() => a.close())
  const ada = { client: 'c1', user: 'ada' }
  await a.addPresence('room', ada)
  const admin = new Redis(redis.url)
  onTestFinished(() => admin.disconnect())
  await admin.del(`${prefix}:{room}:here`, `${prefix}:{room}:users`)
  await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
  const present = async (): Promise<unknown> => {
    try {
      return await a.presence('room')
    } catch (error) {
      return error
    }
  }
  await expect.poll(present, { timeout: 4_000 }).toEqual([ada])
})

test('a host that throws when it is told of one loss is told of the others, too', async () => {
  const told: string[] = []
  const fails = (what: string): never => {
    told.push(what)
    throw new Error('a fault of the host')
  }
  const events = new Events<BusEvent>()
  const failed: string[] = []
  events.on((event) => void (event.name === 'host.failed' && failed.push(event.call)))
  const host = { ...createListener('a'), disowned: fails, left: fails }
  const prefix = `throws-${++clusters}`
  const a = await joined(host, prefix, { beatMs: 50, leaseMs: 300 }, events)
  const b = await joinElsewhere('b', { url: redis.url, prefix, beatMs: 50, leaseMs: 300 })
  onTestFinished(() => a.close())
  for (const room of ['x', 'y']) await b.call('addPresence', room, { client: 'c', user: 'u' })
  await b.kill()
  await expect.poll(() => told.toSorted(), { timeout: 4_000 }).toEqual(['x', 'y'])
  for (const name of ['p', 'q']) await a.own(name)
  const admin = new Redis(redis.url)
  onTestFinished(() => admin.disconnect())
  await admin.flushall()
  await expect.poll(() => told.slice(2), { timeout: 4_000 }).toEqual(['p', 'q'])
  expect(failed).toEqual(['left', 'left', 'disowned', 'disowned'])
})

test('a node that closes and cannot take its clients away is reaped by the others', async () => {
  const prefix = `refused-${++clusters}`
  const times = { beatMs: 50, leaseMs: 300 }
  const admin = new Redis(redis.url)
  onTestFinished(() => admin.disconnect())
  await admin.call('ACL', 'SETUSER', 'a', 'on', '>secret', '~*', '&*', '+@all')
  const url = redis.url.replace('redis://', 'redis://a:secret@')
  const a = await joined(createListener('a'), prefix, { ...times, url })
  const b = await joined(createListener('b'), prefix, times)
  onTestFinished(() => b.close())
  await a.addPresence('room', { client: 'c1', user: 'ada' })
  // What the nodes share it may write still, but nothing of the room.
  await admin.call('ACL', 'SETUSER', 'a', 'resetkeys', `~${prefix}:{node*`)
  await a.close()
  await expect.poll(() => b.presence('room'), { timeout: 4_000 }).toEqual([])
})
