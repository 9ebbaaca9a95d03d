import { type RedisServer, startRedis } from '@sluice/test-support'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { departScript } from '../../src/redis/node-scripts.ts'
import { type Node, startPeer, until } from './peers.ts'

let redis: RedisServer
let prefixes = 0

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis[Symbol.asyncDispose]())

async function startTwo(): Promise<[Node, Node]> {
  const prefix = `p${++prefixes}`
  return [await startPeer(redis.port, prefix, 'a'), await startPeer(redis.port, prefix, 'b')]
}

const ada = { client: 'c1', user: 'ada', connInfo: { name: 'Ada “λ”', n: [1, null] } }
const bob = { client: 'c2', user: 'bob' }

test('a reaper takes what is the dead node’s, says who that was, and leaves the others’', async () => {
  const [a, b] = await startTwo()
  await b.attendance.addPresence('x', ada)
  await b.attendance.addPresence('x', bob)
  await b.attendance.addPresence('y', ada)
  b.attendance.setMembers('x', 2)
  await b.attendance.flush()
  // This client has moved.
  await a.attendance.addPresence('x', bob)
  expect(await a.attendance.reap('b')).toEqual(
    new Map([
      ['x', [ada]],
      ['y', [ada]],
    ]),
  )
  expect(await a.attendance.reap('b')).toEqual(new Map())
  expect(await a.attendance.presence('x')).toEqual([bob])
  expect(await a.attendance.presenceStats('x')).toEqual({ numClients: 1, numUsers: 1 })
  expect(await a.attendance.presenceStats('y')).toEqual({ numClients: 0, numUsers: 0 })
  expect(await a.attendance.rooms(['a', 'b'], undefined)).toEqual(new Map())
})

test('a client that moved is not taken along by the node that it left', async () => {
  const [a, b] = await startTwo()
  await a.attendance.addPresence('x', ada)
  await b.attendance.addPresence('x', ada)
  await a.attendance.removePresence('x', 'c1')
  expect(await a.attendance.presence('x')).toEqual([ada])
  await b.attendance.removePresence('x', 'c1')
  expect(await a.attendance.presenceStats('x')).toEqual({ numClients: 0, numUsers: 0 })
})

test('what failed without a link is done when there is one again, the latest only', async () => {
  const [a, b] = await startTwo()
  await a.attendance.addPresence('x', ada)
  a.commands.cut = true
  const refused = { code: 'not_available' }
  await expect(a.attendance.presence('x')).rejects.toMatchObject(refused)
  await expect(a.attendance.removePresence('x', 'c1')).rejects.toMatchObject(refused)
  await expect(a.attendance.addPresence('x', bob)).rejects.toMatchObject(refused)
  await expect(a.attendance.addPresence('y', bob)).rejects.toMatchObject(refused)
  await expect(a.attendance.removePresence('y', 'c2')).rejects.toMatchObject(refused)
  a.attendance.setMembers('x', 1)
  await expect(a.attendance.flush()).rejects.toMatchObject(refused)
  expect(await b.attendance.presence('x')).toEqual([ada])
  a.commands.cut = false
  await a.attendance.flush()
  expect(await b.attendance.presence('x')).toEqual([bob])
  expect(await b.attendance.presence('y')).toEqual([])
  expect(await b.attendance.rooms(['a'], 'x*')).toEqual(new Map([['x', 1]]))
  expect(await b.attendance.reap('a')).toEqual(new Map([['x', [bob]]]))
})

test('members are told by themselves, in batches, and leave with their node', async () => {
  const [a, b] = await startTwo()
  for (let i = 0; i < 1_500; i++) a.attendance.setMembers(`r:${i}`, i + 1)
  await until(async () => {
    const rooms = await b.attendance.rooms(['a', 'b'], 'r:*')
    expect([rooms.size, rooms.get('r:1499')]).toEqual([1_500, 1_500])
  })
  await a.attendance.leave()
  expect(await b.attendance.rooms(['a', 'b'], undefined)).toEqual(new Map())
})

test('a client whose removal failed is gone with its node', async () => {
  const [a, b] = await startTwo()
  await a.attendance.addPresence('x', ada)
  a.commands.cut = true
  await expect(a.attendance.removePresence('x', 'c1')).rejects.toMatchObject({
    code: 'not_available',
  })
  a.commands.cut = false
  await a.attendance.leave()
  expect(await b.attendance.presence('x')).toEqual([])
})

test('a node that cannot take its clients away leaves the list of their rooms to a reaper', async () => {
  const [a, b] = await startTwo()
  await a.attendance.addPresence('x', ada)
  a.commands.before = (script) => {
    if (script === departScript) throw new Error('refused')
  }
  await expect(a.attendance.removePresence('x', 'c1')).rejects.toThrow('refused')
  await expect(a.attendance.leave()).rejects.toThrow('refused')
  expect(await b.attendance.reap('a')).toEqual(new Map([['x', [ada]]]))
})

test('what Redis once refused is told when it takes writes again', async () => {
  const [a, b] = await startTwo()
  await a.commands.call('CONFIG', 'SET', 'min-replicas-to-write', '1')
  a.attendance.setMembers('x', 1)
  await expect(a.attendance.rooms(['a'], undefined)).rejects.toThrow('NOREPLICAS')
  await a.commands.call('CONFIG', 'SET', 'min-replicas-to-write', '0')
  expect(await a.attendance.rooms(['a'], undefined)).toEqual(new Map([['x', 1]]))
  await a.attendance.leave()
  expect(await b.attendance.rooms(['a'], undefined)).toEqual(new Map())
})

test('what a failover lost is done once more, the latest of it only', async () => {
  const [a, b] = await startTwo()
  const admin = new Redis(redis.url)
  onTestFinished(() => admin.disconnect())
  const name = `p${prefixes}`
  const there = [`${name}:{x}:here`, `${name}:{x}:users`]
  const own = [`${name}:{node:a}:node:present`, `${name}:{node:a}:node:members`]
  await a.attendance.addPresence('x', ada)
  a.attendance.setMembers('x', 1)
  await a.attendance.flush()
  const keys = [...there, ...own]
  const before = await Promise.all(keys.map((key) => admin.dumpBuffer(key)))
  await a.attendance.removePresence('x', 'c1')
  await a.attendance.addPresence('x', bob)
  await a.attendance.addPresence('y', bob)
  a.attendance.setMembers('x', 2)
  await a.attendance.flush()
  // A replica is promoted that has heard of none of these.
  for (const [i, key] of keys.entries()) await admin.restore(key, 0, before[i]!, 'REPLACE')
  await admin.del(`${name}:{y}:here`, `${name}:{y}:users`)
  await a.attendance.resume()
  expect(await b.attendance.presence('x')).toEqual([bob])
  expect(await b.attendance.presenceStats('x')).toEqual({ numClients: 1, numUsers: 1 })
  expect(await b.attendance.rooms(['a'], undefined)).toEqual(new Map([['x', 2]]))
  expect(await b.attendance.reap('a')).toEqual(
    new Map([
      ['x', [bob]],
      ['y', [bob]],
    ]),
  )
})
