import { type AnyBehavior, defineBehavior } from '@sluice/core'
import { describe, expect, test } from 'vitest'
import type { RunningNode } from '../../src/node.ts'
import type { NodeConfig } from '../../src/option-schema.ts'
import { startTestCluster } from '../support/cluster.ts'
import { startTestNode, TestClient } from './harness.ts'

const path = new URL('../support/behaviors/lot.ts', import.meta.url).pathname
const config: NodeConfig = { insecure: true, rooms: { behaviors: { 'lot:*': path } } }

const lots = {
  behavior: 'lot',
  title: 'Lots',
  columns: ['name', 'highest'],
  sort: { by: 'highest', down: true },
}

async function get(node: RunningNode, from: string): Promise<unknown> {
  const response = await fetch(`${node.urls.admin}/debug/${from}`)
  return await response.json()
}

async function enter(node: RunningNode, channel: string): Promise<void> {
  const client = await TestClient.connect(node)
  await client.command('subscribe', { channel })
}

function plain(name: string, more: Partial<AnyBehavior> = {}): AnyBehavior {
  return { ...defineBehavior({ name, start: () => null, receive: () => undefined }), ...more }
}

describe('/debug/view/tabs', () => {
  test('has those of the configured modules while none of their actors lives, then with how many', async () => {
    const node = await startTestNode(config)
    expect(await get(node, 'view/tabs')).toEqual({
      node: 'test',
      total: 1,
      matched: 1,
      rows: [{ ...lots, live: 0 }],
    })
    await Promise.all(['lot:a', 'lot:b', 'other'].map((room) => enter(node, room)))
    expect(await get(node, 'view/tabs')).toMatchObject({ rows: [{ ...lots, live: 2 }] })
  })

  test('has those of behaviours that no configuration names, as long as they live', async () => {
    const node = await startTestNode(config)
    const ref = node.system.spawn(plain('bidder', { tab: 'Bidders' }))
    node.system.spawn(plain('quiet'))
    const bidders = { behavior: 'bidder', title: 'Bidders', live: 1 }
    expect(await get(node, 'view/tabs')).toMatchObject({
      total: 2,
      rows: [bidders, { ...lots, live: 0 }],
    })
    ref.stop()
    await expect.poll(() => get(node, 'view/tabs')).toMatchObject({ total: 1, rows: [lots] })
  })

  test('has a hundred, and how many more there are', async () => {
    const node = await startTestNode()
    for (let i = 0; i < 103; i++) node.system.spawn(plain(`kind-${i}`, { tab: `Kind ${i}` }))
    const list = (await get(node, 'view/tabs')) as { total: number; rows: unknown[] }
    expect([list.total, list.rows.length]).toEqual([103, 100])
  })

  test('is of another node where one is named', async () => {
    const { nodes } = await startTestCluster(2, config)
    await enter(nodes[1]!, 'lot:a')
    expect(await get(nodes[0]!, 'view/tabs')).toMatchObject({ node: 'node-0', rows: [{ live: 0 }] })
    expect(await get(nodes[0]!, 'view/tabs?node=node-1')).toMatchObject({
      node: 'node-1',
      rows: [{ ...lots, live: 1 }],
    })
  })
})

describe('what a behaviour shows of an actor', () => {
  async function idOf(node: RunningNode, room: string): Promise<string> {
    await enter(node, room)
    const dump = await get(node, `actors?debug=2&format=json&behavior=lot`)
    const { actors } = dump as { actors: { id: string; more: { name: string } }[] }
    return actors.find(({ more }) => more.name === room)!.id
  }

  test('is told of that actor alone, also through another node', async () => {
    const { nodes } = await startTestCluster(2, config)
    const id = await idOf(nodes[1]!, 'lot:a')
    const json = { name: 'lot:a', bids: [120, 110] }
    expect(await get(nodes[1]!, `actors/${id}`)).toMatchObject({ json })
    expect(await get(nodes[0]!, `actors/${id}?node=node-1`)).toMatchObject({ json })
    expect(JSON.stringify(await get(nodes[1]!, 'actors?debug=2&format=json'))).not.toContain(
      '[120,110]',
    )
    expect(await get(nodes[1]!, 'actors/0')).not.toHaveProperty('json')
  })

  test('is a note in a dump of that actor', async () => {
    const node = await startTestNode({ ...config, adminActions: true })
    const id = await idOf(node, 'lot:a')
    const written = await fetch(`${node.urls.admin}/debug/actors/${id}/dump`, { method: 'POST' })
    const dump = await get(node, `dumps/${((await written.json()) as { id: string }).id}`)
    expect(dump).toMatchObject({
      notes: [
        `only lot ${id}, all that it owns, and who waits on it`,
        'shows: {"name":"lot:a","bids":[120,110]}',
      ],
    })
  })

  test('is said to have failed where it throws, and the actor lives on', async () => {
    const node = await startTestNode(config)
    const id = await idOf(node, 'lot:odd')
    for (let i = 0; i < 2; i++) {
      // oxlint-disable-next-line no-await-in-loop -- the second look finds the same actor
      expect(await get(node, `actors/${id}`)).toMatchObject({
        actor: { id, state: 'idle', restarts: 0 },
        json: 'failed: Error: nothing to be seen',
      })
    }
  })
})
