import { SluiceError } from '@sluice/core'
import { describe, expect, test } from 'vitest'
import { GatedBus } from '../support/gated-bus.ts'
import type { Peer } from '../support/peer.ts'
import { startTestNode, type TestNode, type TestNodeOptions } from '../support/services.ts'

const path = (name: string) => new URL(`../support/behaviors/${name}.ts`, import.meta.url).pathname
const methods = (prefix: string, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [`${prefix}.${name}`, path(prefix)]))

const config = {
  rooms: { namespaces: { plain: {} }, behaviors: { 'journal:*': path('journal') } },
  rpc: {
    ...methods('journal', 'read', 'members', 'throw', 'swarm', 'never'),
    ...methods('desk', 'echo', 'refuse', 'throw', 'publish', 'never'),
  },
}

const channel = 'journal:one'
const call = (method: string, room = channel) => ({ rpc: { method, data: { room } } })
const desk = (method: string, data: unknown = null) => ({ rpc: { method: `desk.${method}`, data } })
const code = (reply: object) => (reply as { error?: { code: number } }).error?.code ?? 0
const names = (node: TestNode) => node.events.map(({ name }) => name)

async function start(given: TestNodeOptions = {}) {
  const node = await startTestNode({ config, ...given })
  const connect = async (user: string): Promise<Peer> =>
    await node.connect({ token: await node.token({ user, ttlSeconds: 600 }) })
  return { node, ann: await connect('ann'), bob: await connect('bob') }
}

describe('a room’s behaviour', () => {
  test('hears who comes and goes, and what is published, in order', async () => {
    const { ann, bob } = await start()
    await ann.call({ subscribe: { channel } })
    await bob.call({ subscribe: { channel } })
    await ann.call({ publish: { channel, data: 'hi' } })
    await ann.call({ unsubscribe: { channel } })
    expect((await bob.call(call('journal.read')))['rpc']).toEqual({
      data: ['joined ann', 'joined bob', 'publish hi', 'left ann'],
    })
    expect((await bob.call(call('journal.members')))['rpc']).toEqual({ data: ['bob'] })
    // What is published is the behaviour's own.
    expect(bob.data(channel)).toEqual(['ann: hi'])
  })

  test('is the one of its own room, and of no room that its pattern does not name', async () => {
    const { node, ann } = await start()
    for (const room of ['journal:one', 'journal:two', 'plain:one', 'lobby']) {
      expect(await ann.code({ subscribe: { channel: room } })).toBe(0)
    }
    expect(node.count('journal')).toBe(2)
    await ann.call({ publish: { channel: 'journal:two', data: 'hi' } })
    expect((await ann.call(call('journal.read')))['rpc']).toEqual({ data: ['joined ann'] })
  })

  test('refuses in its own words, as error 400', async () => {
    const { ann } = await start()
    await ann.call({ subscribe: { channel } })
    expect(await ann.call({ publish: { channel, data: '' } })).toMatchObject({
      error: { code: 400, message: 'nothing to say' },
    })
    expect(ann.data(channel)).toEqual([])
  })

  test('is called without anybody in the room, which closes when nobody calls any more', async () => {
    const { node, ann } = await start()
    const before = node.system.wheel.size
    for (let i = 0; i < 20; i++) expect(code(await ann.call(call('journal.read')))).toBe(0)
    // One timer, however often it is called.
    expect(node.system.wheel.size).toBe(before + 1)
    await node.advance(59_000)
    await ann.call(call('journal.read'))
    await node.advance(59_000)
    expect(node.count('journal')).toBe(1)
    await node.advance(2_000)
    expect([node.count('journal'), node.count('room')]).toEqual([0, 0])
  })

  test('that throws answers its caller at once, restarts, and its room goes on', async () => {
    const { node, ann, bob } = await start()
    await ann.call({ subscribe: { channel } })
    await bob.call({ subscribe: { channel } })
    expect(code(await ann.call(call('journal.throw')))).toBe(100)
    await node.advance(100)
    expect(names(node)).toContain('actor.restarted')
    expect((await ann.call(call('journal.members')))['rpc']).toEqual({ data: ['ann', 'bob'] })
    await ann.call({ publish: { channel, data: 'still here' } })
    await node.settle()
    expect(bob.data(channel)).toEqual(['ann: still here'])
    expect(bob.pushes('unsubscribe')).toEqual([])
  })

  test('that throws again and again takes its room down, and no other', async () => {
    const { node, ann, bob } = await start()
    await ann.call({ subscribe: { channel } })
    await bob.call({ subscribe: { channel: 'journal:two' } })
    const id = node.services.directory.get(channel)!.ref.id
    // The room allows five restarts in five seconds.
    for (let fault = 1; fault <= 6; fault++) {
      await ann.call(call('journal.throw'))
      await node.advance(500)
    }
    expect(ann.pushes('unsubscribe', channel)).toEqual([
      { code: 2500, reason: 'insufficient state' },
    ])
    const tombstone = node.system.tombstones.list().find((each) => each.id === id)
    expect(tombstone?.end.code).toBe('escalated')
    expect(bob.pushes('unsubscribe')).toEqual([])
    expect(code(await bob.call(call('journal.read', 'journal:two')))).toBe(0)
    // And it is there again for who comes again.
    expect(await ann.code({ subscribe: { channel } })).toBe(0)
    expect((await ann.call(call('journal.read')))['rpc']).toEqual({ data: ['joined ann'] })
  })

  test('that never answers keeps its own callers waiting, until their time is over', async () => {
    const { node, ann, bob } = await start({ askTimeoutMs: 1_000 })
    await ann.call({ subscribe: { channel } })
    const [id] = ann.send(call('journal.never'))
    await node.settle()
    expect(code(await bob.call(call('journal.read', 'journal:two')))).toBe(0)
    expect(await ann.code({ publish: { channel: 'lobby', data: 1 } })).toBe(0)
    await node.advance(1_100)
    expect(code(await ann.reply(id!))).toBe(108)
    // It is waited for half a minute; then it starts again.
    await node.advance(30_000)
    expect(names(node)).toContain('actor.restarted')
    expect((await ann.call(call('journal.members')))['rpc']).toEqual({ data: ['ann'] })
  })

  test('hears of those who come and go though its mailbox is full', async () => {
    const { node, ann, bob } = await start({ askTimeoutMs: 1_000 })
    await ann.call({ subscribe: { channel } })
    const { behavior } = node.services.directory.get(channel)!
    // It handles this for half a minute, and a thousand calls wait behind it.
    ann.send(call('journal.never'))
    await node.settle()
    const calls = Array.from({ length: 1_100 }, () =>
      behavior!.rpc('journal.read', null, {} as never),
    )
    const outcome = Promise.allSettled(calls)
    await bob.call({ subscribe: { channel } })
    await bob.call({ unsubscribe: { channel } })
    await node.advance(31_000)
    await outcome
    await node.advance(1_000)
    expect((await ann.call(call('journal.read')))['rpc']).toEqual({
      data: ['joined bob', 'left bob'],
    })
  })

  test('that spawns without end fails alone', async () => {
    const { node, ann, bob } = await start()
    await bob.call({ subscribe: { channel: 'journal:two' } })
    expect(code(await ann.call(call('journal.swarm')))).toBe(100)
    await node.advance(1_000)
    expect(node.count('fly')).toBe(0)
    expect(code(await ann.call(call('journal.read')))).toBe(0)
    expect(code(await bob.call(call('journal.read', 'journal:two')))).toBe(0)
  })

  test('is never passed by: what is published while it ends is refused', async () => {
    const gate = new GatedBus()
    const { node, ann } = await start({ bus: gate.wrap })
    gate.hold('subscribe')
    const ids = ann.send({ publish: { channel, data: 'unchecked' } }, call('journal.read'))
    await node.settle()
    node.services.directory.get(channel)!.ref.stop('an operator')
    for (const id of ids) {
      expect(await ann.reply(id)).toMatchObject({ error: { code: 108, temporary: true } })
    }
    expect(gate.count(`publish ${channel}`)).toBe(0)
  })
})

