// How a bus says that it stands to the others.

import { expect, it } from 'vitest'
import type { MakeCluster } from '../bus.contract.ts'
import { startNodes } from './nodes.ts'

export function healthPromises(makeCluster: MakeCluster): void {
  it('what a node that is ready says of its links and its lease is well', async () => {
    const { join } = await startNodes(makeCluster)
    const { links, lease, ...rest } = (await join('a')).bus.health()
    expect(rest).toEqual({ peers: [], owned: 0 })
    for (const { address, state, sinceMs, losses } of links) {
      expect({ address, state, losses }).toEqual({ address, state: 'up', losses: 0 })
      expect(sinceMs).toBeGreaterThanOrEqual(0)
    }
    expect(new Set(links.map(({ address }) => address)).size).toBe(links.length)
    // Where nodes can be out, there are links through which they renew.
    expect(lease !== undefined).toBe(links.length > 0)
    const { ms = 1, leftMs = 1, lapses = 0, reaping = [], reaped = 0 } = lease ?? {}
    expect({ lapses, reaping, reaped }).toEqual({ lapses: 0, reaping: [], reaped: 0 })
    expect(leftMs).toBeGreaterThan(0)
    expect(leftMs).toBeLessThanOrEqual(ms)
  })

  it('health is plain data, which JSON carries as it is', async () => {
    const { join } = await startNodes(makeCluster)
    const { bus } = await join('a')
    const health = bus.health()
    expect(JSON.parse(JSON.stringify(health))).toEqual(health)
  })

  it('the names that a node owns are counted until it gives them up', async () => {
    const { join } = await startNodes(makeCluster)
    const [a, b] = [await join('a'), await join('b')]
    for (const name of ['one', 'two', 'one']) await a.bus.own(name)
    for (const name of ['two', 'three']) await b.bus.own(name)
    expect([a, b].map(({ bus }) => bus.health().owned)).toEqual([2, 1])
    await a.bus.disown('one')
    expect([a, b].map(({ bus }) => bus.health().owned)).toEqual([1, 1])
  })

  it('a bus that is closed holds no lease, no link and no name, and knows nobody', async () => {
    const { join } = await startNodes(makeCluster)
    const { bus } = await join('a')
    await bus.own('name')
    await bus.close()
    const { links, ...rest } = bus.health()
    expect(rest).toEqual({ peers: [], owned: 0 })
    expect(links.filter(({ state }) => state !== 'closed')).toEqual([])
  })
}
