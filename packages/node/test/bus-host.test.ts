import { createMemoryHub } from '@sluice/cluster'
import { describe, expect, test } from 'vitest'
import type { NodeConfig } from '../src/option-schema.ts'
import { resultOf, startTestNode, TestClient } from './http/harness.ts'
import { startTestCluster } from './support/cluster.ts'

const config: NodeConfig = {
  insecure: true,
  rooms: { namespaces: { told: { joinLeave: true }, quiet: {} } },
}

const startNodes = (many: number) => startTestCluster(many, config)

describe('nodes on one bus', () => {
  test('are one gateway: a message reaches the members on every node', async () => {
    const { nodes } = await startNodes(3)
    const clients = await Promise.all(nodes.map((node) => TestClient.connect(node)))
    for (const client of clients) await client.command('subscribe', { channel: 'lobby' })
    await resultOf(nodes[2]!, 'publish', { channel: 'lobby', data: 'hello' })
    for (const client of clients) {
      expect(await client.push('pub')).toMatchObject({ pub: { data: 'hello' } })
    }
  })

  test('know each other, and name who did not answer', async () => {
    const { nodes, buses } = await startNodes(2)
    const info = await resultOf(nodes[0]!, 'info', '')
    expect(info['nodes']).toMatchObject([{ name: 'node-0' }, { name: 'node-1' }])
    expect(info).not.toHaveProperty('silent')
    buses[0]!.nodes = () => ({ value: [], silent: ['a-node'] })
    expect(await resultOf(nodes[0]!, 'info', '')).toEqual({ silent: ['a-node'], nodes: [] })
    buses[0]!.rooms = () => ({ value: new Map([['lobby', 2]]), silent: ['a-node'] })
    expect(await resultOf(nodes[0]!, 'channels', {})).toEqual({
      channels: { lobby: { num_clients: 2 } },
      silent: ['a-node'],
    })
  })

  test('say of the members of a lost node that they left, where rooms tell such things', async () => {
    const { nodes, hosts } = await startNodes(2)
    const watcher = await TestClient.connect(nodes[1]!)
    for (const channel of ['told:a', 'quiet:a']) await watcher.command('subscribe', { channel })
    const lost = (client: string) => ({ client, user: 'u' })
    hosts[0]!.left!('quiet:a', [lost('hidden')])
    hosts[0]!.left!('unknown:a', [lost('nobody')])
    hosts[0]!.left!('told:a', [lost('one'), lost('two')])
    expect(await watcher.push('leave')).toMatchObject({
      channel: 'told:a',
      leave: { info: { client: 'one' } },
    })
    expect(await watcher.push('leave')).toMatchObject({ leave: { info: { client: 'two' } } })
  })

  test('count the loss that could not be told as a failure of the bus', async () => {
    const { nodes, hosts, buses } = await startNodes(1)
    const { counters } = nodes[0]!.services
    buses[0]!.announce = () => Promise.reject(new Error('no link'))
    hosts[0]!.left!('told:a', [{ client: 'one', user: '' }])
    await expect.poll(() => counters.busFailures).toBe(1)
  })

  test('start without a link, and are not ready until there is one', async () => {
    let linked = false
    const node = await startTestNode(config, {
      createBus: (host) =>
        Object.assign(createMemoryHub().join(host), {
          ready: () => linked,
          linkState: () => (linked ? 'up' : 'connecting'),
        }),
    })
    const ready = async (): Promise<unknown> => (await fetch(`${node.urls.client}/ready`)).json()
    const up = async () =>
      /^sluice_bus_up (\d)$/m.exec(await (await fetch(`${node.urls.admin}/metrics`)).text())?.[1]
    expect(await ready()).toEqual({ status: 'unavailable', reason: 'bus', link: 'connecting' })
    expect(await up()).toBe('0')
    linked = true
    expect(await ready()).toEqual({ status: 'ready' })
    expect(await up()).toBe('1')
  })
})
