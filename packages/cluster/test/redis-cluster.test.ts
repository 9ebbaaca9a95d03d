// The bus on a real Redis Cluster of three primaries, with sharded Pub/Sub.

import { setImmediate as turn } from 'node:timers/promises'
import { type RedisCluster, startRedisCluster } from '@sluice/test-support'
import slotOf from 'cluster-key-slot'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Bus } from '../src/index.ts'
import { kept, numbers, past } from './contract/nodes.ts'
import { redisContract } from './redis/contract.ts'
import { join } from './redis/joined.ts'

let redis: RedisCluster
let clusters = 0

beforeAll(async () => {
  redis = await startRedisCluster()
}, 30_000)

afterAll(() => redis[Symbol.asyncDispose]())

redisContract('redis cluster bus', () => redis.url)

const long = { history: { size: 10_000, ttlMs: 60_000 } }

/** A room that is kept where the key is, or (`not`) where it is not. */
function roomOf(key: string, not = false): string {
  const there = (room: string): boolean =>
    (redis.primaryOf(`{${room}}`) === redis.primaryOf(key)) !== not
  return numbers(1_000)
    .map((n) => `room-${n}`)
    .find(there)!
}

test('the link to each primary is told by its address', async () => {
  const { bus } = await join('a', { url: redis.url, prefix: `links-${++clusters}` })
  const { links } = bus.health()
  expect(links.map(({ address, state }) => `${address} ${state}`).toSorted()).toEqual(
    redis.primaries.map(({ port }) => `127.0.0.1:${port} up`).toSorted(),
  )
})

