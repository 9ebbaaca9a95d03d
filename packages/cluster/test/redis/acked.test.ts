// What was acknowledged, and lost by a failover before anybody had heard it.

import { type RedisServer, startRedis } from '@sluice/test-support'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kept, numbers, past } from '../contract/nodes.ts'
import { join, type Joined } from './joined.ts'

let redis: RedisServer
let admin: Redis
let prefixes = 0

beforeAll(async () => {
  redis = await startRedis()
  admin = new Redis(redis.url)
})

afterAll(async () => {
  admin.disconnect()
  await redis[Symbol.asyncDispose]()
})

/** A node that published three times, and one that subscribes when `lose` has undone the last one behind their backs. */
async function afterwards(lose: (room: string) => Promise<unknown>): Promise<[Joined, Joined]> {
  const prefix = `acked-${++prefixes}`
  const options = { url: redis.url, prefix }
  const [a, b] = [await join('a', options), await join('b', options)]
  for (const data of numbers(3)) await a.bus.publish('room', data, kept)
  await lose(`${prefix}:{room}`)
  await b.bus.subscribe('room')
  return [a, b]
}

const reconnected = async (...nodes: Joined[]): Promise<void> => {
  const lost = nodes.map((node) => node.next(({ name }) => name === 'link.lost'))
  await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
  await Promise.all(lost)
  await Promise.all(nodes.map((node) => node.up()))
}

/** As a replica that was promoted before it had the last one. */
const undo = (room: string): Promise<unknown> =>
  admin
    .multi()
    .hset(`${room}:meta`, 'o', 2)
    .xdel(`${room}:log`, '3-0')
    .call('XSETID', `${room}:log`, '2-0')
    .exec()

test('is told, although no room has heard of it', async () => {
  const [a, b] = await afterwards(undo)
  const { epoch } = await b.bus.history('room', { limit: 0 }, past)
  await reconnected(a, b)
  await b.listener.deliveries('room', 1)
  expect(b.listener.heard('room')).toMatchObject([{ type: 'gap' }])
  expect((await b.bus.history('room', { limit: 0 }, past)).epoch).not.toBe(epoch)
})

test('is told, although another publication has taken its place', async () => {
  const [a, b] = await afterwards(undo)
  await b.bus.publish('room', '"other"', kept)
  await b.listener.deliveries('room', 1)
  await reconnected(a, b)
  await b.listener.deliveries('room', 2)
  expect(b.listener.heard('room')).toMatchObject([{ type: 'publication' }, { type: 'gap' }])
})

test('is told, although the same node has published again', async () => {
  const [a, b] = await afterwards(undo)
  await a.bus.publish('room', '"again"', kept)
  await b.listener.deliveries('room', 1)
  await reconnected(a, b)
  await b.listener.deliveries('room', 2)
  expect(b.listener.heard('room')).toMatchObject([{ type: 'publication' }, { type: 'gap' }])
})

test('or was not lost: then nothing is told, whatever was published twice or by others', async () => {
  const [a, b] = await afterwards(async () => {})
  await b.bus.publish('room', '4', { ...kept, idempotencyKey: 'key' })
  await a.bus.publish('room', '5', { ...kept, idempotencyKey: 'key' })
  await reconnected(a, b)
  await a.bus.publish('room', '6', { history: { size: 1, ttlMs: 60_000 } })
  await b.bus.publish('room', '7', { history: { size: 0, ttlMs: 60_000 } })
  await reconnected(a, b)
  await a.bus.publish('room', '8', kept)
  await b.listener.deliveries('room', 4)
  expect(b.listener.data('room')).toEqual(['4', '6', '7', '8'])
  expect(b.listener.heard('room').every(({ type }) => type === 'publication')).toBe(true)
})
