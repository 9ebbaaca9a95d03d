// What the bus promises when its connections are cut, its Redis comes back empty, or is not there at all.

import { type RedisServer, startRedis } from '@sluice/test-support'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { RedisBusOptions } from '../src/index.ts'
import { packPlain, packPublication } from '../src/redis/envelope.ts'
import { kept, numbers, past } from './contract/nodes.ts'
import type { ListenerOptions } from './listener.ts'
import { join as joinBus, type Joined } from './redis/joined.ts'

let redis: RedisServer
let admin: Redis
let clusters = 0

beforeAll(async () => {
  redis = await startRedis()
  admin = new Redis(redis.url)
})

afterAll(async () => {
  admin.disconnect()
  await redis[Symbol.asyncDispose]()
})

const join = (
  name: string,
  prefix: string,
  options: Partial<RedisBusOptions> = {},
  hears: ListenerOptions = {},
): Promise<Joined> => joinBus(name, { url: redis.url, prefix, ...options }, hears)

const prefix = (): string => `faults-${++clusters}`

function offsets({ listener }: Joined, room: string): (number | undefined)[] {
  return listener.publications(room).map(({ offset }) => offset)
}

describe('connections that are cut', () => {
  test('lose no publication and repeat none, whichever is cut and whenever', async () => {
    const shared = prefix()
    const nodes = [await join('a', shared), await join('b', shared)]
    const long = { history: { size: 1_000, ttlMs: 60_000 } }
    for (const { bus } of nodes) await bus.subscribe('room')
    let acked = 0
    for (let round = 0; round < 12; round++) {
      const sent = numbers(60).map(async (i) => {
        await nodes[round % 2]!.bus.publish('room', `"${round}-${i}"`, long)
        acked++
      })
      const type = round % 3 === 0 ? 'normal' : 'pubsub'
      await admin.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes')
      await Promise.all(sent)
    }
    // Of those who were cut, one may not have noticed yet.
    const uncut = await join('c', shared)
    const { offset } = await uncut.bus.history('room', { limit: 0 }, past)
    expect(offset).toBe(acked)
    for (const node of nodes) {
      await node.listener.deliveries('room', acked)
      expect(offsets(node, 'room')).toEqual(numbers(acked).map(Number))
      expect(new Set(node.listener.data('room')).size).toBe(acked)
    }
  })

  test('what was published meanwhile is repaired from the stream', async () => {
    const shared = prefix()
    const a = await join('a', shared)
    await admin.call('ACL', 'SETUSER', 'c', 'on', '>secret', '~*', '&*', '+@all')
    const url = redis.url.replace('redis://', 'redis://c:secret@')
    const b = await join('b', shared, { url })
    await b.bus.subscribe('room')
    await a.bus.publish('room', '0', kept)
    await b.listener.deliveries('room', 1)
    const lost = b.next((event) => event.name === 'link.lost')
    const repaired = b.next((event) => event.name === 'gap.repaired' && event.room === 'room')
    await admin.call('ACL', 'SETUSER', 'c', 'off')
    await admin.call('CLIENT', 'KILL', 'USER', 'c')
    await lost
    for (const data of numbers(20)) await a.bus.publish('room', data, kept)
    await admin.call('ACL', 'SETUSER', 'c', 'on')
    expect(await repaired).toMatchObject({ messages: 20 })
    await b.listener.deliveries('room', 21)
    expect(b.listener.data('room')).toEqual(['0', ...numbers(20)])
  })

  test('are counted, and the link says how long it has been up and how far away Redis is', async () => {
    const { bus, next, up } = await join('a', prefix())
    await expect.poll(() => bus.health().links[0]?.roundTripMs).toBeGreaterThan(0)
    const [before] = bus.health().links
    expect(before).toMatchObject({ address: '', state: 'up', losses: 0 })
    const down = next((event) => event.name === 'link.changed' && event.state === 'down')
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await down
    expect(bus.health().links).toEqual([
      { address: '', state: 'down', sinceMs: expect.any(Number), losses: 1 },
    ])
    await up()
    const [after] = bus.health().links
    expect(after).toMatchObject({ state: 'up', losses: 1 })
    expect(after!.sinceMs).toBeLessThan(before!.sinceMs + 1_000)
  })

  test('what the stream holds no longer is told as a gap, never left out in silence', async () => {
    const shared = prefix()
    const a = await join('a', shared)
    // A user of b's own can be locked out, which the other one does not notice.
    await admin.call('ACL', 'SETUSER', 'b', 'on', '>secret', '~*', '&*', '+@all')
    const url = redis.url.replace('redis://', 'redis://b:secret@')
    const b = await join('b', shared, { url })
    const short = { history: { size: 3, ttlMs: 60_000 } }
    await b.bus.subscribe('room')
    await a.bus.publish('room', '0', short)
    await b.listener.deliveries('room', 1)
    const told = b.next((event) => event.name === 'gap.told')
    const lost = b.next((event) => event.name === 'link.lost')
    await admin.call('ACL', 'SETUSER', 'b', 'off')
    await admin.call('CLIENT', 'KILL', 'USER', 'b')
    await lost
    const positions = []
    for (const data of numbers(10)) positions.push(await a.bus.publish('room', data, short))
    await admin.call('ACL', 'SETUSER', 'b', 'on')
    expect(await told).toMatchObject({ room: 'room', why: 'trimmed' })
    const gap = b.listener.heard('room').find((delivery) => delivery.type === 'gap')
    expect(gap).toMatchObject({ position: { epoch: positions[0]?.epoch } })
  })
})

