// The load of the chaos tests sees all that happens, on nodes that are killed, stopped, paused and started again.

import type { NodeConfig } from '@sluice/node'
import { isRunning, until } from '@sluice/test-support'
import { expect, test } from 'vitest'
import { connectClient } from '../support/clients.ts'
import { checkHistory } from '../support/cluster/checker.ts'
import { History } from '../support/cluster/history.ts'
import { fixedSet, leftovers } from '../support/cluster/leftovers.ts'
import { startNodes } from '../support/cluster/nodes.ts'
import { Swarm } from '../support/cluster/swarm.ts'

const rooms = ['one', 'two', 'three']

function config(name: string): NodeConfig {
  return {
    name,
    insecure: true,
    log: { level: 'warn' },
    rooms: {
      default: { history: { size: 1_000, ttl: '120s' }, recover: true },
      namespaces: { here: { presence: true } },
    },
  }
}

test('a swarm on a node in good health sees every message once, and is told of nothing', async () => {
  const history = new History()
  await using nodes = await startNodes([config('a')])
  await using swarm = new Swarm({
    ...{ history, nodes, clients: 30, rooms, pauseMs: 1, random: Math.random },
  })
  await swarm.settles()
  swarm.publish()
  await until(() => swarm.published > 300, { what: '300 messages are published' })
  await swarm.quiesce()
  const { findings, tally } = checkHistory(history.events)
  expect(findings).toEqual([])
  expect(tally).toMatchObject({ acked: swarm.published, failed: 0, unknown: 0, told: 0 })
  expect(tally.received).toBe(swarm.published * 20)
  expect([swarm.drops, swarm.faults]).toEqual([0, []])
})

test('a swarm whose only node is killed and comes back empty is told so', async () => {
  const history = new History()
  await using nodes = await startNodes([config('a')])
  await using swarm = new Swarm({
    ...{ history, nodes, clients: 30, rooms, pauseMs: 1, random: Math.random },
  })
  await swarm.settles()
  swarm.publish()
  await until(() => swarm.published > 200, { what: '200 messages are published' })
  const [node] = nodes.all
  const pid = node!.gateway!.pid
  await node!.kill()
  expect(isRunning(pid)).toBe(false)
  await node!.start()
  await swarm.settles()
  await swarm.quiesce()
  const { findings, tally } = checkHistory(history.events, { mayRollBack: true })
  expect(findings).toEqual([])
  expect(swarm.drops).toBeGreaterThanOrEqual(30)
  expect(tally.told).toBe(60)
  expect(checkHistory(history.events).findings.some(({ kind }) => kind === 'replaced')).toBe(true)
  expect(swarm.faults).toEqual([])
})

test('who is present is who is there, and somebody who is not of the swarm is found', async () => {
  await using nodes = await startNodes([config('a')])
  const [node] = nodes.all
  const fixed = await fixedSet(node!)
  const attended = ['here:one']
  const load = { nodes, clients: 5, rooms: attended, attended, random: Math.random }
  const kindsAfter = async (swarm: Swarm, history: History): Promise<string[]> => {
    await swarm.quiesce({ presentBy: performance.now() })
    return checkHistory(history.events).findings.map(({ kind }) => kind)
  }
  {
    const history = new History()
    await using swarm = new Swarm({ ...load, history })
    await swarm.settles()
    expect(await kindsAfter(swarm, history)).toEqual([])
    expect(history.events).toContainEqual(expect.objectContaining({ type: 'present', node: 'a' }))
    expect(await leftovers(nodes, swarm, { fixed })).toEqual([])
  }
  const stranger = await connectClient({ client: node!.gateway!.client })
  await stranger.subscribe('here:one')
  const history = new History()
  await using swarm = new Swarm({ ...load, history })
  await swarm.settles()
  expect(await kindsAfter(swarm, history)).toEqual(['ghost'])
  expect(await leftovers(nodes, swarm, { fixed, settleMs: 1_000 })).toEqual([
    'a: sockets is 6 and not 5',
    'a: connections is 6 and not 5',
    'a: clients is 6 and not 5',
    `a: actors is ${fixed + 7} and not ${fixed + 6}`,
  ])
})

test('a node that is paused is not ready until it goes on, and drains when it is stopped', async () => {
  await using nodes = await startNodes([config('a'), config('b')])
  const [a, b] = nodes.all
  a!.pause()
  expect(await Promise.all([a!.isReady(), b!.isReady()])).toEqual([false, true])
  a!.resume()
  await a!.becomesReady()
  await a!.stop()
  expect(nodes.running).toEqual([b])
  expect(await a!.isReady()).toBe(false)
})
