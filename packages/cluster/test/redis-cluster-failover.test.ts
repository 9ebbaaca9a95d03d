// What the bus promises when a primary of a Redis Cluster is lost and its replica promoted.

import { type RedisCluster, startRedisCluster } from '@sluice/test-support'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kept, numbers } from './contract/nodes.ts'
import { join } from './redis/joined.ts'

const long = { history: { size: 100_000, ttlMs: 60_000 } }

let redis: RedisCluster

beforeAll(async () => {
  redis = await startRedisCluster({ replicas: true })
}, 30_000)

afterAll(() => redis[Symbol.asyncDispose]())

test('a replica that is promoted takes the rooms over; meanwhile they wait, and the others go on', async () => {
  const options = { url: redis.url, publishTimeoutMs: 20_000 }
  const [a, b] = [await join('a', options), await join('b', options)]
  const nodes = [a, b]
  const lost = redis.primaryOf('{nodes}')
  const [room, other] = [true, false].map((there) =>
    numbers(100).find((n) => (redis.primaryOf(`{${n}}`) === lost) === there),
  ) as [string, string]
  for (const { bus } of nodes) for (const name of [room, other]) await bus.subscribe(name)
  await a.bus.addPresence(room, { client: 'c1', user: 'ada' })
  const { token } = await a.bus.own(room)
  for (const data of numbers(20)) await a.bus.publish(room, data, kept)
  // It waits for what its own connection wrote, and for all before it.
  await lost.admin.set('{nodes}', '')
  expect(await lost.admin.call('WAIT', '1', '5000')).toBe(1)
  const down = nodes.map(({ next }) =>
    next((event) => event.name === 'link.changed' && event.state === 'down'),
  )
  await lost.kill()
  const waiting = numbers(40)
    .slice(20)
    .map(async (data) => nodes[Number(data) % 2]!.bus.publish(room, data, kept))
  await Promise.all(down)
  for (const data of numbers(10)) await a.bus.publish(other, data, kept)
  await b.listener.deliveries(other, 10)
  expect(nodes.map(({ bus }) => bus.ready())).toEqual([false, false])
  await Promise.all(waiting)
  await Promise.all(nodes.map((node) => node.up()))
  for (const { listener, bus, events } of nodes) {
    await listener.deliveries(room, 40)
    expect(listener.publications(room).map(({ offset }) => offset)).toEqual(numbers(40).map(Number))
    expect(listener.data(room).toSorted()).toEqual(numbers(40).toSorted())
    expect(events.filter(({ name }) => name === 'gap.told')).toEqual([])
    expect(bus.ready()).toBe(true)
  }
  expect(await b.bus.presence(room)).toEqual([{ client: 'c1', user: 'ada' }])
  expect(await b.bus.own(room)).toMatchObject({ owner: 'a-uid', token })
}, 30_000)

test('a primary that is asked to make room for its replica loses nothing, and nothing comes twice', async () => {
  const options = { url: redis.url, prefix: 'asked', publishTimeoutMs: 20_000 }
  const nodes = [await join('a', options), await join('b', options)]
  // One that was not lost above.
  const old = redis.primaries.find((node) => node !== redis.primaryOf('{nodes}'))!
  const heir = redis.replicas[redis.primaries.indexOf(old)]!
  const room = numbers(100).find((n) => redis.primaryOf(`{${n}}`) === old)!
  for (const { bus } of nodes) await bus.subscribe(room)
  let acked = 0
  const done = new AbortController()
  const publishers = nodes.map(async ({ bus }, n) => {
    for (let i = 0; !done.signal.aborted; i++) {
      await bus.publish(room, `"${n}-${i}"`, long)
      acked++
    }
  })
  await nodes[0]!.listener.deliveries(room, 50)
  await heir.admin.call('CLUSTER', 'FAILOVER')
  await expect.poll(() => heir.admin.call('ROLE')).toContain('master')
  await nodes[0]!.listener.deliveries(room, acked + 50)
  done.abort()
  await Promise.all(publishers)
  await Promise.all(nodes.map((node) => node.up()))
  for (const { listener, bus, events } of nodes) {
    await listener.deliveries(room, acked)
    const offsets = listener.publications(room).map(({ offset }) => offset)
    expect(offsets).toEqual(numbers(acked).map(Number))
    expect(new Set(listener.data(room)).size).toBe(acked)
    expect(events.filter(({ name }) => name === 'gap.told')).toEqual([])
    expect(bus.ready()).toBe(true)
  }
}, 30_000)
