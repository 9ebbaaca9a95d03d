// What a room occupies in which nothing happens: on a bus alone, and as a node's actor with one member in it. The slope
// between two counts, so that what a node and Redis have anyway cancels out.

import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startRedis } from '@sluice/test-support'
import type { Memory } from './bus/idler.ts'
import { type Bench, type Settings, takeTurnsWith, type Turn } from './support/bench.ts'
import { startChild } from './support/child.ts'
import { type ClusterContender, startCluster } from './support/cluster.ts'
import { clusterContenders } from './support/contenders.ts'
import { onCore } from './support/machine.ts'
import { redisBytes } from './support/memory.ts'
import type { Measure, Table } from './support/report.ts'
import { startSwarm } from './support/swarm.ts'

// The first rooms pay for what all share.
const base = 10_000
const roomsOfBus = 100_000
const roomsOfNode = 20_000
/** Sluice lets a connection into 128. */
const roomsEach = 100
// A node tells Redis of its members a second later at most, and Socket.IO of nothing.
const settleMs = 2_000

const inRedis: Measure = { key: 'redis', title: 'in Redis', unit: 'bytes' }
const memory = (compare: boolean): Measure[] => [
  { key: 'rss', title: 'resident', unit: 'bytes', compare },
  { key: 'heap', title: 'JavaScript heap', unit: 'bytes', compare },
]
const program = fileURLToPath(new URL('bus/idler.ts', import.meta.url))

export const bench: Bench = {
  name: 'idle-room',
  about: 'memory of an idle room, on a node and in Redis',
  run: async (settings) => [await busTable(settings), await nodeTable(settings)],
}

async function busTable(settings: Settings): Promise<Table> {
  const { cores, rounds } = settings
  const turns = await takeTurnsWith(settings, 'idle-room', [{ name: 'bus' }], async () => {
    await using redis = await startRedis({ run: onCore(cores?.swarm) })
    await using bus = startChild(program, [redis.url], cores?.server)
    const look = async (rooms: number) => ({
      ...(await bus.ask<Memory>({ type: 'hold', rooms })),
      redis: await redisBytes(redis.url),
    })
    const before = await look(base)
    const after = await look(base + roomsOfBus)
    return {
      figures: {
        rss: (after.rssBytes - before.rssBytes) / roomsOfBus,
        heap: (after.heapBytes - before.heapBytes) / roomsOfBus,
        redis: (after.redis - before.redis) / roomsOfBus,
      },
      notes: [],
    }
  })
  return {
    title: `idle-room: a subscription of the bus, between ${base} and ${base + roomsOfBus} of them`,
    setting: `after collecting garbage; ${rounds} rounds`,
    measures: [...memory(false), inRedis],
    ...turns,
  }
}

async function nodeTable(settings: Settings): Promise<Table> {
  const field = clusterContenders(settings.contenders, 1)
  const turns = await takeTurnsWith(settings, 'idle-room', field, (contender) =>
    nodeTurn(settings, contender),
  )
  return {
    title: `idle-room: a room of a node with 1 member, between ${base} and ${base + roomsOfNode} of them`,
    setting: `a connection is in ${roomsEach}; after collecting garbage; ${settings.rounds} rounds`,
    measures: [...memory(true), inRedis],
    ...turns,
  }
}

async function nodeTurn({ cores }: Settings, contender: ClusterContender): Promise<Turn> {
  await using cluster = await startCluster(contender, cores?.server)
  await using swarm = startSwarm(cores?.swarm)
  const { target, redis, nodes } = cluster
  const look = async (rooms: number) => {
    const connections = rooms / roomsEach
    const held = await swarm.hold({ type: 'hold', target, connections, roomsEach })
    await sleep(settleMs)
    const { rssBytes, heapBytes } = await nodes[0].memory()
    return {
      ...{ rssBytes, heapBytes, held },
      redis: redis === undefined ? Number.NaN : await redisBytes(redis.url),
    }
  }
  const before = await look(base)
  const after = await look(base + roomsOfNode)
  const more = (after.held - before.held) * roomsEach
  return {
    figures: {
      rss: (after.rssBytes - before.rssBytes) / more,
      heap: (after.heapBytes - before.heapBytes) / more,
      redis: (after.redis - before.redis) / more,
    },
    notes: more === roomsOfNode ? [] : [`${more} of ${roomsOfNode} rooms held`],
  }
}