describe('a Redis that comes back empty', () => {
  test('starts new epochs; every room is told, and hears what comes', async () => {
    const shared = prefix()
    const nodes = [await join('a', shared), await join('b', shared)]
    const [a] = nodes
    for (const { bus } of nodes) await bus.subscribe('room')
    const before = await a!.bus.publish('room', '1', kept)
    for (const { listener } of nodes) await listener.deliveries('room', 1)
    const told = nodes.map((node) =>
      node.next((event) => event.name === 'gap.told' && event.room === 'room'),
    )
    await admin.flushall()
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    expect(await Promise.all(told)).toMatchObject([{ why: 'epoch' }, { why: 'epoch' }])
    await Promise.all(nodes.map((node) => node.up()))
    const after = await a!.bus.publish('room', '2', kept)
    expect(after?.epoch).not.toBe(before?.epoch)
    expect(after?.offset).toBe(1)
    for (const { listener } of nodes) {
      await listener.deliveries('room', 3)
      expect(listener.heard('room').map(({ type }) => type)).toEqual([
        'publication',
        'gap',
        'publication',
      ])
    }
    expect((await a!.bus.history('room', { since: before! }, past)).complete).toBe(false)
  })

  test('commands to connections reach a node that was still without a link then', async () => {
    const shared = prefix()
    const a = await join('a', shared)
    await admin.call('ACL', 'SETUSER', 'd', 'on', '>secret', '~*', '&*', '+@all')
    const b = await join('b', shared, { url: redis.url.replace('redis://', 'redis://d:secret@') })
    const command = (user: string) =>
      ({ type: 'disconnect', user, code: 3_000, reason: 'out' }) as const
    await a.bus.control(command('ada'))
    await b.listener.controls(1)
    const lost = b.next((event) => event.name === 'link.lost')
    await admin.call('ACL', 'SETUSER', 'd', 'off')
    await admin.call('CLIENT', 'KILL', 'USER', 'd')
    await lost
    await admin.flushall()
    await a.bus.control(command('bob'))
    await a.bus.control(command('eve'))
    await admin.call('ACL', 'SETUSER', 'd', 'on')
    await b.up()
    await a.bus.control(command('last'))
    await b.listener.controls(4)
    expect(b.listener.commands.map(({ user }) => user)).toEqual(['ada', 'bob', 'eve', 'last'])
  })

  test('or rolled back: positions that come twice are another epoch', async () => {
    const shared = prefix()
    const a = await join('a', shared)
    await a.bus.subscribe('room')
    for (const data of numbers(5)) await a.bus.publish('room', data, kept)
    await a.listener.deliveries('room', 5)
    const { epoch } = await a.bus.history('room', { limit: 0 }, past)
    const told = a.next((event) => event.name === 'gap.told' && event.room === 'room')
    // As a replica that was promoted before it had the last three.
    await admin.hset(`${shared}:{room}:meta`, 'o', 2)
    await admin.xdel(`${shared}:{room}:log`, '3-0', '4-0', '5-0')
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    expect(await told).toMatchObject({ why: 'rollback' })
    const next = await a.bus.history('room', { since: { offset: 2, epoch } }, past)
    expect(next).toMatchObject({ complete: false, offset: 0 })
    expect(next.epoch).not.toBe(epoch)
  })
})

