import { SluiceError } from '@sluice/core'
import { describe, expect, test } from 'vitest'
import type { RunningNode } from '../../src/node.ts'
import type { NodeConfig } from '../../src/option-schema.ts'
import { errorOf, listenTo, resultOf, TestClient } from '../http/harness.ts'
import { startTestCluster } from '../support/cluster.ts'

const path = new URL('../support/behaviors/journal.ts', import.meta.url).pathname
const config: NodeConfig = {
  insecure: true,
  rooms: { namespaces: { journal: { behavior: path, singleton: true } } },
  rpc: Object.fromEntries(
    ['read', 'members', 'throw', 'never'].map((name) => [`journal.${name}`, path]),
  ),
}
const channel = 'journal:one'

/** Three nodes, and a client on each. */
async function start() {
  const cluster = await startTestCluster(3, config)
  const clients = []
  for (const [i, node] of cluster.nodes.entries()) {
    clients.push(await TestClient.connect(node, ['ann', 'bob', 'cem'][i]))
  }
  const [ann, bob, cem] = clients as [TestClient, TestClient, TestClient]
  return { ...cluster, ann, bob, cem, all: [ann, bob, cem] }
}

const call = (client: TestClient, method: string) =>
  client.command('rpc', { method: `journal.${method}`, data: { room: channel } })
const dataOf = (reply: Record<string, unknown>) => (reply['rpc'] as { data: unknown }).data
const read = async (client: TestClient) => dataOf(await call(client, 'read')) as string[]
const journals = (node: RunningNode) =>
  node.system.actors.filter((actor) => actor?.behavior.name === 'journal' && actor.alive).length
const count = (nodes: RunningNode[]) => nodes.reduce((sum, node) => sum + journals(node), 0)