describe('a slot that moves to another primary', () => {
  test('while both nodes publish: each publication arrives once, in order, and none is told missing', async () => {
    const options = { url: redis.url, prefix: `moves-${++clusters}`, publishTimeoutMs: 10_000 }
    const nodes = [await join('a', options), await join('b', options)]
    for (const { bus } of nodes) await bus.subscribe('room')
    let acked = 0
    const moving = new AbortController()
    const publish = async (bus: Bus, name: string): Promise<void> => {
      for (let i = 0; !moving.signal.aborted; i++) {
        const idempotencyKey = `${name}-${i}`
        await bus.publish(
          'room',
          `"${name}-${i}"`,
          i % 3 === 0 ? { ...long, idempotencyKey } : long,
        )
        acked++
      }
    }
    const publishers = nodes.flatMap(({ bus }, i) =>
      ['x', 'y', 'z'].map((one) => publish(bus, `${i}${one}`)),
    )
    const slot = slotOf('{room}')
    let from = redis.primaryOf('{room}')
    for (let round = 0; round < 6; round++) {
      const to = redis.primaries[(redis.primaries.indexOf(from) + 1) % 3]!
      const heard = nodes[0]!.listener.heard('room').length
      await redis.move(slot, from, to)
      await nodes[0]!.listener.deliveries('room', heard + 50)
      from = to
    }
    moving.abort()
    await Promise.all(publishers)
    for (const { listener, events } of nodes) {
      await listener.deliveries('room', acked)
      const offsets = listener.publications('room').map(({ offset }) => offset)
      expect(offsets).toEqual(numbers(acked).map(Number))
      expect(new Set(listener.data('room')).size).toBe(acked)
      expect(events.filter(({ name }) => name === 'link.lost')).toEqual([])
    }
    expect((await nodes[0]!.bus.history('room', { limit: 0 }, past)).offset).toBe(acked)
  })

  test('holds up what cannot be done half-way, and does it then, in order', async () => {
    const options = { url: redis.url, prefix: `waits-${++clusters}`, publishTimeoutMs: 10_000 }
    const [a, b] = [await join('a', options), await join('b', options)]
    await a.bus.subscribe('room')
    await b.bus.publish('room', '"0"', kept)
    const from = redis.primaryOf('{room}')
    const to = redis.primaries.find((node) => node !== from)!
    const client = { client: 'c1', user: 'ada' }
    const waiting: unknown[] = []
    const begun = async (): Promise<void> => {
      // Redis refuses the first, for it knows no such key here, and would serve the second.
      waiting.push(b.bus.publish('room', '1', { ...kept, idempotencyKey: 'one' }))
      await turn()
      waiting.push(b.bus.publish('room', '2', kept))
      await answered()
    }
    const halfway = async (): Promise<void> => {
      waiting.push(b.bus.publish('room', '3', kept))
      waiting.push(b.bus.addPresence('room', client), b.bus.subscribe('room'))
      await answered()
    }
    // What comes later on the same connection is answered later.
    const answered = (): unknown => b.bus.publish(roomOf('{room}'), '"between"', kept)
    await redis.move(slotOf('{room}'), from, to, { begun, halfway })
    await Promise.all(waiting)
    await a.listener.deliveries('room', 4)
    expect(a.listener.data('room')).toEqual(['"0"', ...numbers(3)])
    expect(await a.bus.presence('room')).toEqual([client])
    await a.bus.publish('room', '"last"', kept)
    await expect.poll(() => b.listener.data('room').at(-1)).toBe('"last"')
    await redis.move(slotOf('{room}'), to, from)
  })

  test('brings along what was published meanwhile, although nobody was told', async () => {
    const prefix = `silent-${++clusters}`
    const a = await join('a', { url: redis.url, prefix })
    await a.bus.subscribe('room')
    await a.bus.publish('room', '1', kept)
    await a.listener.deliveries('room', 1)
    const from = redis.primaryOf('{room}')
    const to = redis.primaries.find((node) => node !== from)!
    const repaired = a.next(({ name }) => name === 'gap.repaired')
    // As a node would that learned of the move first.
    const halfway = async (): Promise<void> => {
      const append = `
        local bytes = redis.call('XRANGE', KEYS[2], '1-0', '1-0')[1][2][2]
        redis.call('XADD', KEYS[2], '2-0', 'd', bytes, 'm', 'x~2')
        return redis.call('HSET', KEYS[1], 'o', 2)`
      const keys = [`${prefix}:{room}:meta`, `${prefix}:{room}:log`]
      await to.admin
        .pipeline()
        .asking()
        .eval(append, 2, ...keys)
        .exec()
    }
    await redis.move(slotOf('{room}'), from, to, { halfway })
    expect(await repaired).toMatchObject({ room: 'room', messages: 1 })
    await a.listener.deliveries('room', 2)
    expect(a.listener.publications('room').map(({ offset }) => offset)).toEqual([1, 2])
    await redis.move(slotOf('{room}'), to, from)
  })

  test('and stops half-way holds up no other room of its primary', async () => {
    const prefix = `stuck-${++clusters}`
    const a = await join('a', { url: redis.url, prefix, publishTimeoutMs: 300 })
    const other = roomOf('{room}')
    for (const room of ['room', other]) await a.bus.subscribe(room)
    await a.bus.publish('room', '1', kept)
    const from = redis.primaryOf('{room}')
    const to = redis.primaries.find((node) => node !== from)!
    const slot = slotOf('{room}')
    await to.admin.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id)
    await from.admin.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id)
    await from.admin.migrate('127.0.0.1', to.port, `${prefix}:{room}:meta`, 0, 5_000)
    const lost = a.next(({ name }) => name === 'link.lost')
    await from.admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await lost
    await a.up()
    await a.bus.publish(other, '"other"', kept)
    await a.listener.deliveries(other, 1)
    const refused = { code: 'not_available' }
    await expect(a.bus.publish('room', '2', kept)).rejects.toMatchObject(refused)
    await expect(a.bus.history('room', {}, past)).rejects.toMatchObject(refused)
    await redis.move(slot, from, to)
    await a.bus.publish('room', '3', kept)
    await a.listener.deliveries('room', 2)
    expect(a.listener.data('room')).toEqual(['1', '3'])
    await redis.move(slot, to, from)
  })

  test('and back again before anybody looked is subscribed to anew', async () => {
    const a = await join('a', { url: redis.url, prefix: `back-${++clusters}` })
    await a.bus.subscribe('room')
    const from = redis.primaryOf('{room}')
    const to = redis.primaries.find((node) => node !== from)!
    // Redis ends the subscription at the first step, which no map shows after the second.
    const step = ['CLUSTER', 'SETSLOT', String(slotOf('{room}')), 'NODE'] as const
    await from.admin
      .pipeline()
      .call(...step, to.id)
      .call(...step, from.id)
      .exec()
    await a.bus.publish('room', '1', kept)
    await a.listener.deliveries('room', 1)
    await a.bus.publish('room', '2', kept)
    await a.listener.deliveries('room', 2)
    expect(a.listener.data('room')).toEqual(numbers(2))
  })
})

