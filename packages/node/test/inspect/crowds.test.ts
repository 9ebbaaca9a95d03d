import { describe, expect, test } from 'vitest'
import { viewCrowds } from '../../src/inspect/crowds.ts'
import { startTestNode, type TestNode } from '../support/services.ts'

const view = (node: TestNode, query: Record<string, string>) =>
  viewCrowds(node.services, new URLSearchParams(query))

/** Ann three times, Bob twice and in two rooms, and somebody without a name. */
async function crowd(): Promise<TestNode> {
  const node = await startTestNode()
  for (const user of ['bob', 'ann', 'ann', '', 'bob', 'ann']) {
    const request = user === '' ? {} : { token: await node.token({ user, ttlSeconds: 600 }) }
    const peer = await node.connect(request)
    if (user !== 'bob') continue
    for (const channel of ['lobby', 'bar']) await peer.call({ subscribe: { channel } })
  }
  return node
}

describe('crowds of connections', () => {
  test('are those of one user, the largest first', async () => {
    const node = await crowd()
    const { rows, ...counts } = view(node, {})
    expect(counts).toEqual({ node: node.services.options.name, total: 6, matched: 6, crowds: 3 })
    expect(rows.map(({ name, connections, rooms }) => [name, connections, rooms])).toEqual([
      ['ann', 3, 0],
      ['bob', 2, 4],
      ['', 1, 0],
    ])
  })

  test('are searched, sorted and cut, and say how many there are', async () => {
    const node = await crowd()
    expect(view(node, { sort: 'rooms', limit: '1' })).toMatchObject({
      matched: 6,
      crowds: 3,
      rows: [{ name: 'bob' }],
    })
    expect(view(node, { search: 'ANN' })).toMatchObject({ total: 6, matched: 3, crowds: 1 })
  })

  test('have what waits for their sockets', async () => {
    const node = await startTestNode({ config: { limits: { broadcastDeadlineMs: '10m' } } })
    for (const user of ['ann', 'ann', 'bob']) {
      const token = await node.token({ user, ttlSeconds: 600 })
      const peer = await node.connect({ token }, { highWaterMark: 1_024 })
      await peer.call({ subscribe: { channel: 'lobby' } })
      if (user === 'ann') peer.ws.pause()
    }
    for (let i = 0; i < 5; i++) {
      await node.services.directory.publish('lobby', 'x'.repeat(1_000))
      await node.settle(2)
    }
    const [first, second] = view(node, { sort: 'queue' }).rows
    expect(first).toMatchObject({ name: 'ann', connections: 2, blocked: 2 })
    expect(first!.queueBytes).toBeGreaterThan(2_000)
    expect(second).toMatchObject({ name: 'bob', blocked: 0, queueBytes: 0 })
  })
})
