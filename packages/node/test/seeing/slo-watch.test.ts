import { describe, expect, test } from 'vitest'
import type { NodeEvent } from '../../src/events.ts'
import { figures } from '../../src/seeing/slo.ts'
import { Figures } from '../../src/seeing/figures.ts'
import { startTestNode, TestClient } from '../http/harness.ts'

describe('the rules of a node', () => {
  test('are looked at, and a breach is told with what was seen', async () => {
    const rules = [
      { name: 'calm', figure: 'rooms' as const, above: 1 },
      { name: 'open', figure: 'rooms' as const, above: 0 },
    ]
    const node = await startTestNode({ insecure: true, dumps: { rules } })
    const due = new Promise<NodeEvent>((resolve) => {
      node.events.on((event) => event.name === 'dump.written' && resolve(event))
    })
    await (await TestClient.connect(node)).command('subscribe', { channel: 'lobby' })
    expect(await due).toMatchObject({ trigger: 'slo', detail: 'open: rooms 1, above 0' })
    const { archive } = node.services.dumper
    const [{ id } = { id: '' }] = archive.list()
    expect(JSON.parse(String(await archive.read(id)))).toMatchObject({
      reason: { trigger: 'slo', value: 1, threshold: 0 },
    })
  })
})

describe('the figures', () => {
  test('are what the node is', async () => {
    const node = await startTestNode({ insecure: true })
    const read = new Figures(node.services, new Set(figures))
    await (await TestClient.connect(node)).command('subscribe', { channel: 'lobby' })
    const now = read.read(node.system.clock.now())
    expect(now).toMatchObject({ actors: 7, waiting: 0, orphans: 0, connections: 1, rooms: 1 })
    expect(now.rssBytes).toBeGreaterThan(now.heapBytes)
    const longest = { loopLagMs: 0, gcPauseMs: 0, allocatedBytesPerS: 0 }
    // Each is told in its own time. What never is runs into the time limit.
    while (longest.loopLagMs < 20 || longest.gcPauseMs === 0 || longest.allocatedBytesPerS < 1e6) {
      holdLoop(50)
      // oxlint-disable-next-line no-await-in-loop -- the loop has to turn for anybody to notice
      await new Promise((resolve) => setTimeout(resolve, 1))
      const seen = read.read(node.system.clock.now())
      for (const name of ['loopLagMs', 'gcPauseMs', 'allocatedBytesPerS'] as const) {
        longest[name] = Math.max(longest[name], seen[name])
      }
    }
    read.close()
  })
})

/** Makes garbage, and lets nobody else do anything. */
function holdLoop(ms: number): void {
  const until = performance.now() + ms
  let junk: object = {}
  while (performance.now() < until) junk = { junk: [Object.keys(junk)] }
}