describe('a primary that does not answer', () => {
  test('takes its own rooms along, and no others', async () => {
    const options = { url: redis.url, prefix: `frozen-${++clusters}`, publishTimeoutMs: 300 }
    const [a, b] = [await join('a', options), await join('b', options)]
    // Not the one that keeps what all nodes share.
    const lost = roomOf('{nodes}', true)
    const going = roomOf('{nodes}')
    for (const { bus } of [a, b]) for (const room of [lost, going]) await bus.subscribe(room)
    await b.bus.publish(lost, '"before"', kept)
    await b.listener.deliveries(lost, 1)
    const frozen = redis.primaryOf(`{${lost}}`)
    const down = [a, b].map(({ next }) =>
      next((event) => event.name === 'link.changed' && event.state === 'down'),
    )
    frozen.pause()
    await Promise.all(down)
    expect(a.bus.ready()).toBe(false)
    await expect(a.bus.publish(lost, '"1"', kept)).rejects.toMatchObject({ code: 'not_available' })
    expect(a.bus.publish(lost, '"here"', {})).toBeUndefined()
    expect(a.listener.data(lost).at(-1)).toBe('"here"')
    for (const data of numbers(10)) await a.bus.publish(going, data, kept)
    await b.listener.deliveries(going, 10)
    expect(b.listener.data(going)).toEqual(numbers(10))
    frozen.resume()
    await Promise.all([a.up(), b.up()])
    expect(a.bus.ready()).toBe(true)
    const position = await a.bus.publish(lost, '"after"', kept)
    await b.listener.deliveries(lost, position!.offset)
    expect(b.listener.publications(lost).map(({ offset }) => offset)).toEqual(
      numbers(position!.offset).map(Number),
    )
  })
  test('takes all along where Redis wants to serve every slot or none', async () => {
    const full = 'cluster-require-full-coverage'
    const configure = (value: string): Promise<unknown> =>
      Promise.all(redis.primaries.map(({ admin }) => admin.config('SET', full, value)))
    await configure('yes')
    onTestFinished(async () => void (await configure('no')))
    const options = { url: redis.url, prefix: `full-${++clusters}`, publishTimeoutMs: 300 }
    const a = await join('a', options)
    const going = roomOf('{nodes}')
    const frozen = redis.primaryOf(`{${roomOf('{nodes}', true)}}`)
    await a.bus.subscribe(going)
    const publish = async (): Promise<unknown> => a.bus.publish(going, '1', kept)
    const failure = (): Promise<unknown> => publish().catch(({ code }: { code: string }) => code)
    frozen.pause()
    await expect.poll(failure, { timeout: 10_000 }).toBe('not_available')
    expect(JSON.stringify(a.events)).toContain('CLUSTERDOWN')
    expect(a.bus.ready()).toBe(false)
    frozen.resume()
    await a.up()
    const heard = a.listener.heard(going).length
    await publish()
    await a.listener.deliveries(going, heard + 1)
  }, 15_000)
})
