import { describe, expect, test, vi } from 'vitest'
import type { RunningNode } from '../../src/node.ts'
import { startTestCluster } from '../support/cluster.ts'
import { listenTo, TestClient } from './harness.ts'

function drainThrough(node: RunningNode, query: string): Promise<Response> {
  return fetch(`${node.urls.admin}/debug/nodes/drain?${query}`, { method: 'POST' })
}

describe('POST /debug/nodes/drain', () => {
  test('sends the clients of the node that is named elsewhere, says why, and lets it live', async () => {
    const { nodes } = await startTestCluster(2, { adminActions: true, drain: { graceMs: 0 } })
    const [here, there] = nodes as [RunningNode, RunningNode]
    const drained = listenTo(there, 'node.drained')
    const told = listenTo(there, 'node.draining')
    const client = await TestClient.connect(there, 'ada')
    const answer = await drainThrough(here, 'node=node-1&reason=new%20kernel')
    expect(await answer.json()).toEqual({ node: 'node-1', connections: 1 })
    expect(await client.closed).toMatchObject({ code: 3001 })
    await vi.waitFor(() => expect(drained).toMatchObject([{ cut: 0 }]))
    expect(told).toMatchObject([{ reason: 'new kernel', connections: 1 }])
    expect((await fetch(`${there.urls.client}/ready`)).status).toBe(503)
    expect((await fetch(`${there.urls.admin}/debug/nodes`)).status).toBe(200)
    expect((await drainThrough(here, 'node=node-1')).status).toBe(409)
    expect(here.services.draining).toBe(false)
  })

  test('does nothing where it is not allowed, here or there', async () => {
    const { nodes } = await startTestCluster(2, (at) => ({ adminActions: at === 1 }))
    const [here, there] = nodes as [RunningNode, RunningNode]
    expect((await drainThrough(here, 'node=node-1')).status).toBe(403)
    expect((await drainThrough(there, 'node=node-0')).status).toBe(403)
    expect(nodes.map(({ services }) => services.draining)).toEqual([false, false])
  })
})