describe('a behaviour that answers calls by itself', () => {
  test('is asked by its methods, one actor for all of them', async () => {
    const { node, ann } = await start()
    expect((await ann.call(desk('echo', { a: 1 })))['rpc']).toEqual({
      data: { data: { a: 1 }, user: 'ann' },
    })
    expect(await ann.call(desk('refuse', 'not today'))).toMatchObject({
      error: { code: 400, message: 'not today' },
    })
    expect(node.count('desk')).toBe(1)
  })

  test('of a room needs to be told which', async () => {
    const { node, ann } = await start()
    for (const data of [null, {}, { room: 7 }, { room: 'plain:one' }, { room: 'journal:a b' }]) {
      expect(code(await ann.call({ rpc: { method: 'journal.read', data } }))).toBe(107)
    }
    expect(node.count('room')).toBe(0)
  })

  test('that throws on every call never takes the node down', async () => {
    const { node, ann, bob } = await start()
    for (let fault = 0; fault < 60; fault++) {
      ann.send(desk('throw'))
      await node.advance(100)
    }
    expect(node.system.context.ended).toBe(false)
    expect(names(node)).not.toContain('supervisor.escalated')
    expect(node.count('services')).toBe(1)
    await node.advance(60_000)
    expect(code(await bob.call(desk('echo')))).toBe(0)
  })

  test('may ignore what becomes of what it publishes', async () => {
    const gate = new GatedBus()
    const { node, ann } = await start({ bus: gate.wrap })
    gate.fail('publish', new SluiceError('not_available', 'no link'))
    // A rejection that nobody takes would end the process.
    expect(code(await ann.call(desk('publish', 'news')))).toBe(0)
    await node.settle()
    expect(node.services.counters.busFailures).toBe(1)
    expect(node.events).toContainEqual(
      expect.objectContaining({ name: 'bus.failed', call: 'publish', room: 'news' }),
    )
  })
})

test('what has no JSON text is never published', async () => {
  const { node, ann } = await start()
  await ann.call({ subscribe: { channel: 'lobby' } })
  for (const data of [undefined, () => 1, Symbol('x')]) {
    expect(() => node.services.directory.publish('lobby', data)).toThrow('option_invalid')
  }
  await node.settle()
  expect(ann.pushes('pub')).toEqual([])
})
