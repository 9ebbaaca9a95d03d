import { describe, expect, test } from 'vitest'
import type { Peer } from '../support/peer.ts'
import { startTestNode, type TestNode } from '../support/services.ts'

const config = {
  rooms: { default: { presence: true, joinLeave: true, history: { size: 9, ttl: '1m' } } },
} as const

/** A connection that has everything: a name, an expiry, rooms, one of them by the server. */
async function visitor(node: TestNode): Promise<Peer> {
  const token = await node.token({ user: 'ann', ttlSeconds: 3_600, channels: ['granted'] })
  const peer = await node.connect({ token })
  const channel = 'by-token'
  const subToken = await node.token({ user: 'ann', ttlSeconds: 3_600, channel })
  await peer.call({ subscribe: { channel, token: subToken } })
  await peer.call({ subscribe: { channel: 'lobby' } })
  return peer
}

const ways: [what: string, how: (peer: Peer, node: TestNode) => void, tombstone: RegExp][] = [
  ['the peer’s close', (peer) => peer.ws.close(4000, 'bye'), /^completed 4000 bye$/],
  ['the peer’s close without a code', (peer) => peer.ws.close(), /^completed 1005 /],
  ['a cut', (peer) => peer.ws.terminate(), /^completed 1006 /],
  ['a reset', (peer) => peer.socket.reset(), /^completed 1006 /],
  ['a broken frame', (peer) => peer.socket.write(Buffer.from([0xff, 0xff])), /^stopped 1002 /],
  ['a binary frame', (peer) => peer.ws.send(Buffer.from('{}')), /^stopped 1003 unsupported data$/],
  ['a frame that is too long', (peer) => peer.ws.send('x'.repeat(70_000)), /^stopped 1009 /],
  ['what is no JSON', (peer) => peer.ws.send('{'), /^stopped 3501 /],
  [
    'the server API',
    (_peer, node) => {
      const disconnect = { type: 'disconnect', user: 'ann', code: 4123, reason: 'go' } as const
      void node.services.bus.control(disconnect)
    },
    /^stopped 4123 go$/,
  ],
  [
    'an operator',
    (_peer, node) =>
      node.system.actors.find((a) => a?.behavior.name === 'connection')!.stop('kill'),
    /^stopped kill$/,
  ],
  [
    'a fault in its own actor',
    (_peer, node) => {
      const actor = node.system.actors.find((each) => each?.behavior.name === 'connection')!
      actor.tell(null as never)
    },
    /^failed TypeError/,
  ],
]

describe('whatever ends a connection', () => {
  test.each(ways)('%s leaves one tombstone and nothing else', async (_what, end, tombstone) => {
    const node = await startTestNode({ config })
    const peer = await visitor(node)
    end(peer, node)
    await peer.end()
    await node.until(() => node.count('connection') === 0, 'its actor is dead')
    expect(node.ends()).toHaveLength(1)
    expect(node.ends()[0]).toMatch(tombstone)
    for (const channel of ['granted', 'by-token', 'lobby']) {
      expect(node.services.directory.get(channel)?.members).toEqual([])
      // oxlint-disable-next-line no-await-in-loop -- one by one
      expect(await node.services.bus.presence(channel)).toEqual([])
    }
    // The rooms close, and the edge has looked.
    await node.advance(5_100)
    expect(node.isClean()).toBe(true)
    expect(node.system.orphans()).toBe(0)
    expect(node.system.counters.ends.unknown).toBe(0)
    expect(node.system.counters.forced).toBe(0)
    expect(peer.socket.other.listenerCount('drain')).toBe(0)
    expect([...node.services.counters.closed.values()]).toEqual([1])
  })

  test('all of them at once leave nothing', async () => {
    const node = await startTestNode({ config })
    for (const [, end] of ways.slice(0, 8)) {
      // oxlint-disable-next-line no-await-in-loop -- they share a name
      end(await visitor(node), node)
    }
    await node.until(() => node.count('connection') === 0, 'all are dead')
    await node.advance(5_100)
    expect(node.isClean()).toBe(true)
    expect(node.ends()).toHaveLength(8)
  })

  test('the codes that peers make up are one figure', async () => {
    const node = await startTestNode()
    for (const code of [3000, 3333, 4000, 4999]) {
      const peer = await node.connect()
      peer.ws.close(code)
      await peer.end()
    }
    await node.until(() => node.count('connection') === 0, 'all are dead')
    expect(node.services.counters.closed).toEqual(new Map([[3000, 4]]))
  })
})

describe('a peer that does not answer its close frame', () => {
  test('is cut when its time is over, and dies of what it was closed for', async () => {
    const node = await startTestNode()
    const peer = await node.connect()
    peer.ws.close = () => {}
    node.services.registry.client(peer.client)!.close({ code: 4001, reason: 'enough' })
    await node.advance(4_900)
    expect(node.services.edge.sockets).toBe(1)
    await node.advance(200)
    expect(node.services.edge.sockets).toBe(0)
    expect(node.ends()).toEqual(['stopped 4001 enough'])
    expect(node.system.counters.forced).toBe(0)
    expect(node.isClean()).toBe(true)
  })

  test('nor reads it is cut sooner', async () => {
    const node = await startTestNode()
    const peer = await node.connect({}, { highWaterMark: 1_024 })
    await peer.call({ subscribe: { channel: 'lobby' } })
    peer.ws.pause()
    for (let i = 0; i < 5; i++) await node.services.directory.publish('lobby', 'x'.repeat(1_000))
    await node.settle()
    node.services.registry.client(peer.client)!.close({ code: 4001, reason: 'enough' })
    await node.advance(1_100)
    expect(node.services.edge.sockets).toBe(0)
    expect(node.ends()).toEqual(['stopped 4001 enough'])
  })
})

test('a code that no close frame may have still closes', async () => {
  const node = await startTestNode()
  const peer = await node.connect()
  node.services.registry.client(peer.client)!.close({ code: 1005, reason: 'who said that?' })
  expect(await peer.end()).toEqual({ code: 3503, reason: 'who said that?' })
})