describe('without a Redis', () => {
  test('what needs a stream fails in time, the rest is delivered here, and all goes on afterwards', async () => {
    await using own = await startRedis()
    const a = await join('a', prefix(), { url: own.url, publishTimeoutMs: 300 })
    await a.bus.subscribe('room')
    const lost = a.next((event) => event.name === 'link.changed' && event.state === 'down')
    await own.kill()
    await lost
    expect(a.bus.ready()).toBe(false)
    await expect(a.bus.publish('room', '1', kept)).rejects.toMatchObject({ code: 'not_available' })
    expect(a.bus.publish('room', '"here"', {})).toBeUndefined()
    expect(a.listener.data('room')).toEqual(['"here"'])
    await expect(a.bus.subscribe('other')).rejects.toMatchObject({ code: 'not_available' })
    await own.restart()
    await a.up()
    await a.bus.publish('room', '"back"', kept)
    await a.listener.deliveries('room', 2)
    expect(a.listener.data('room')).toEqual(['"here"', '"back"'])
    await a.bus.close()
  })
})

test('what a lost connection brought and nobody has looked at yet is not taken for what is in the stream now', async () => {
  const shared = prefix()
  const busyMs = (ms: number): void => {
    for (const until = performance.now() + ms; performance.now() < until;);
  }
  const slow = (room: string): void => (room === 'noise' ? busyMs(0.5) : undefined)
  const a = await join('a', shared, { random: () => 0 }, { onDeliver: slow })
  const b = await join('b', shared)
  await a.bus.subscribe('noise')
  await a.bus.subscribe('room')
  await b.bus.publish('room', '1', kept)
  await a.listener.deliveries('room', 1)
  const { epoch } = await b.bus.history('room', { limit: 0 }, past)
  const channel = (room: string): string => `${shared}:r:{${room}}`
  const bytes = admin.pipeline()
  for (let i = 1; i <= 1_000; i++) {
    const frame = packPlain('x', i, 1, [{ type: 'publication', publication: { data: '0' } }])
    bytes.publish(channel('noise'), frame)
  }
  // As a primary would say that was replaced, and has taken another second one than its successor.
  const head = Buffer.from(`\u0002D2:${epoch}:x~1~1::`, 'latin1')
  bytes.publish(channel('room'), Buffer.concat([head, packPublication({ data: '"old"' })]))
  await bytes.exec()
  await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
  await a.next(({ name }) => name === 'link.lost')
  await a.up()
  await b.up()
  await b.bus.publish('room', '2', kept)
  await b.bus.publish('room', '3', kept)
  await a.listener.deliveries('room', 3)
  expect(a.listener.data('room')).toEqual(['1', '2', '3'])
})