describe('a singleton room', () => {
  test('has one behaviour in the cluster, which every node’s clients reach', async () => {
    const { nodes, all } = await start()
    for (const client of all) await client.command('subscribe', { channel })
    for (const client of all) {
      await expect.poll(() => read(client)).toEqual(['joined ann', 'joined bob', 'joined cem'])
    }
    expect(nodes.map(journals)).toEqual([1, 0, 0])
    const asked = { method: 'journal.read', data: { room: channel } }
    expect(await resultOf(nodes[2]!, 'rpc', asked)).toEqual({ data: await read(all[0]!) })
  })

  test('lets its behaviour judge what is published anywhere', async () => {
    const { ann, bob, cem, all } = await start()
    for (const client of all) await client.command('subscribe', { channel })
    await cem.command('publish', { channel, data: 'hi' })
    for (const client of [ann, bob]) {
      expect(await client.push('pub')).toMatchObject({ pub: { data: 'cem: hi' } })
    }
    expect(await bob.command('publish', { channel, data: '' })).toMatchObject({
      error: { code: 400, message: 'nothing to say' },
    })
  })

  test('tells it who comes and goes on every node, in order', async () => {
    const { nodes, ann, bob, cem } = await start()
    await ann.command('subscribe', { channel })
    await bob.command('subscribe', { channel })
    await bob.command('unsubscribe', { channel })
    await bob.command('subscribe', { channel })
    await bob.command('unsubscribe', { channel })
    // Its own room hears of it in its next turn.
    await expect
      .poll(() => read(ann))
      .toEqual(['joined ann', 'joined bob', 'left bob', 'joined bob', 'left bob'])
    await cem.command('subscribe', { channel })
    expect(dataOf(await call(cem, 'members'))).toEqual(['ann', 'cem'])
    expect(nodes.map(journals)).toEqual([1, 0, 0])
  })

  test('is opened by a call alone, on the node that is called', async () => {
    const { nodes, bob, cem } = await start()
    expect(await read(bob)).toEqual([])
    expect(await read(cem)).toEqual([])
    expect(nodes.map(journals)).toEqual([0, 1, 0])
  })

  test('is succeeded when its owner drains: the next one hears of all who are left', async () => {
    const { nodes, ann, bob, cem, all } = await start()
    for (const client of all) await client.command('subscribe', { channel })
    await expect.poll(() => read(cem)).toHaveLength(3)
    await nodes[0]!.drain('SIGTERM')
    expect((await ann.closed).code).toBe(3001)
    await expect.poll(() => count(nodes.slice(1))).toBe(1)
    await expect
      .poll(async () => (await read(cem)).toSorted())
      .toEqual(['joined bob', 'joined cem'])
    expect((dataOf(await call(bob, 'members')) as string[]).toSorted()).toEqual(['bob', 'cem'])
  })

  test('answers a fault of its behaviour with error 100, and its own node hears of it', async () => {
    const { nodes, ann, bob } = await start()
    await ann.command('subscribe', { channel })
    const [there, here] = [nodes[0]!, nodes[1]!].map((node) => listenTo(node, 'command.crashed'))
    expect(await call(bob, 'throw')).toMatchObject({ error: { code: 100 } })
    expect([there!.length, here!.length]).toEqual([1, 0])
  })

  test('of a node that lost it ends there, and calls are refused until somebody has it', async () => {
    const { hosts, buses, nodes, ann, bob } = await start()
    for (const client of [ann, bob]) await client.command('subscribe', { channel })
    expect(await read(bob)).toHaveLength(2)
    const own = buses.map((bus) => bus.own.bind(bus))
    const down = new SluiceError('not_available', 'no link')
    for (const bus of buses) bus.own = () => Promise.reject(down)
    await buses[0]!.disown(channel)
    hosts[0]!.disowned!(channel)
    await expect.poll(() => journals(nodes[0]!)).toBe(0)
    for (const client of [ann, bob]) {
      expect(await call(client, 'read')).toMatchObject({ error: { code: 108, temporary: true } })
    }
    for (const [i, bus] of buses.entries()) bus.own = own[i]!
    await expect
      .poll(async () => (await read(ann)).toSorted(), { timeout: 4_000 })
      .toEqual(['joined ann', 'joined bob'])
    expect(count(nodes)).toBe(1)
  })

  test('whose former owner still publishes is not disturbed by it', async () => {
    const { buses, nodes, ann, bob } = await start()
    for (const client of [ann, bob]) await client.command('subscribe', { channel })
    expect(await read(bob)).toHaveLength(2)
    // As after a stall: the bus has given the room to another node, and node 0 has not heard of it.
    await buses[0]!.disown(channel)
    await buses[1]!.own(channel)
    const failed = listenTo(nodes[0]!, 'bus.failed')
    await ann.command('publish', { channel, data: 'stale' })
    await expect.poll(() => journals(nodes[0]!)).toBe(0)
    expect(failed.map(({ error }) => (error as SluiceError).code)).toContain('owner_fenced')
    // The new owner speaks, and nothing of the former was heard before.
    await expect.poll(() => read(ann)).toEqual(expect.arrayContaining(['joined ann']))
    await ann.command('publish', { channel, data: 'fresh' })
    expect(await bob.push('pub')).toMatchObject({ pub: { data: 'ann: fresh' } })
  })

  test('asks again once when the node it was told of is not the owner', async () => {
    const { buses, nodes, bob, ann } = await start()
    expect(await read(ann)).toEqual([])
    let wrong = 0
    const own = buses[1]!.own.bind(buses[1])
    buses[1]!.own = (name) => {
      if (wrong++ > 0) return own(name)
      return { owner: nodes[2]!.services.uid, token: 1, own: false }
    }
    expect(await read(bob)).toEqual([])
    expect(wrong).toBe(2)
    expect(nodes.map(journals)).toEqual([1, 0, 0])
  })

  test('tells who calls that the answer did not come in time', async () => {
    const { buses, nodes, ann } = await start()
    expect(await read(ann)).toEqual([])
    let given = 0
    buses[2]!.ask = (_node, _question, timeoutMs) => {
      given = timeoutMs
      return Promise.reject(new SluiceError('ask_timeout', 'no answer'))
    }
    const asked = { method: 'journal.read', data: { room: channel } }
    expect(await errorOf(nodes[2]!, 'rpc', asked)).toMatchObject({ code: 108 })
    expect(given).toBeGreaterThan(4_000)
    expect(given).toBeLessThanOrEqual(5_000)
  })
})

test('a question that is none is refused, and does no harm', async () => {
  const { buses, nodes } = await start()
  const { uid } = nodes[1]!.services
  for (const question of ['', '{', '[]', '{"type":"rpc"}', '{"type":"x","room":"journal:a"}']) {
    expect(JSON.parse(await buses[0]!.ask(uid, question, 1_000))).toMatchObject({
      type: 'refused',
      error: { code: 107 },
    })
  }
})
