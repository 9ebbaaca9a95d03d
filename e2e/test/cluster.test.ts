// Three real nodes and a real Redis, used by the unmodified `centrifuge` client: one gateway, whichever node one is on.

import { describe, expect, onTestFinished, test } from 'vitest'
import type { NodeConfig } from '@sluice/node'
import { type RedisServer, startRedis, startSentinels, until } from '@sluice/test-support'
import { type ClusterNode, type Nodes, startNodes } from '../support/cluster/nodes.ts'
import { connectClient, createClient } from '../support/clients.ts'

const room = {
  presence: true,
  joinLeave: true,
  history: { size: 1_000, ttl: '300s' },
  recover: true,
} as const

function configs(redis: string, more: NodeConfig = {}): NodeConfig[] {
  return ['n1', 'n2', 'n3'].map((name) => ({
    name,
    redis,
    insecure: true,
    rooms: { default: room },
    ...more,
  }))
}

async function cluster(more: NodeConfig = {}): Promise<{ redis: RedisServer; nodes: Nodes }> {
  const redis = await startRedis()
  onTestFinished(() => redis[Symbol.asyncDispose]())
  const nodes = await startNodes(configs(redis.url, more))
  onTestFinished(() => nodes[Symbol.asyncDispose]())
  return { redis, nodes }
}

function urls(node: ClusterNode): { client: string } {
  return { client: node.gateway!.client }
}

describe('a room on three nodes', () => {
  test('is one room: all hear the same in the same order, and of each other', async () => {
    const { nodes } = await cluster()
    const clients = await Promise.all(nodes.all.map((node) => connectClient(urls(node))))
    const rooms = []
    // oxlint-disable-next-line no-await-in-loop -- each hears the joins of those after it
    for (const client of clients) rooms.push(await client.subscribe('lobby'))
    await rooms[0]!.joins.first(({ client }) => client === clients[2]!.id)
    const calls = rooms.flatMap(({ subscription }, n) =>
      Array.from({ length: 40 }, (_, i) => subscription.publish(`${n}-${i}`)),
    )
    await Promise.all(calls)
    for (const { publications } of rooms) await publications.nth(120)
    for (const { data } of rooms) expect(data).toEqual(rooms[0]!.data)
    expect(new Set(rooms[0]!.data).size).toBe(120)
    expect(await rooms[1]!.subscription.presenceStats()).toMatchObject({ numClients: 3 })

    const api = nodes.all[1]!.gateway!
    expect(await api.api('channels', {})).toEqual({ channels: { lobby: { num_clients: 3 } } })
    const info = await api.api<{ nodes: { name: string; num_clients: number }[] }>('info', {})
    expect(info.nodes.map(({ name }) => name).toSorted()).toEqual(['n1', 'n2', 'n3'])
    expect(info.nodes.map((node) => node.num_clients)).toEqual([1, 1, 1])

    // A command given to one node reaches a client on another.
    await api.api('disconnect', { user: '', client: clients[2]!.id })
    expect(await clients[2]!.disconnected.nth(1)).toMatchObject({ code: 3503 })
    await rooms[0]!.leaves.first(({ client }) => client === clients[2]!.id)
  })

  test('a client of a killed node recovers all of it on another, and its ghost leaves', async () => {
    const { nodes } = await cluster()
    const [first, second, third] = nodes.all as [ClusterNode, ClusterNode, ClusterNode]
    const witness = await (await connectClient(urls(second))).subscribe('lobby')
    const client = await connectClient(urls(first))
    const lobby = await client.subscribe('lobby')
    await witness.subscription.publish('before')
    await lobby.publications.nth(1)
    const { offset, epoch } = lobby.subscribed.entries[0]!.streamPosition!
    client.close()
    const ghost = await (await connectClient(urls(first))).subscribe('lobby')
    expect(ghost.subscribed.size).toBe(1)
    await first.kill()
    for (const data of ['a', 'b', 'c']) await witness.subscription.publish(data)

    const back = createClient(urls(third))
    const again = back.enter('lobby', { since: { offset, epoch } })
    expect(await again.subscribed.nth(1)).toMatchObject({ wasRecovering: true, recovered: true })
    await again.publications.nth(4)
    expect(again.data).toEqual(['before', 'a', 'b', 'c'])
    await until(async () => (await witness.subscription.presenceStats()).numClients === 2, {
      what: 'the ghost is gone',
      deadlineMs: 20_000,
    })
    await witness.leaves.first(({ client: id }) => id !== client.id)
  }, 40_000)
})

describe('a cluster whose Redis is gone', () => {
  test('keeps its sockets, says that it is not ready, and goes on when Redis is back, empty', async () => {
    const { redis, nodes } = await cluster()
    const [node] = nodes.all as [ClusterNode]
    const client = await connectClient(urls(node))
    const lobby = await client.subscribe('lobby')
    await lobby.subscription.publish('before')
    await redis.kill()
    await until(async () => !(await node.isReady()), { what: 'it is not ready' })
    await expect(lobby.subscription.publish('meanwhile')).rejects.toMatchObject({ code: 108 })
    expect((await fetch(`${node.gateway!.client}/health`)).status).toBe(200)
    await redis.restart()
    await node.becomesReady()
    // The stream is another one: the client hears so, and is let in anew.
    expect(await lobby.subscribed.nth(2)).toMatchObject({ recovered: false })
    await until(
      async () => {
        await lobby.subscription.publish('after')
        return true
      },
      { what: 'it publishes again' },
    )
    await lobby.publications.first(({ data }) => data === 'after')
    expect(client.disconnected.size + client.connecting.size).toBe(1)
  }, 40_000)

  test('follows a Sentinel failover to the new primary, and loses nothing that was replicated', async () => {
    const trio = await startSentinels()
    onTestFinished(() => trio[Symbol.asyncDispose]())
    const hosts = trio.sentinels.map(({ host, port }) => `${host}:${port}`).join(',')
    const nodes = await startNodes(configs(`redis-sentinel://${hosts}/sluice`))
    onTestFinished(() => nodes[Symbol.asyncDispose]())
    const [a, b] = nodes.all as [ClusterNode, ClusterNode]
    const hears = await (await connectClient(urls(a))).subscribe('lobby')
    const tells = await (await connectClient(urls(b))).subscribe('lobby')
    for (const data of [1, 2, 3]) await tells.subscription.publish(data)
    await hears.publications.nth(3)
    const primary = await trio.primary()
    await primary.admin.wait(1, 2_000)
    const switched = trio.switched()
    await primary.kill()
    await switched
    await Promise.all([a.becomesReady(), b.becomesReady()])
    await until(
      async () => {
        await tells.subscription.publish('after')
        return true
      },
      { what: 'it publishes again' },
    )
    await hears.publications.first(({ data }) => data === 'after')
    expect(hears.data.slice(0, 3)).toEqual([1, 2, 3])
    expect(new Set(hears.data).size).toBe(hears.data.length)
  }, 60_000)
})