describe('what a primary still tells that was replaced', () => {
  /** Two nodes in a room with one publication, and how to send one that no stream has. */
  async function fork() {
    const shared = prefix()
    // Each second one room is compared in any case: this one is the last.
    const rare = { verifyMs: 3_600_000 }
    const a = await join('a', shared, rare)
    const b = await join('b', shared, rare)
    const names = [...numbers(60).map((n) => `other-${n}`), 'room']
    await Promise.all([a, b].flatMap(({ bus }) => names.map(async (name) => bus.subscribe(name))))
    const position = await a.bus.publish('room', '"1"', kept)
    for (const { listener } of [a, b]) await listener.deliveries('room', 1)
    const { epoch } = position!
    const last = async (): Promise<string> => String(await admin.hget(`${shared}:{room}:meta`, 'm'))
    const say = async (offset: number, before: string): Promise<void> => {
      const head = Buffer.from(`\u0002D${offset}:${epoch}:x~${offset}~1:${before}:`, 'latin1')
      const bytes = Buffer.concat([head, packPublication({ data: `"stale ${offset}"` })])
      await admin.publish(`${shared}:r:{room}`, bytes)
    }
    return { a, b, say, last, epoch }
  }

  test('is not heard where it follows what nobody heard, and all that counts is', async () => {
    const { a, b, say } = await fork()
    await say(2, 'x~1~1')
    await say(3, 'x~2~1')
    await a.bus.publish('room', '"2"', kept)
    await a.bus.publish('room', '"3"', kept)
    for (const { listener, events } of [a, b]) {
      await listener.deliveries('room', 3)
      expect(listener.data('room')).toEqual(['"1"', '"2"', '"3"'])
      expect(events.filter(({ name }) => name === 'gap.told')).toEqual([])
    }
  })

  test('is told of where it was heard, as soon as anything else is', async () => {
    const { a, b, say, last, epoch } = await fork()
    await say(2, await last())
    for (const { listener } of [a, b]) await listener.deliveries('room', 2)
    await a.bus.publish('room', '"2"', kept)
    for (const { listener, events } of [a, b]) {
      const [, , gap] = await listener.deliveries('room', 3)
      expect(gap).toMatchObject({ type: 'gap' })
      expect(events).toContainEqual(expect.objectContaining({ name: 'gap.told', why: 'rollback' }))
    }
    const next = await b.bus.publish('room', '"new"', kept)
    expect(next!.epoch).not.toBe(epoch)
  })
})

test('a Redis that takes no writes for want of replicas fails them for now, and is read as before', async () => {
  const guarded = await startRedis()
  onTestFinished(() => guarded[Symbol.asyncDispose]())
  const operator = new Redis(guarded.url)
  onTestFinished(() => operator.disconnect())
  const { bus } = await join('a', prefix(), { url: guarded.url })
  const first = await bus.publish('room', '1', kept)
  await operator.config('SET', 'min-replicas-to-write', '1')
  const refused = { code: 'not_available' }
  await expect(bus.publish('room', '2', kept)).rejects.toMatchObject(refused)
  await expect(bus.addPresence('room', { client: 'c', user: 'u' })).rejects.toMatchObject(refused)
  await expect(bus.own('name')).rejects.toMatchObject(refused)
  expect(await bus.history('room', {}, past)).toMatchObject({
    ...first,
    publications: [{ data: '1' }],
  })
  await operator.config('SET', 'min-replicas-to-write', '0')
  expect(await bus.publish('room', '2', kept)).toMatchObject({ offset: 2 })
})

test('an error of Redis does not carry what was to be published, as it may be logged', async () => {
  const name = prefix()
  const { bus } = await join('a', name)
  await admin.set(`${name}:{room}:meta`, 'no hash')
  const failed = bus.publish('room', '1', kept)
  await expect(failed).rejects.toMatchObject({ name: 'ReplyError' })
  await expect(failed).rejects.not.toHaveProperty('command')
})

test('a question’s time includes that in which its node was looked for', async () => {
  const slow = await startRedis()
  onTestFinished(() => slow[Symbol.asyncDispose]())
  const shared = prefix()
  const a = await join('a', shared, { url: slow.url, commandTimeoutMs: 2_000 })
  // a hears of it with its next beat only.
  await join('b', shared, { url: slow.url, commandTimeoutMs: 2_000 }, { answer: () => 'late' })
  slow.pause()
  const asked = a.bus.ask('b-uid', '?', 50).catch((error: unknown) => error)
  setTimeout(() => slow.resume(), 150)
  expect(await asked).toMatchObject({ code: 'ask_timeout' })
})
