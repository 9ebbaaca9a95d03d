import { describe, expect, test } from 'vitest'
import { drain, type Drained, paceOf } from '../src/drain.ts'
import { nodeDefaults } from '../src/options.ts'
import { startTestNode, type TestNode, type TestNodeOptions } from './support/services.ts'

async function withPeers(many: number, given: TestNodeOptions = {}) {
  const node = await startTestNode({
    config: { drain: { batch: 10, intervalMs: 100, deadlineMs: 3_000 } },
    ...given,
  })
  const peers = []
  // Some have not said who they are.
  for (let i = 0; i < many; i++) peers.push(await (i % 5 === 0 ? node.open() : node.connect()))
  return { node, peers }
}

/** The drain, and what it came to. */
function draining(node: TestNode): { result: Drained | undefined } {
  const state: { result: Drained | undefined } = { result: undefined }
  void drain(node.services, 'SIGTERM').then((result) => (state.result = result))
  return state
}

describe('a drain', () => {
  test('closes all with 3001 in paced batches, and is done when the last is gone', async () => {
    const { node, peers } = await withPeers(35)
    const state = draining(node)
    const closed: number[] = []
    for (let tenth = 0; tenth < 4; tenth++) {
      await node.settle()
      closed.push(peers.filter((peer) => peer.closed !== undefined).length)
      expect(state.result).toBeUndefined()
      await node.advance(100)
    }
    expect(closed).toEqual([10, 20, 30, 35])
    await node.until(() => state.result !== undefined, 'it is done')
    expect(state.result).toMatchObject({ cut: 0 })
    for (const { closed: close } of peers) expect(close).toEqual({ code: 3001, reason: 'shutdown' })
    expect(new Set(node.ends())).toEqual(new Set(['stopped 3001 SIGTERM']))
    expect(node.events.filter(({ name }) => name.startsWith('node.'))).toEqual([
      { name: 'node.draining', reason: 'SIGTERM', connections: 35 },
      { name: 'node.drained', ...state.result },
    ])
  })

  test('shuffles with the randomness it is given', async () => {
    const order = async (random: () => number): Promise<number[]> => {
      const { node, peers } = await withPeers(10, {
        random,
        config: { drain: { batch: 1, intervalMs: 100 } },
      })
      const closed: number[] = []
      for (const [i, peer] of peers.entries()) peer.ws.on('close', () => closed.push(i))
      draining(node)
      await node.advance(2_000)
      return closed
    }
    const turns = [0, 0.99]
    // With 0.99 each stays where it is; with 0 each is moved.
    const [moved, kept] = await Promise.all(turns.map((value) => order(() => value)))
    expect(kept).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(moved).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 0])
  })

  test('waits its grace time first, and is not ready meanwhile', async () => {
    const { node, peers } = await withPeers(5, {
      config: { drain: { graceMs: 1_000, deadlineMs: 3_000 } },
    })
    const state = draining(node)
    await node.advance(990)
    expect(node.services.draining).toBe(true)
    expect(peers.filter(({ closed }) => closed !== undefined)).toEqual([])
    await node.advance(100)
    await node.until(() => state.result !== undefined, 'it is done')
    for (const { closed } of peers) expect(closed).toEqual({ code: 3001, reason: 'shutdown' })
  })

  test('spreads its closes evenly over the time it is given', async () => {
    const { node, peers } = await withPeers(20, {
      config: { drain: { spreadMs: 2_000, intervalMs: 100, batch: 1, deadlineMs: 5_000 } },
    })
    draining(node)
    const closed: number[] = []
    for (let quarter = 0; quarter < 4; quarter++) {
      await node.advance(quarter === 0 ? 450 : 500)
      closed.push(peers.filter((peer) => peer.closed !== undefined).length)
    }
    expect(closed).toEqual([5, 10, 15, 20])
  })

  test.each([
    [{ spreadMs: 0 }, 1_000, { batch: 500, intervalMs: 100 }],
    [{ spreadMs: 10_000 }, 0, { batch: 500, intervalMs: 100 }],
    [{ spreadMs: 10_000 }, 1_000, { batch: 10, intervalMs: 100 }],
    [{ spreadMs: 10_000 }, 150, { batch: 2, intervalMs: 10_000 / 75 }],
    [{ spreadMs: 10_000 }, 4, { batch: 1, intervalMs: 2_500 }],
    [{ spreadMs: 50 }, 4, { batch: 4, intervalMs: 50 }],
  ])('with %o closes %i connections at this pace', (given, many, pace) => {
    expect(paceOf({ ...nodeDefaults.drain, ...given }, many)).toEqual(pace)
  })

  test('lets nobody in', async () => {
    const { node } = await withPeers(1)
    draining(node)
    const late = node.dial()
    await node.until(() => late.refused !== undefined, 'it is refused')
    expect(late.refused?.status).toBe(503)
    // Halfway from 1 to 10, as the randomness here is 0.5.
    expect(late.refused?.headers['retry-after']).toBe('6')
  })

  test('finds those that were accepted just before it began', async () => {
    const { node } = await withPeers(1)
    const late = node.dial()
    let state: { result: Drained | undefined } | undefined
    // Its socket is there, its actor has not started.
    node.server.once('upgrade', () => (state = draining(node)))
    await node.until(() => late.ws.readyState === late.ws.OPEN, 'it is open')
    await node.advance(200)
    expect(late.closed).toEqual({ code: 3001, reason: 'shutdown' })
    expect(state?.result).toMatchObject({ cut: 0 })
  })

  test('cuts at its deadline who does not answer, and waits no longer', async () => {
    const { node, peers } = await withPeers(3)
    peers[1]!.ws.close = () => {}
    const state = draining(node)
    await node.advance(2_900)
    expect(state.result).toBeUndefined()
    await node.advance(100)
    expect(state.result).toEqual({ tookMs: 3_000, cut: 1 })
    await node.settle()
    expect([node.services.edge.sockets, node.count('connection')]).toEqual([0, 0])
    expect(new Set(node.ends())).toEqual(new Set(['stopped 3001 SIGTERM']))
  })

  test('cuts at its deadline also those whose turn had not come', async () => {
    const { node, peers } = await withPeers(20, {
      config: { drain: { batch: 1, intervalMs: 1_000, deadlineMs: 3_000 } },
    })
    const state = draining(node)
    await node.advance(3_100)
    expect(state.result).toEqual({ tookMs: 3_000, cut: 17 })
    await node.settle()
    expect(peers.filter(({ closed }) => closed === undefined)).toEqual([])
    expect(node.services.edge.sockets).toBe(0)
  })

  test('ends at once when the node does', async () => {
    const { node } = await withPeers(20, { config: { drain: { batch: 1, intervalMs: 1_000 } } })
    const state = draining(node)
    await node.settle()
    await node.stop()
    await node.settle()
    expect(state.result).toBeDefined()
  })

  test('of a node without connections is done at once', async () => {
    const { node } = await withPeers(0)
    expect(await drain(node.services, 'SIGTERM')).toEqual({ tookMs: 0, cut: 0 })
  })
})
