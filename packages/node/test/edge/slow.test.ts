import { describe, expect, test } from 'vitest'
import { JumpClock } from '../support/jump-clock.ts'
import type { Peer } from '../support/peer.ts'
import { startTestNode, type TestNode, type TestNodeOptions } from '../support/services.ts'

const kilobyte = 'x'.repeat(1_000)
const publish = (node: TestNode, data: unknown, channel = 'lobby') =>
  node.services.directory.publish(channel, data)

/** A node with one member that reads and one whose socket holds 1 KB and is read no more. */
async function withStopped(given: TestNodeOptions = {}) {
  const node = await startTestNode(given)
  const reads = await node.connect()
  const stopped = await node.connect({}, { highWaterMark: 1_024 })
  for (const peer of [reads, stopped]) await peer.call({ subscribe: { channel: 'lobby' } })
  stopped.ws.pause()
  return { node, reads, stopped }
}

const slowOnes = (node: TestNode) => node.events.filter(({ name }) => name === 'connection.slow')
const waits = (node: TestNode, peer: Peer) => {
  const { self } = node.services.registry.client(peer.client)!
  return node.system.table.waitClass[self.row]
}

describe('a member that stops reading', () => {
  test('is closed with 3008 when more waits for it than may, and the others notice nothing', async () => {
    const { node, reads } = await withStopped({ config: { limits: { maxQueueBytes: 20_000 } } })
    for (let i = 0; i < 100; i++) {
      await publish(node, `${i} ${kilobyte}`)
      await node.settle(2)
    }
    await node.settle()
    expect(reads.data()).toHaveLength(100)
    expect(slowOnes(node)).toHaveLength(1)
    expect(slowOnes(node)[0]).toMatchObject({ queued: expect.any(Number) })
    const { queued } = slowOnes(node)[0] as { queued: number }
    expect(queued).toBeGreaterThan(20_000)
    expect(queued).toBeLessThan(23_000)
    expect(node.services.counters.slow).toBe(1)
    await node.advance(1_100)
    expect(node.ends()).toEqual([`stopped 3008 slow: ${queued} bytes queued`])
    expect(node.services.edge.sockets).toBe(1)
    expect(node.services.directory.get('lobby')?.members).toHaveLength(1)
  })

  test('is waiting: socket, and closed with 3008 when what it must get is too old', async () => {
    const { node, reads, stopped } = await withStopped()
    for (let i = 0; i < 5; i++) await publish(node, kilobyte)
    await node.settle()
    expect(waits(node, stopped)).toBe(1)
    await node.advance(490)
    expect(slowOnes(node)).toEqual([])
    await node.advance(20)
    expect(slowOnes(node)).toHaveLength(1)
    await node.advance(1_100)
    expect(node.ends()[0]).toMatch(/^stopped 3008 slow/)
    expect(reads.data()).toHaveLength(5)
  })

  test('hears 3008 if it reads again in time for its close frame', async () => {
    const { node, stopped } = await withStopped()
    for (let i = 0; i < 5; i++) await publish(node, kilobyte)
    await node.advance(510)
    stopped.ws.resume()
    expect(await stopped.end()).toEqual({ code: 3008, reason: 'slow' })
    // All that was in its socket by then came first.
    expect(stopped.data()).toHaveLength(5)
    await node.advance(1_000)
    expect(node.system.wheel.size).toBe(node.baseline + 1)
  })

  test('and reads again in time has lost nothing', async () => {
    const { node, stopped } = await withStopped()
    for (let i = 0; i < 5; i++) await publish(node, `${i} ${kilobyte}`)
    await node.advance(400)
    stopped.ws.resume()
    await node.until(() => stopped.data().length === 5, 'all is here')
    const before = node.system.wheel.size
    await node.advance(5_000)
    expect(stopped.closed).toBeUndefined()
    expect(waits(node, stopped)).toBe(0)
    // The watch over its age is over.
    expect(node.system.wheel.size).toBeLessThanOrEqual(before)
    await publish(node, 'more')
    await node.until(() => stopped.data().length === 6, 'and more')
  })

  test('for as long as the loop stood still is not given up for that', async () => {
    const clock = new JumpClock()
    const { node, stopped } = await withStopped({ clock })
    await publish(node, kilobyte)
    await publish(node, kilobyte)
    await node.until(() => waits(node, stopped) === 1, 'it is blocked')
    // It reads on at once, but the loop stands still.
    stopped.ws.resume()
    clock.jump(10_000)
    await node.until(() => stopped.data().length === 2, 'all is here')
    clock.jump(10)
    await node.settle()
    expect(stopped.closed).toBeUndefined()
  })

  test('is given the time that its room says', async () => {
    const slow = { policy: 'disconnect', maxAgeMs: 100 } as const
    const { node } = await withStopped({ config: { rooms: { default: { slow } } } })
    for (let i = 0; i < 5; i++) await publish(node, kilobyte)
    await node.settle()
    await node.advance(90)
    expect(slowOnes(node)).toEqual([])
    await node.advance(30)
    expect(slowOnes(node)).toHaveLength(1)
  })

  test.each(['drop-oldest', 'latest'] as const)(
    'of a room that is tolerant (%s) stays, and gets the newest when it reads again',
    async (policy) => {
      const slow = { policy, maxBytes: 5_000 }
      const { node, reads, stopped } = await withStopped({
        config: { rooms: { default: { slow, history: { size: 9, ttl: '1m' } } } },
      })
      for (let i = 0; i < 50; i++) {
        await publish(node, `${i} ${kilobyte}`)
        await node.settle(2)
      }
      await node.advance(5_000)
      expect(stopped.closed).toBeUndefined()
      const { inlet, outlet } = node.services.registry.client(stopped.client)!
      expect(outlet.queued - inlet.socket.writableLength).toBeLessThanOrEqual(5_000)
      stopped.ws.resume()
      await node.until(() => stopped.pushes('pub').at(-1)?.['offset'] === 50, 'the newest is here')
      const offsets = stopped.pushes('pub').map((pub) => pub['offset'] as number)
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
      // What is not here was counted, and shows as a gap in the offsets.
      expect(offsets.length + node.services.counters.dropped).toBe(50)
      expect(node.services.counters.dropped).toBeGreaterThan(40)
      expect(reads.data()).toHaveLength(50)
    },
  )

  test('and sends pings gets no pong for each, nor our memory for them', async () => {
    const { node, stopped } = await withStopped()
    const { socket } = node.services.registry.client(stopped.client)!.inlet
    for (let i = 0; i < 1_000; i++) stopped.ws.ping('x'.repeat(125))
    await node.settle(60)
    expect(socket.writableLength).toBeLessThan(2_048)
    expect(stopped.closed).toBeUndefined()
  })
})

test('who reads gets a pong for its ping', async () => {
  const node = await startTestNode()
  const peer = await node.connect()
  let pong = ''
  peer.ws.on('pong', (data) => (pong = data.toString()))
  peer.ws.ping('are you there')
  await node.until(() => pong !== '', 'the pong is here')
  expect(pong).toBe('are you there')
})
