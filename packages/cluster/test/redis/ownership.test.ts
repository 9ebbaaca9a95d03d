import { setTimeout as elapse } from 'node:timers/promises'
import { type RedisServer, startRedis } from '@sluice/test-support'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fenceScript, ownScript } from '../../src/redis/node-scripts.ts'
import { beatMs, type Node, startPeer, until } from './peers.ts'

let redis: RedisServer
let prefixes = 0

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis[Symbol.asyncDispose]())

function startAll(...uids: string[]): Promise<Node[]> {
  const prefix = `o${++prefixes}`
  return Promise.all(uids.map((uid) => startPeer(redis.port, prefix, uid)))
}

/** One whose lease ends in no test, however busy the machine is. */
function startLasting(): Promise<Node> {
  return startPeer(redis.port, `o${++prefixes}`, 'a', 60_000)
}

test('a fenced node owns nothing, and gets a new, larger token when it is back', async () => {
  const [a] = (await startAll('a')) as [Node]
  const first = await a.ownership.own('name')
  a.commands.cut = true
  await until(() => expect(a.log).toContain('fenced'))
  await expect(a.ownership.own('name')).rejects.toMatchObject({ code: 'not_available' })
  a.commands.cut = false
  await until(() => expect(a.membership.fenced).toBe(false))
  const second = await a.ownership.own('name')
  expect(second).toMatchObject({ owner: 'a', own: true })
  expect(second.token).toBeGreaterThan(first.token)
})

test('the room knows the token, and keeps it, before anybody acts as the owner', async () => {
  const a = await startLasting()
  const { token } = await a.ownership.own('name')
  const meta = `o${prefixes}:{name}:meta`
  expect(await a.commands.call('HGET', meta, 'f')).toBe(String(token))
  expect(await a.commands.call('PTTL', meta)).toBeGreaterThan(50_000)
})

test('what was granted to a node that slept over it is not its own', async () => {
  const [a, b] = (await startAll('a', 'b')) as [Node, Node]
  const slept = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  a.commands.before = (script) => {
    if (script !== fenceScript) return
    asked.resolve()
    return slept.promise
  }
  const late = a.ownership.own('name').catch((error: unknown) => error)
  await asked.promise
  a.commands.cut = true
  const taken = await until(async () => {
    const owned = await b.ownership.own('name')
    expect(owned.own).toBe(true)
    return owned
  })
  a.commands.cut = false
  await until(() => expect(a.membership.fenced).toBe(false))
  slept.resolve()
  expect(await late).toMatchObject({ code: 'not_available' })
  expect(await a.ownership.own('name')).toEqual({ ...taken, own: false })
})

test('what a dead node owned is freed by its reaper, unless the node is back or it is another’s', async () => {
  const [a, b] = (await startAll('a', 'b')) as [Node, Node]
  const owners = `o${prefixes}:{nodes}:shared:owners`
  for (let i = 0; i < 1_000; i++) await a.ownership.own(`a${i}`)
  await b.ownership.own('b0')
  await b.ownership.reap('a')
  expect(await b.commands.call('HLEN', owners)).toBe(1_001)
  a.commands.cut = true
  await until(() => expect(b.log).toContain('dead a'))
  await b.ownership.reap('a')
  expect(await b.commands.call('HKEYS', owners)).toEqual(['b0'])
})

test('many calls of one node are one request', async () => {
  const a = await startLasting()
  let requests = 0
  a.commands.before = (script) => {
    if (script === ownScript) requests++
  }
  const answers = await Promise.all([1, 2, 3].map(() => a.ownership.own('name')))
  expect(new Set(answers.map(({ token }) => token)).size).toBe(1)
  expect(requests).toBe(1)
})

test('however nodes own, give up and are cut off: no token has two owners, no name two living ones', async () => {
  const nodes = await startAll('a', 'b', 'c')
  const owners = new Map<number, string>()
  const twice: unknown[] = []
  const random = createRandom(7)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  let granted = 0
  const act = async (): Promise<void> => {
    const node = pick(nodes)
    const name = pick(['x', 'y'])
    const dice = random()
    if (dice < 0.3) await node.ownership.disown(name).catch(() => {})
    else {
      const owned = await node.ownership.own(name).catch(() => undefined)
      if (owned === undefined) return
      granted++
      const known = owners.get(owned.token) ?? owned.owner
      owners.set(owned.token, owned.owner)
      if (known !== owned.owner || owned.own !== (owned.owner === node.uid)) twice.push(owned)
    }
  }
  for (let round = 0; round < 105; round++) {
    // One after the other is cut off for longer than its lease.
    for (const [i, node] of nodes.entries())
      node.commands.cut = Math.floor(round / 35) === i && round % 35 < 30
    await Promise.all([act(), act(), act()])
    const claims = await Promise.all(
      nodes.map((node) => node.ownership.own('z').catch(() => undefined)),
    )
    // A claim counts only as long as its lease: it may have ended while the others were asked.
    const living = claims.filter((claim, i) => claim?.own && !nodes[i]?.membership.fenced)
    if (living.length > 1) twice.push(claims)
    await elapse(beatMs / 5)
  }
  expect(twice).toEqual([])
  expect(granted).toBeGreaterThan(50)
  expect(nodes.every(({ log }) => log.includes('fenced'))).toBe(true)
  expect(owners.size).toBeGreaterThan(10)
})

/** Numbers from 0 to 1, the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
