import { startRedis } from '@sluice/test-support'
import { expect, onTestFinished, test } from 'vitest'
import type { RunningNode } from '../../src/node.ts'
import type { NodeConfig } from '../../src/option-schema.ts'
import { startTestNode, TestClient } from '../http/harness.ts'

const path = new URL('../support/behaviors/journal.ts', import.meta.url).pathname
const channel = 'journal:one'

const read = async (client: TestClient): Promise<string[]> => {
  const reply = await client.command('rpc', { method: 'journal.read', data: { room: channel } })
  const { rpc } = reply as { rpc?: { data: string[] } }
  return (rpc?.data ?? [JSON.stringify(reply)]).toSorted()
}
const journals = (node: RunningNode) =>
  node.system.actors.filter((actor) => actor?.behavior.name === 'journal' && actor.alive).length

/** Two nodes on one Redis, and a client in the room on each. */
async function start() {
  const redis = await startRedis()
  onTestFinished(() => redis[Symbol.asyncDispose]())
  const config: NodeConfig = {
    insecure: true,
    redis: redis.url,
    cluster: { beatMs: 100, leaseMs: 500, pingMs: 100, commandTimeoutMs: 300 },
    rooms: { namespaces: { journal: { behavior: path, singleton: true } } },
    rpc: { 'journal.read': path },
  }
  const nodes = [await startTestNode({ ...config, name: 'a' })]
  nodes.push(await startTestNode({ ...config, name: 'b' }))
  for (const node of nodes) {
    const ready = async () => (await fetch(`${node.urls.client}/ready`)).status
    await expect.poll(ready).toBe(200)
  }
  const ann = await TestClient.connect(nodes[0]!, 'ann')
  const bob = await TestClient.connect(nodes[1]!, 'bob')
  for (const client of [ann, bob]) await client.command('subscribe', { channel })
  return { redis, nodes, ann, bob, all: [ann, bob] }
}

const both = ['joined ann', 'joined bob']

test('a singleton room has one behaviour on all nodes of a Redis, and the next owner takes over', async () => {
  const { nodes, bob, all } = await start()
  for (const client of all) await expect.poll(() => read(client)).toEqual(both)
  expect(nodes.map(journals)).toEqual([1, 0])
  await bob.command('publish', { channel, data: 'hi' })
  for (const client of all) {
    expect(await client.push('pub')).toMatchObject({ pub: { data: 'bob: hi' } })
  }
  await nodes[0]!.drain('SIGTERM')
  await expect.poll(() => read(bob)).toEqual(['joined bob'])
  expect(journals(nodes[1]!)).toBe(1)
})

test('a singleton room ends where it is when its lease does, and is there again, once, with the link', async () => {
  const { redis, nodes, all } = await start()
  for (const client of all) await expect.poll(() => read(client)).toEqual(both)
  await redis.kill()
  await expect.poll(() => journals(nodes[0]!), { timeout: 4_000 }).toBe(0)
  for (const client of all) expect((await read(client))[0]).toContain('"code":108')
  await redis.restart()
  // The first who calls from a node that the new behaviour does not know makes it known.
  for (const client of all.toReversed()) {
    await expect.poll(() => read(client), { timeout: 8_000 }).toEqual(both)
  }
  expect(nodes.map(journals).reduce((sum, each) => sum + each)).toBe(1)
}, 20_000)
