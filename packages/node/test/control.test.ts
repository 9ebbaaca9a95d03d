import { describe, expect, test } from 'vitest'
import { startTestNode } from './support/services.ts'

const config = {
  rooms: { default: { presence: true, history: { size: 9, ttl: '1m' } } },
} as const

/** Two connections of ann, one of bob. */
async function start() {
  const node = await startTestNode({ config })
  const peers = []
  for (const user of ['ann', 'ann', 'bob']) {
    const token = await node.token({ user, ttlSeconds: 60 })
    peers.push(await node.connect({ token }))
  }
  const [ann, too, bob] = peers as [(typeof peers)[0], (typeof peers)[0], (typeof peers)[0]]
  return { node, bus: node.services.bus, ann, too, bob }
}

describe('the server API’s', () => {
  test('subscribe brings all of a user’s connections into a room, and tells them where they stand', async () => {
    const { node, bus, ann, too, bob } = await start()
    await node.services.directory.publish('lobby', 'before')
    await bus.control({ type: 'subscribe', user: 'ann', room: 'lobby' })
    await node.until(() => too.pushes('subscribe').length > 0, 'they are in')
    const [push] = ann.pushes('subscribe', 'lobby')
    expect(push).toEqual({ epoch: push!['epoch'], offset: 1 })
    await node.services.directory.publish('lobby', 'after')
    await node.settle()
    expect([ann.data(), too.data(), bob.data()]).toEqual([['after'], ['after'], []])
    expect(await bus.presenceStats('lobby')).toEqual({ numClients: 2, numUsers: 1 })
  })

  test('subscribe to a room they are in, or that there is not, changes nothing', async () => {
    const { node, bus, ann } = await start()
    await ann.call({ subscribe: { channel: 'lobby' } })
    for (const room of ['lobby', 'no:where', 'a b']) {
      await bus.control({ type: 'subscribe', user: 'ann', client: ann.client, room })
    }
    await node.settle()
    expect(ann.pushes('subscribe')).toEqual([])
    expect(ann.closed).toBeUndefined()
  })

  test('unsubscribe puts them out with its code, and one alone if it names that one', async () => {
    const { node, bus, ann, too } = await start()
    for (const peer of [ann, too]) await peer.call({ subscribe: { channel: 'lobby' } })
    const why = { code: 2000, reason: 'enough' }
    const out = { type: 'unsubscribe', user: 'ann', room: 'lobby', ...why } as const
    await bus.control({ ...out, client: too.client })
    await node.settle()
    expect([ann.pushes('unsubscribe'), too.pushes('unsubscribe', 'lobby')]).toEqual([[], [why]])
    await bus.control(out)
    await node.settle()
    expect([ann.pushes('unsubscribe'), too.pushes('unsubscribe')]).toEqual([[why], [why]])
    expect(await bus.presence('lobby')).toEqual([])
  })

  test('unsubscribe of who is just being let in ends that as well', async () => {
    const { node, bus, ann } = await start()
    const { client } = ann
    const [id] = ann.send({ subscribe: { channel: 'lobby' } })
    await node.until(
      () => node.services.registry.client(client)?.subscriptions !== undefined,
      'asked',
    )
    const why = { code: 2000, reason: 'enough' }
    await bus.control({ type: 'unsubscribe', user: 'ann', room: 'lobby', ...why })
    await ann.reply(id!)
    await node.settle()
    expect(node.services.directory.get('lobby')?.members).toEqual([])
    expect(ann.pushes('unsubscribe')).toEqual([why])
  })

  test('disconnect closes with its code', async () => {
    const { node, bus, ann, too, bob } = await start()
    await bus.control({ type: 'disconnect', user: 'ann', code: 4500, reason: 'banned' })
    expect([await ann.end(), await too.end()]).toEqual([
      { code: 4500, reason: 'banned' },
      { code: 4500, reason: 'banned' },
    ])
    await node.settle()
    expect(bob.closed).toBeUndefined()
    expect([node.services.registry.clients, node.services.registry.users]).toEqual([1, 1])
  })

  test('disconnect of another user’s client does nothing', async () => {
    const { node, bus, ann } = await start()
    const { client } = ann
    await bus.control({ type: 'disconnect', user: 'bob', client, code: 4500, reason: 'banned' })
    await node.settle()
    expect(ann.closed).toBeUndefined()
  })

  test('refresh gives them another time, told as a push', async () => {
    const { node, bus, ann } = await start()
    const expireAt = node.system.clock.wall() / 1_000 + 1_000
    await bus.control({ type: 'refresh', user: 'ann', expireAt })
    await node.settle()
    expect(ann.pushes('refresh')).toEqual([{ expires: true, ttl: 1_000 }])
    await node.advance(1_004_000)
    expect(ann.closed).toBeUndefined()
    await node.advance(2_000)
    expect((await ann.end()).code).toBe(3005)
  })

  test('refresh without a time lets them stay for ever', async () => {
    const { node, bus, ann } = await start()
    await bus.control({ type: 'refresh', user: 'ann' })
    await node.advance(10_000_000)
    expect(ann.pushes('refresh')).toEqual([{}])
    expect(ann.closed).toBeUndefined()
  })

  test('refresh that says it is over closes with 3005', async () => {
    const { bus, ann } = await start()
    await bus.control({ type: 'refresh', user: 'ann', expired: true })
    expect((await ann.end()).code).toBe(3005)
  })
})
