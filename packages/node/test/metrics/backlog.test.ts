import { describe, expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../../src/metrics.ts'
import { takeBacklog } from '../../src/metrics/backlog.ts'
import type { Peer } from '../support/peer.ts'
import { startTestNode, type TestNode } from '../support/services.ts'

const kilobyte = 'x'.repeat(1_000)

/** A member of a room for each number, with so many kilobytes waiting for its full socket. */
async function withStopped(...kilobytes: number[]): Promise<{ node: TestNode; peers: Peer[] }> {
  const node = await startTestNode({ config: { limits: { broadcastDeadlineMs: 60_000 } } })
  const peers: Peer[] = []
  for (const [at, count] of kilobytes.entries()) {
    const channel = `room${at}`
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that each is older than the next
    const peer = await node.connect({}, { highWaterMark: 1_024 })
    // oxlint-disable-next-line no-await-in-loop
    await peer.call({ subscribe: { channel } })
    peer.ws.pause()
    peers.push(peer)
    for (let i = 0; i < count; i++) {
      // oxlint-disable-next-line no-await-in-loop
      await node.services.directory.publish(channel, kilobyte)
      // oxlint-disable-next-line no-await-in-loop
      await node.settle(2)
    }
    // oxlint-disable-next-line no-await-in-loop
    await node.advance(1_000)
  }
  return { node, peers }
}

const look = ({ services, system }: TestNode, limit?: number) =>
  takeBacklog(services.registry, system.clock.now(), limit)

describe('what waits for full sockets', () => {
  test('is told in all, for the worst, and as it is spread', async () => {
    const { node, peers } = await withStopped(6, 40, 20)
    const backlog = look(node)
    const queued = peers.map(({ client }) => node.services.registry.client(client)!.outlet.queued)
    expect(backlog.connections).toBe(3)
    expect(backlog.bytes).toBe(queued[0]! + queued[1]! + queued[2]!)
    expect(backlog.spread.max).toBe(queued[1])
    expect(queued.every((bytes) => bytes > 1_024)).toBe(true)
    const [upTo4k, upTo16k, upTo64k] = backlog.spread.cumulative().map(([, count]) => count)
    expect([upTo4k, upTo16k, upTo64k]).toEqual(
      [4_096, 16_384, 65_536].map((bound) => queued.filter((bytes) => bytes <= bound).length),
    )
  })

  test('names the worst first, no more of them than asked for, with their age', async () => {
    const { node, peers } = await withStopped(6, 40, 20, 10)
    const worst = look(node, 3).worst
    expect(worst.map(({ connection }) => connection.client)).toEqual(
      [1, 2, 3].map((at) => peers[at]!.client),
    )
    for (const [at, { age }] of [3, 2, 1].map((seconds, i) => [seconds, worst[i]!] as const)) {
      expect(age).toBeGreaterThanOrEqual(at)
      expect(age).toBeLessThan(at + 1)
    }
  })

  test('is told with who it is for, to those who ask for the slowest', async () => {
    const { node, peers } = await withStopped(6, 40)
    const metrics = createMetrics(node.services)
    onTestFinished(() => metrics.close())
    const connection = node.services.registry.client(peers[1]!.client)!
    expect(metrics.slowest(1)).toEqual([
      {
        actor: connection.self.id,
        client: peers[1]!.client,
        user: '',
        address: connection.inlet.address,
        queueBytes: connection.outlet.queued,
        blockedSeconds: expect.closeTo(1, 0),
        rooms: 1,
      },
    ])
    const text = await metrics.text()
    expect(text).toContain(`sluice_slowest_queue_bytes{rank="1"} ${connection.outlet.queued}\n`)
    expect(text).toContain('sluice_slowest_queue_bytes{rank="3"} 0\n')
    expect(text).toContain('sluice_connections_blocked 2\n')
    expect(text).not.toContain(peers[1]!.client)
  })

  test('is forgotten when a socket drains, and when its connection ends', async () => {
    const { node, peers } = await withStopped(6, 6)
    peers[0]!.ws.resume()
    await node.until(() => look(node).connections === 1, 'the first has drained')
    expect(look(node).worst[0]?.connection.client).toBe(peers[1]!.client)
    await node.advance(61_000)
    await node.until(() => look(node).connections === 0, 'the second is gone')
    expect(look(node)).toMatchObject({ connections: 0, bytes: 0, worst: [] })
  })
})
