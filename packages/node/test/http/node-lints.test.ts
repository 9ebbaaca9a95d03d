import { defineBehavior, type Hold, lintDefaults, type Ref, type System } from '@sluice/core'
import { describe, expect, test, vi } from 'vitest'
import { type NodeLints, viewLints } from '../../src/inspect/lints.ts'
import type { Reached } from '../../src/inspect/reach.ts'
import type { RunningNode } from '../../src/node.ts'
import { startTestCluster } from '../support/cluster.ts'

const idle = defineBehavior<never, null>({
  name: 'holder',
  start: () => null,
  receive: () => undefined,
})
const waiter = defineBehavior<never, Hold, Ref>({
  name: 'waiter',
  start: (self, holder) => self.hold('lock', holder),
  receive: () => undefined,
})

/** A turn later: every actor has started. */
function settled(system: System): Promise<void> {
  return new Promise((resolve) => system.atTurnEnd({ run: resolve }))
}

const ask = async (
  node: RunningNode,
  query = '',
): Promise<Omit<Reached, 'nodes'> & { nodes: { node: string; view: NodeLints }[] }> => {
  const response = await fetch(`${node.urls.admin}/debug/nodes/lints${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as never
}

describe('/debug/nodes/lints', () => {
  test('has what is wrong with every node, on whom most wait, and the figures beside each other', async () => {
    const { nodes } = await startTestCluster(3, {})
    const { system } = nodes[1]!
    for (let i = 0; i < lintDefaults.site; i++) system.spawn(idle)
    const holder = system.spawn(idle)
    for (let i = 0; i < 4; i++) system.spawn(waiter, holder)
    await settled(system)
    const { nodes: told, silent, refused } = await ask(nodes[0]!)
    expect([silent, refused]).toEqual([[], []])
    expect(
      told.map(({ node, view }) => [node, view.lints.results.map(({ lint }) => lint)]),
    ).toEqual([
      ['node-0', []],
      ['node-1', ['hot-site']],
      ['node-2', []],
    ])
    expect(told[1]!.view).toMatchObject({
      node: 'node-1',
      roots: [{ id: holder.id, behavior: 'holder', all: 4 }],
      rootCount: 1,
      cycleCount: 0,
      blocked: { count: 4, families: { contention: 4, network: 0, message: 0, other: 0 } },
      figures: { ready: 'yes', actors_waiting: 4, orphans: 0, blocked: 0 },
    })
    const figures = told.map(({ view }) => view.figures)
    for (const name of ['loop_lag_p99_ms', 'gc_pause_max_ms', 'rss_bytes']) {
      expect(figures.map((one) => typeof one[name])).toEqual(['number', 'number', 'number'])
    }
  })

  test('is of one node where one is named, and names who does not answer', async () => {
    const { nodes, hosts } = await startTestCluster(3, {})
    hosts[2]!.answer = () => Promise.resolve('nothing that one could read')
    expect((await ask(nodes[0]!, '?node=node-1')).nodes.map(({ node }) => node)).toEqual(['node-1'])
    const { nodes: told, silent } = await ask(nodes[0]!)
    expect(told.map(({ node }) => node)).toEqual(['node-0', 'node-1'])
    expect(silent).toEqual(['node-2'])
  })

  test('is worked out once for all who ask at the same time', async () => {
    const { nodes } = await startTestCluster(1, {})
    const { services } = nodes[0]!
    const explain = vi.spyOn(services.explainer, 'explain')
    const both = await Promise.all([viewLints(services), viewLints(services)])
    const [first, second] = explain.mock.results.map(({ value }) => value as unknown)
    expect(first).toBe(second)
    expect(both.map(({ lints }) => lints)).toEqual([both[0].lints, both[0].lints])
  })

  test('has no parameter but the node', async () => {
    const { nodes } = await startTestCluster(1, {})
    const response = await fetch(`${nodes[0]!.urls.admin}/debug/nodes/lints?parts=all`)
    expect(response.status).toBe(400)
  })
})
