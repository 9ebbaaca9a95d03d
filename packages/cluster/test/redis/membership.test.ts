import { ManualClock } from '@sluice/core'
import { type RedisServer, startRedis } from '@sluice/test-support'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createKeys } from '../../src/redis/keys.ts'
import { Membership } from '../../src/redis/membership.ts'
import { type Node, startPeer, until } from './peers.ts'

let redis: RedisServer
let prefixes = 0

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis[Symbol.asyncDispose]())

function startAll(...uids: string[]): Promise<Node[]> {
  const prefix = `m${++prefixes}`
  return Promise.all(uids.map((uid) => startPeer(redis.port, prefix, uid)))
}

const reapers = (nodes: Node[], uid: string): Node[] =>
  nodes.filter(({ log }) => log.includes(`dead ${uid}`))

test('every node sees every other, by name, until it leaves', async () => {
  const [a, b] = (await startAll('a', 'b')) as [Node, Node]
  const peers = await a.membership.peers()
  expect(peers.map(({ uid, name }) => `${uid}: ${name}`).toSorted()).toEqual([
    'a: name of a',
    'b: name of b',
  ])
  await until(() => expect(a.membership.has('b')).toBe(true))
  await b.membership.leave()
  await until(() => expect(a.log).toContain('gone b'))
  expect(a.log).not.toContain('dead b')
})

test('a lapsed lease is reaped by exactly one of the survivors, and gone for all', async () => {
  const [a, b, c, d] = (await startAll('a', 'b', 'c', 'd')) as [Node, Node, Node, Node]
  const survivors = [a, b, c]
  await until(() => expect(survivors.every(({ membership }) => membership.has('d'))).toBe(true))
  await d.attendance.addPresence('room', { client: 'c1', user: 'ada' })
  d.membership.stop()
  await until(() => expect(survivors.every(({ log }) => log.includes('gone d'))).toBe(true))
  await until(async () => expect(await a.attendance.presence('room')).toEqual([]))
  expect(reapers(survivors, 'd')).toHaveLength(1)
})

test('a reaper that dies half-way is succeeded by another', async () => {
  const [a, b, c] = (await startAll('a', 'b', 'c')) as [Node, Node, Node]
  const survivors = [a, b]
  await until(() => expect(survivors.every(({ membership }) => membership.has('c'))).toBe(true))
  let died: Node | undefined
  for (const node of survivors) {
    const goOn = node.onDead
    node.onDead = async (uid) => {
      if (died !== undefined) return goOn(uid)
      died = node
      node.membership.stop()
      await new Promise(() => {})
    }
  }
  await c.attendance.addPresence('room', { client: 'c1', user: 'ada' })
  c.membership.stop()
  await until(() => expect(died).toBeDefined())
  const other = died === a ? b : a
  await until(() => expect(other.log).toContain('dead c'))
  await until(async () => expect(await other.attendance.presence('room')).toEqual([]))
})

test('a node that is cut off fences itself, once, and is back with all it had', async () => {
  const [a, b] = (await startAll('a', 'b')) as [Node, Node]
  const ada = { client: 'c1', user: 'ada' }
  await b.attendance.addPresence('room', ada)
  b.commands.cut = true
  await until(() => expect(b.log).toContain('fenced'))
  expect(b.membership.fenced).toBe(true)
  await until(async () => expect(await a.attendance.presence('room')).toEqual([]))
  b.commands.cut = false
  await until(async () => expect(await a.attendance.presence('room')).toEqual([ada]))
  expect(b.membership.fenced).toBe(false)
  expect(b.log.filter((one) => one === 'fenced')).toHaveLength(1)
})

/** A member by itself, whose beats are answered with these rows, or fail without any. */
async function startAlone(
  answer: (now: number) => [uid: string, name: string, msLeft: number][] | undefined,
) {
  const clock = new ManualClock()
  const log: string[] = []
  const commands = {
    async run() {
      const rows = answer(clock.now())
      if (rows === undefined) throw new Error('cut off')
      return [1, rows, []]
    },
    call: async () => 'OK',
  }
  const times = { clock, beatMs: 3_000, leaseMs: 9_000 }
  const membership = new Membership(commands, createKeys('m'), { uid: 'a', name: 'a' }, times, {
    ...{ onReturned() {}, async onDead() {} },
    onFenced: () => void log.push(`fenced at ${clock.now()}`),
    onGone: (uid) => void log.push(`gone ${uid} at ${clock.now()}`),
  })
  onTestFinished(() => membership.stop())
  membership.start()
  clock.advance(100)
  await membership.beat()
  /** With time for what each beat is answered. */
  const advance = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left--) {
      clock.advance(1)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { log, advance, membership }
}

