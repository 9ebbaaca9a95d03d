// Who is where, and how many: summed over the nodes.

import { expect, it } from 'vitest'
import type { ClientInfo } from '../../src/index.ts'
import type { MakeCluster } from '../bus.contract.ts'
import { type Node, startNodes } from './nodes.ts'

export function presencePromises(makeCluster: MakeCluster): void {
  it('every node sees the clients of all nodes, with their infos', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const ada = { client: 'c1', user: 'ada', connInfo: { name: 'Ada' }, chanInfo: [1] }
    const bob = { client: 'c2', user: 'bob' }
    await a.bus.addPresence('room', ada)
    await b.bus.addPresence('room', bob)
    for (const node of [a, b]) expect(await present(node, 'room')).toEqual([ada, bob])
    await b.bus.removePresence('room', 'c2')
    for (const node of [a, b]) expect(await present(node, 'room')).toEqual([ada])
  })

  it('a user with several clients counts once', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await a.bus.addPresence('room', { client: 'c1', user: 'ada' })
    await a.bus.addPresence('room', { client: 'c2', user: 'ada' })
    await b.bus.addPresence('room', { client: 'c3', user: 'ada' })
    await b.bus.addPresence('room', { client: 'c4', user: 'bob' })
    expect(await a.bus.presenceStats('room')).toEqual({ numClients: 4, numUsers: 2 })
    await b.bus.removePresence('room', 'c4')
    await b.bus.removePresence('room', 'c3')
    expect(await b.bus.presenceStats('room')).toEqual({ numClients: 2, numUsers: 1 })
    await a.bus.removePresence('room', 'c1')
    await a.bus.removePresence('room', 'c2')
    expect(await b.bus.presenceStats('room')).toEqual({ numClients: 0, numUsers: 0 })
  })

  it('adding again replaces, removing again does nothing, rooms are apart', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    await a.bus.addPresence('room', { client: 'c1', user: 'ada' })
    await a.bus.addPresence('room', { client: 'c1', user: 'eve', connInfo: 2 })
    await a.bus.addPresence('other', { client: 'c1', user: 'ada' })
    expect(await present(a, 'room')).toEqual([{ client: 'c1', user: 'eve', connInfo: 2 }])
    expect(await a.bus.presenceStats('room')).toEqual({ numClients: 1, numUsers: 1 })
    await a.bus.removePresence('room', 'c1')
    await a.bus.removePresence('room', 'c1')
    await a.bus.removePresence('room', 'nobody')
    expect(await present(a, 'room')).toEqual([])
    expect(await present(a, 'other')).toHaveLength(1)
    expect(await present(a, 'never joined')).toEqual([])
  })

  it('rooms adds up the members of all nodes, and forgets a room without any', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    a.bus.setMembers('x', 2)
    a.bus.setMembers('x', 3)
    a.bus.setMembers('y', 1)
    b.bus.setMembers('x', 4)
    await told(a, b)
    expect(await a.bus.rooms()).toEqual({
      value: new Map(Object.entries({ x: 7, y: 1 })),
      silent: [],
    })
    a.bus.setMembers('x', 0)
    a.bus.setMembers('y', 0)
    a.bus.setMembers('z', 0)
    await told(a, b)
    expect((await b.bus.rooms()).value).toEqual(new Map([['x', 4]]))
  })

  it('a pattern selects rooms: * is any characters, the rest is itself', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    for (const room of ['game:1', 'game:22', 'game:', 'chat:1', 'gamex', 'g?me:1']) {
      a.bus.setMembers(room, 1)
    }
    b.bus.setMembers('game:22', 1)
    await told(a, b)
    const names = async (pattern: string): Promise<string[]> =>
      [...(await a.bus.rooms(pattern)).value.keys()].toSorted()
    expect(await names('game:*')).toEqual(['game:', 'game:1', 'game:22'])
    expect(await names('*:1')).toEqual(['chat:1', 'g?me:1', 'game:1'])
    expect(await names('g*:*2')).toEqual(['game:22'])
    expect(await names('g?me:*')).toEqual(['g?me:1'])
    expect(await names('game:1')).toEqual(['game:1'])
    expect(await names('nothing*')).toEqual([])
    expect((await a.bus.rooms('game:22')).value).toEqual(new Map([['game:22', 2]]))
  })

  it('every node is listed by every node', async () => {
    const { join } = await startNodes(makeCluster)
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => join(name)))
    for (const node of nodes) {
      const { value: infos, silent } = await node.bus.nodes()
      expect(silent).toEqual([])
      expect(infos.map(({ uid }) => uid).toSorted()).toEqual(['a-uid', 'b-uid', 'c-uid'])
      expect(infos.find(({ name }) => name === 'a')).toMatchObject({ version: '0.0.0' })
    }
  })
}

async function present(node: Node, room: string): Promise<ClientInfo[]> {
  const infos = await node.bus.presence(room)
  return infos.toSorted((x, y) => (x.client < y.client ? -1 : 1))
}

/** `rooms` first tells what its node has to tell. */
async function told(...nodes: Node[]): Promise<void> {
  for (const node of nodes) await node.bus.rooms()
}
