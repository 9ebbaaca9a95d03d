import { SluiceError } from '@sluice/core'
import { startRedis } from '@sluice/test-support'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { RunningNode } from '../../src/node.ts'
import { startTestCluster } from '../support/cluster.ts'
import { callApi, startTestNode, TestClient } from './harness.ts'

async function get(node: RunningNode, path: string): Promise<unknown> {
  const response = await fetch(`${node.urls.admin}/debug/${path}`)
  return await response.json()
}

interface Known {
  nodes: { node: string; view: { lease?: { leftMs: number }; links: { roundTripMs?: number }[] } }[]
  peers: { name: string; leftMs: number }[]
}

describe('/debug/nodes', () => {
  test('tells of a node that is alone that it has neither links nor a lease', async () => {
    const node = await startTestNode()
    const { nodes, peers } = (await get(node, 'nodes')) as Known
    expect(peers).toEqual([])
    expect(nodes).toEqual([
      expect.objectContaining({
        view: expect.objectContaining({
          link: 'up',
          links: [],
          owned: 0,
          bus: { losses: 0, repaired: 0, gaps: 0, lost: 0, failures: 0 },
          lagP99Ms: expect.any(Number),
          lagMaxMs: expect.any(Number),
        }),
      }),
    ])
    expect(nodes[0]!.view).not.toHaveProperty('lease')
  })

  test('tells of nodes on Redis their links and their leases, and what the one that is asked knows of the others', async () => {
    const redis = await startRedis()
    onTestFinished(() => redis[Symbol.asyncDispose]())
    const start = (name: string) =>
      startTestNode({ name, redis: redis.url, cluster: { beatMs: 100, leaseMs: 5_000 } })
    const [one] = [await start('one'), await start('two')]
    await expect
      .poll(async () => {
        const { nodes, peers } = (await get(one, 'nodes')) as Known
        return [nodes.map(({ node }) => node), peers.map(({ name }) => name)]
      })
      .toEqual([['one', 'two'], ['two']])
    const known = (await get(one, 'nodes')) as Known
    for (const { view } of known.nodes) {
      expect(view).toMatchObject({
        link: 'up',
        links: [{ address: '', state: 'up', losses: 0 }],
        lease: { ms: 5_000, lapses: 0, reaping: [], reaped: 0 },
      })
      expect(view.links[0]!.roundTripMs).toBeGreaterThan(0)
      expect(view.lease!.leftMs).toBeGreaterThan(0)
    }
    expect(known.peers[0]!.leftMs).toBeGreaterThan(0)
    expect(known.peers[0]!.leftMs).toBeLessThanOrEqual(5_000)
  })
})

test.each(['nodes', 'nodes/lints'])(
  '/debug/%s has the node that is asked while the bus is down, and says why no other',
  async (path) => {
    const node = await startTestNode({})
    node.services.bus.nodes = () => Promise.reject(new SluiceError('not_available', 'no link'))
    expect(await get(node, path)).toMatchObject({
      nodes: [{ node: 'test', view: {} }],
      refused: [],
      silent: [],
      unreachable: 'the other nodes cannot be asked: [not_available] no link',
    })
  },
)

describe('/debug/nodes/room', () => {
  test('has the room of each node where it is open, and names the others', async () => {
    const { nodes } = await startTestCluster(3, { insecure: true })
    for (const at of [0, 2, 2]) {
      const client = await TestClient.connect(nodes[at]!)
      await client.command('subscribe', { channel: 'lobby' })
    }
    await callApi(nodes[1]!, 'publish', { channel: 'lobby', data: 1 })
    const said = (await get(nodes[1]!, 'nodes/room?name=lobby&limit=0')) as {
      nodes: { node: string; view: object }[]
    }
    expect(said).toMatchObject({
      refused: [{ node: 'node-1', status: 404, message: expect.stringContaining('is not open') }],
      silent: [],
    })
    expect(said.nodes.map(({ node }) => node)).toEqual(['node-0', 'node-2'])
    expect(said.nodes.map(({ view }) => view)).toMatchObject(
      [1, 2].map((members) => ({
        room: { name: 'lobby', members, delivered: 1 },
        members: { total: members, rows: [] },
        publishers: { rows: [{ client: '', share: 1 }] },
      })),
    )
  })
})

describe('/debug/view/crowds', () => {
  test('has who comes from one address', async () => {
    const node = await startTestNode({ insecure: true })
    for (const user of ['ann', 'bob']) await TestClient.connect(node, user)
    expect(await get(node, 'view/crowds?by=address')).toEqual({
      node: 'test',
      total: 2,
      matched: 2,
      crowds: 1,
      rows: [{ name: '127.0.0.1', connections: 2, rooms: 0, blocked: 0, queueBytes: 0 }],
    })
  })
})
