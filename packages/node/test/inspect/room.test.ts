import { describe, expect, test } from 'vitest'
import { viewRoom } from '../../src/inspect/room.ts'
import { startTestNode, type TestNode, type TestNodeOptions } from '../support/services.ts'

const behavior = new URL('../support/behaviors/journal.ts', import.meta.url).pathname
const view = (node: TestNode, query: Record<string, string>) =>
  viewRoom(node.services, new URLSearchParams(query))
const publish = (node: TestNode, data: unknown) => node.services.directory.publish('lobby', data)

/** A node on which these users are in the lobby. */
async function withMembers(users: string[], given: TestNodeOptions = {}) {
  const node = await startTestNode(given)
  const peers = []
  for (const user of users) {
    const peer = await node.connect(
      { token: await node.token({ user, ttlSeconds: 600 }) },
      { highWaterMark: 1_024 },
    )
    await peer.call({ subscribe: { channel: 'lobby' } })
    peers.push(peer)
  }
  return { node, peers }
}

describe('the view of a room', () => {
  test('tells its options, where its stream is and who is in it', async () => {
    const slow = { policy: 'drop-oldest', maxBytes: 4_096 } as const
    const history = { size: 10, ttl: '1m' } as const
    const { node, peers } = await withMembers(['ann', 'bob'], {
      config: { rooms: { default: { history, slow, presence: true } } },
    })
    await publish(node, 'one')
    const { room, options, members, joining } = view(node, { name: 'lobby' })
    expect(room).toMatchObject({ name: 'lobby', members: 2, delivered: 1, offset: 1 })
    expect(options).toMatchObject({
      history: { size: 10, ttlMs: 60_000 },
      presence: true,
      joinLeave: false,
      slow: { policy: 'drop-oldest', maxBytes: 4_096 },
    })
    expect(joining).toBe(0)
    expect(members).toEqual({
      total: 2,
      matched: 2,
      rows: peers.map(({ client }, i) => ({
        client,
        user: ['ann', 'bob'][i],
        actor: node.services.registry.client(client)!.self.id,
        // These peers are in memory.
        address: '',
        queueBytes: 0,
      })),
    })
  })

  test('has those whose sockets are full first, and says since when', async () => {
    const { node, peers } = await withMembers(['ann', 'bob', 'cem'], {
      config: { limits: { broadcastDeadlineMs: '10m' } },
    })
    peers[2]!.ws.pause()
    for (let i = 0; i < 5; i++) {
      await publish(node, 'x'.repeat(1_000))
      await node.settle(2)
    }
    await node.advance(3_000)
    const { room, members } = view(node, { name: 'lobby' })
    expect(members.rows.map(({ user }) => user)).toEqual(['cem', 'ann', 'bob'])
    expect(members.rows[0]!.queueBytes).toBeGreaterThan(1_000)
    expect(members.rows.map(({ blockedMs }) => blockedMs)).toEqual([3_000, undefined, undefined])
    expect(room).toMatchObject({ slow: 1, queueBytes: members.rows[0]!.queueBytes })
  })

  test('has as many members as are asked for, and says how many there are and match', async () => {
    const { node } = await withMembers(['ann', 'anton', 'bob'])
    const counts = (query: Record<string, string>) => {
      const { total, matched, rows } = view(node, { name: 'lobby', ...query }).members
      return { total, matched, rows: rows.map(({ user }) => user) }
    }
    expect(counts({ limit: '2' })).toEqual({ total: 3, matched: 3, rows: ['ann', 'anton'] })
    expect(counts({ search: 'AN', limit: '0' })).toEqual({ total: 3, matched: 2, rows: [] })
    expect(counts({ search: 'bob' })).toEqual({ total: 3, matched: 1, rows: ['bob'] })
  })

  test('has who publishes, the loudest first, with share and rate; what no client published as one', async () => {
    const { node, peers } = await withMembers(['ann', 'bob'])
    expect(view(node, { name: 'lobby' }).publishers).toEqual({ perSecond: 0, rows: [] })
    for (let i = 0; i < 6; i++) await peers[1]!.call({ publish: { channel: 'lobby', data: i } })
    await peers[0]!.call({ publish: { channel: 'lobby', data: 'hello' } })
    await publish(node, 'from a backend')
    await node.advance(2_000)
    const { perSecond, rows } = view(node, { name: 'lobby' }).publishers
    expect(perSecond).toBe(4)
    expect(rows.map(({ user, share, perSecond: rate }) => [user, share, rate])).toEqual([
      ['bob', 0.75, 3],
      ['ann', 0.125, 0.5],
      ['', 0.125, 0.5],
    ])
    expect(rows[0]).toMatchObject({ client: peers[1]!.client, errorShare: 0, agoMs: 2_000 })
    expect(rows[0]!.actor).toBe(node.services.registry.client(peers[1]!.client)!.self.id)
    expect(rows[2]).not.toHaveProperty('actor')
  })

  test('forgets a publisher who has said nothing for more than a minute', async () => {
    const { node, peers } = await withMembers(['ann'])
    // However much that was.
    for (let i = 0; i < 1_000; i++) await publish(node, i)
    await peers[0]!.call({ publish: { channel: 'lobby', data: 1 } })
    await node.advance(59_000)
    expect(view(node, { name: 'lobby' }).publishers.rows).toHaveLength(2)
    await node.advance(2_000)
    expect(view(node, { name: 'lobby' }).publishers.rows).toEqual([])
  })

  test.for([false, true])('leads to its behaviour, singleton: %s', async (singleton) => {
    const { node } = await withMembers(['ann'], {
      config: { rooms: { default: { behavior, singleton } } },
    })
    const journal = () =>
      node.system.actors.find((actor) => actor?.behavior.name === 'journal' && actor.alive)
    await node.until(() => journal() !== undefined, 'its behaviour has started')
    const { behaviorActor, owner, options } = view(node, { name: 'lobby' })
    expect({ behaviorActor, owner }).toEqual({
      behaviorActor: journal()!.id,
      owner: singleton ? node.services.options.name : undefined,
    })
    expect(options).toMatchObject({ behavior, singleton })
  })

  test('names the node of its behaviour where that is another one', async () => {
    const elsewhere = {
      own: () => ({ owner: 'two-uid', token: 1, own: false }),
      health: () => ({
        links: [],
        peers: [{ uid: 'two-uid', name: 'two', leftMs: 9_000 }],
        owned: 0,
      }),
      // Whoever owns it is slow to answer, and not doubted yet.
      ask: () => new Promise<string>(() => {}),
    }
    const { node } = await withMembers(['ann'], {
      config: { rooms: { default: { behavior, singleton: true } } },
      bus: (bus) => Object.assign(bus, elsewhere),
    })
    await node.until(() => view(node, { name: 'lobby' }).owner !== undefined, 'the owner is known')
    expect(view(node, { name: 'lobby' })).toMatchObject({ owner: 'two' })
    expect(view(node, { name: 'lobby' })).not.toHaveProperty('behaviorActor')
  })

  test('is none where the room is not open, with a word on where it may be', async () => {
    const node = await startTestNode({ config: { name: 'one' } })
    expect(() => view(node, { name: 'lobby' })).toThrow(
      'room lobby is not open on one; it may be open on another node: ask /debug/nodes/room',
    )
  })
})
