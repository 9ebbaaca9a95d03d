import {
  blockedActors,
  diffDumps,
  type Dump,
  lintDump,
  printBlocked,
  printLints,
  takeDump,
  waitGraph,
} from '@sluice/core'
import { describe, expect, test } from 'vitest'
import { GatedBus } from '../support/gated-bus.ts'
import type { Peer } from '../support/peer.ts'
import { startTestNode, type TestNode } from '../support/services.ts'

const dumpOf = (node: TestNode): Dump => takeDump(node.system)
const found = (dump: Dump, before?: Dump): string[] => printLints(lintDump(dump, { before }))

/** Connects some clients, each a member of one of ten rooms. */
async function join(node: TestNode, count: number): Promise<Peer[]> {
  const peers = await Promise.all(Array.from({ length: count }, () => node.connect()))
  await Promise.all(peers.map((peer, i) => peer.call({ subscribe: { channel: `room${i % 10}` } })))
  return peers
}

describe('a node in good health', () => {
  test('has nothing that lints find, and is steady while clients come and go', async () => {
    const node = await startTestNode()
    const peers = await join(node, 120)
    await node.advance(120_000)
    const quiet = dumpOf(node)
    expect(found(quiet)).toEqual(['nothing found'])
    // A third leaves, twice as many come, and all talk.
    for (const peer of peers.splice(0, 40)) peer.ws.close()
    peers.push(...(await join(node, 80)))
    await Promise.all(
      peers.map((peer, i) => peer.call({ publish: { channel: `room${i % 10}`, data: i } })),
    )
    await node.advance(30_000)
    const busy = dumpOf(node)
    expect(busy.counters['handled']).toBeGreaterThan(quiet.counters['handled']! + 160)
    expect(found(busy, quiet)).toEqual(['nothing found'])
    const { verdict, actors } = diffDumps(quiet, busy)
    expect(actors).toMatchObject({ born: 80, gone: 40 })
    expect(verdict).toMatchObject({
      level: 'steady',
      reason: expect.stringMatching(/: connection by edge at .* grew 120 → 160 with its sockets$/),
    })
  })
})

describe('a dump alone tells the cause', () => {
  test('of a peer that does not read, in a room that keeps it', async () => {
    const node = await startTestNode({
      config: { rooms: { default: { slow: { policy: 'drop-oldest' } } } },
    })
    const stopped = await node.connect({}, { highWaterMark: 1_024 })
    await stopped.call({ subscribe: { channel: 'lobby' } })
    stopped.ws.pause()
    for (let i = 0; i < 20; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await node.services.directory.publish('lobby', 'x'.repeat(1_000))
    }
    await node.advance(7_000)
    const dump = dumpOf(node)
    const { id } = node.services.registry.client(stopped.client)!.self
    expect(lintDump(dump).results).toMatchObject([
      {
        lint: 'slow-consumer',
        findings: [
          { ids: [id], sentence: expect.stringMatching(/behind for 7 s, .* bytes queued/) },
        ],
      },
    ])
    expect(printBlocked(blockedActors(dump))).toContain(
      '    socket peer: 1, 7 s, 1 past the deadline',
    )
  })

  test('of a room that waits on its bus, and of all who wait on the room', async () => {
    const bus = new GatedBus()
    const node = await startTestNode({ bus: bus.wrap })
    bus.hold('subscribe')
    const peers = await Promise.all(Array.from({ length: 5 }, () => node.connect()))
    for (const peer of peers) peer.send({ subscribe: { channel: 'lobby' } })
    await node.advance(2_000)
    const dump = dumpOf(node)
    const room = dump.actors.find(({ behavior }) => behavior === 'room')!
    expect(room).toMatchObject({ state: 'waiting', wait: { class: 'redis', target: 'subscribe' } })
    expect(waitGraph(dump).roots).toMatchObject([
      {
        id: room.id,
        all: 5,
        words: `5 actors wait on room ${room.id} [waiting: redis subscribe, 2 s]`,
      },
    ])
  })
})