test('a lease that ends between two beats is over at that moment', async () => {
  let beats = 0
  const { log, advance } = await startAlone(() => (beats++ === 0 ? [] : undefined))
  await advance(12_000)
  expect(log).toEqual(['fenced at 9100'])
})

test('what is left of a lease runs down, is made whole by each beat, and is counted as a lapse once it is over', async () => {
  let cut = false
  const { advance, membership } = await startAlone(() => (cut ? undefined : []))
  const left = () => membership.health().lease?.leftMs
  expect([left(), (await advance(2_000), left())]).toEqual([9_000, 7_000])
  await advance(1_000)
  expect(left()).toBe(9_000 - 100)
  cut = true
  await advance(10_000)
  expect(membership.health().lease).toMatchObject({ ms: 9_000, leftMs: -1_100, lapses: 1 })
  cut = false
  await advance(3_000)
  expect(membership.health().lease).toMatchObject({ lapses: 1 })
  expect(left()).toBeGreaterThan(0)
})

test("of another's lease is known what was left of it at the last beat, and how long that is ago", async () => {
  const { advance, membership } = await startAlone(() => [
    ['a', 'a', 9_000],
    ['b', 'name of b', 8_000],
  ])
  await advance(500)
  expect(membership.health().peers).toEqual([{ uid: 'b', name: 'name of b', leftMs: 7_500 }])
})

test('whom a node reaps is told by name for as long as it does, and counted then', async () => {
  const [a, b] = (await startAll('a', 'b')) as [Node, Node]
  const [begun, allowed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  a.onDead = () => {
    begun.resolve()
    return allowed.promise
  }
  b.membership.stop()
  await begun.promise
  expect(a.membership.health().lease).toMatchObject({ reaping: ['name of b'], reaped: 0 })
  allowed.resolve()
  await until(() => expect(a.membership.health().lease).toMatchObject({ reaping: [], reaped: 1 }))
})

test("another's lease that ends between two beats is seen to end", async () => {
  const { log, advance } = await startAlone((now) => [
    ['a', 'a', 9_000],
    ['b', 'b', 1_600 - now],
  ])
  await advance(2_500)
  expect(log).toEqual(['gone b at 1601'])
})

test('what a reaper still takes from a node that is back is put there again', async () => {
  const [a, b] = (await startAll('a', 'b')) as [Node, Node]
  const ada = { client: 'c1', user: 'ada' }
  await b.attendance.addPresence('room', ada)
  const back = Promise.withResolvers<void>()
  const reap = a.onDead
  a.onDead = async (uid) => {
    await back.promise
    await reap(uid)
  }
  b.commands.cut = true
  await until(() => expect(a.log).toContain('dead b'))
  b.commands.cut = false
  await until(() => expect(b.log).toContain('returned'))
  back.resolve()
  // The claim is off the list only when the node has put everything there after the reaper's last step.
  await until(async () => {
    expect(await a.commands.call('HLEN', `m${prefixes}:{nodes}:shared:reapers`)).toBe(0)
    expect(await a.attendance.presence('room')).toEqual([ada])
  })
})

test('a Redis that lost everything is told everything again', async () => {
  const [a, b] = (await startAll('a', 'b')) as [Node, Node]
  const ada = { client: 'c1', user: 'ada' }
  await b.attendance.addPresence('room', ada)
  b.attendance.setMembers('room', 3)
  await b.attendance.flush()
  await a.commands.call('FLUSHALL', 'SYNC')
  await until(async () => {
    expect(await a.attendance.presence('room')).toEqual([ada])
    expect(await a.attendance.rooms(['a', 'b'], undefined)).toEqual(new Map([['room', 3]]))
  })
})
