// What is done to a cluster under load, and healed again.

import { setTimeout as sleep } from 'node:timers/promises'
import {
  type RedisCluster,
  type RedisNode,
  type RedisServer,
  type SentinelTrio,
  until,
} from '@sluice/test-support'
import { oneOf } from '../random.ts'
import type { Nodes } from './nodes.ts'
import type { ProxyThread } from './proxy-thread.ts'

/** What nodes may have for a Redis. */
export const redisKinds = ['one', 'sentinels', 'cluster'] as const

export type RedisKind = (typeof redisKinds)[number]

/** What a fault may touch. Of the kinds of Redis, there is the one that it asks for. */
export interface Stage {
  readonly nodes: Nodes
  /** One for each node, in the same order, before one server; others are named by Redis itself. */
  readonly proxies: readonly ProxyThread[]
  readonly one: RedisServer | undefined
  readonly trio: SentinelTrio | undefined
  readonly cluster: RedisCluster | undefined
  /** 0 to 1. */
  readonly random: () => number
  /** Acknowledged publications that Redis is known to have thrown away. */
  lost: number
}

export interface Fault {
  readonly name: string
  /** Redis may lose what it had acked. Default false. */
  readonly mayRollBack?: boolean
  /** The only kind of Redis that it can be played on. Default: any. */
  readonly redis?: RedisKind
  /** Does it and heals it. */
  readonly play: (stage: Stage) => Promise<void>
}

export const faults: readonly Fault[] = [
  {
    name: 'node-kill',
    async play({ nodes, random }) {
      const node = oneOf(nodes.all, random)
      await node.kill()
      await sleep(1_000 * random())
      await node.start()
    },
  },
  {
    // Longer than a lease: the others have counted it out when it goes on.
    name: 'node-pause',
    async play({ nodes, random }) {
      const node = oneOf(nodes.all, random)
      node.pause()
      await sleep(10_000 + 2_000 * random())
      node.resume()
    },
  },
  {
    name: 'redis-empty',
    redis: 'one',
    mayRollBack: true,
    async play({ one, random }) {
      await one!.kill()
      await sleep(2_000 * random())
      await one!.restart()
    },
  },
  {
    name: 'redis-pause',
    redis: 'one',
    async play({ one, random }) {
      one!.pause()
      await sleep(500 + 4_000 * random())
      one!.resume()
    },
  },
  {
    name: 'black-hole',
    redis: 'one',
    async play({ proxies, random }) {
      const proxy = oneOf(proxies, random)
      await proxy.blackHole()
      await sleep(500 + 6_000 * random())
      await proxy.pass()
    },
  },
  {
    name: 'deaf',
    redis: 'one',
    async play({ proxies, random }) {
      const proxy = oneOf(proxies, random)
      await proxy.dropMessages()
      await sleep(500 + 4_000 * random())
      await proxy.pass()
      if ((await proxy.dropped()) === 0)
        throw new Error('no message came this way: the fault was none')
    },
  },
  {
    name: 'cut',
    redis: 'one',
    async play({ proxies, random }) {
      for (let nth = 0; nth < 5; nth++) {
        const proxy = oneOf(proxies, random)
        if (random() < 0.4) await proxy.cut()
        else {
          const direction = random() < 0.5 ? 'toRedis' : 'toClient'
          const bytes = Math.floor(20_000 * random() ** 3)
          await Promise.race([proxy.cutAfter(bytes, direction), sleep(2_000)])
        }
        await sleep(300 * random())
      }
      for (const proxy of proxies) await proxy.pass()
    },
  },
  {
    name: 'roll',
    async play({ nodes }) {
      for (const node of nodes.all) {
        await node.stop()
        await node.start()
        await node.becomesReady()
      }
    },
  },
  {
    // The replica may have all or nearly all. The old primary comes back as an empty one until it is told.
    name: 'failover',
    mayRollBack: true,
    redis: 'sentinels',
    play: async ({ trio, random }) => killPrimary(trio!, random),
  },
  {
    // Acknowledged publications are gone for certain: everybody must be told.
    name: 'failover-lag',
    mayRollBack: true,
    redis: 'sentinels',
    async play(stage) {
      await cutOff(stage)
      await killPrimary(stage.trio!, stage.random)
    },
  },
  {
    // It wakes as a primary, answers what lies in its sockets, and takes writes until it is told.
    name: 'failover-frozen',
    mayRollBack: true,
    redis: 'sentinels',
    async play(stage) {
      const { trio, random } = stage
      if (random() < 0.5) await cutOff(stage)
      const old = await trio!.primary()
      const switched = trio!.switched()
      old.pause()
      await switched
      await sleep(1_000 * random())
      old.resume()
    },
  },
  {
    // Its replica may have all or nearly all. It comes back empty, and follows.
    name: 'cluster-failover',
    mayRollBack: true,
    redis: 'cluster',
    async play({ cluster, random }) {
      const pair = await pairOf(cluster!, random)
      await killPair(pair, random)
    },
  },
  {
    // Acknowledged publications are gone for certain: everybody must be told.
    name: 'cluster-lag',
    mayRollBack: true,
    redis: 'cluster',
    async play(stage) {
      const pair = await pairOf(stage.cluster!, stage.random)
      await cutApart(stage, pair)
      await killPair(pair, stage.random)
    },
  },
  {
    // For a moment, or until its replica was promoted: then it wakes as a primary, until it is told.
    name: 'cluster-frozen',
    mayRollBack: true,
    redis: 'cluster',
    async play(stage) {
      const { random } = stage
      const pair = await pairOf(stage.cluster!, random)
      const { primary, replica } = pair
      if (random() < 0.5) await cutApart(stage, pair)
      primary.pause()
      if (random() < 0.3) await sleep(800 * random())
      else {
        await promoted(replica)
        await sleep(1_000 * random())
      }
      primary.resume()
    },
  },
  {
    // There and back and on, under whatever is kept in them.
    name: 'cluster-move',
    redis: 'cluster',
    async play({ cluster, random }) {
      const { primaries } = cluster!
      const pause = (): Promise<void> => sleep(400 * random())
      for (let moved = 0; moved < 5;) {
        const from = oneOf(primaries, random)
        const to = oneOf(primaries, random)
        const key = to === from ? null : await from.admin.randomkey()
        if (key === null) continue
        const slot = await from.admin.cluster('KEYSLOT', key)
        await cluster!.move(slot, from, to, { begun: pause, halfway: pause })
        moved++
        await pause()
      }
    },
  },
]

interface Pair {
  readonly primary: RedisNode
  readonly replica: RedisNode
}

/** One that keeps rooms. */
async function pairOf({ primaries, replicas }: RedisCluster, random: () => number): Promise<Pair> {
  const counts = await Promise.all(primaries.map(countOf))
  const primary = oneOf(
    primaries.filter((_, nth) => counts[nth]! > 0),
    random,
  )
  return { primary, replica: replicas[primaries.indexOf(primary)]! }
}

async function killPair({ primary, replica }: Pair, random: () => number): Promise<void> {
  await primary.kill()
  await promoted(replica)
  await sleep(1_000 * random())
  await primary.restart()
}

/** As `cutOff`. A node of a cluster cannot be told to follow nobody, but to knock with the wrong password. */
async function cutApart(stage: Stage, { primary, replica }: Pair): Promise<void> {
  await replica.admin.config('SET', 'masterauth', 'wrong')
  await primary.admin.call('CLIENT', 'KILL', 'TYPE', 'replica')
  await replica.admin.call('READONLY')
  await missSomething(stage, primary, replica)
}

/** Resolves when it is a primary, and takes writes. */
async function promoted({ admin }: RedisNode): Promise<void> {
  await until(async () => (await admin.role())[0] === 'master', {
    what: 'the replica is promoted',
    deadlineMs: 30_000,
  })
}

async function killPrimary(trio: SentinelTrio, random: () => number): Promise<void> {
  const old = await trio.primary()
  const switched = trio.switched()
  await old.kill()
  await switched
  await sleep(1_000 * random())
  await old.restart()
}

/** Lets the replica miss what is published from now on, and waits until it has missed something. */
async function cutOff(stage: Stage): Promise<void> {
  const { trio } = stage
  const primary = await trio!.primary()
  const replica = trio!.servers.find((server) => server !== primary)!
  // Sentinel makes it follow again after 8 s.
  await replica.admin.replicaof('NO', 'ONE')
  await missSomething(stage, primary, replica)
}

async function missSomething(
  stage: Stage,
  primary: RedisServer,
  replica: RedisServer,
): Promise<void> {
  await sleep(300 + 1_200 * stage.random())
  stage.lost = await until(
    async () => {
      const [kept, all] = await Promise.all([countOf(replica), countOf(primary)])
      return all > kept && all - kept
    },
    { what: 'the replica misses something', deadlineMs: 5_000 },
  )
}

/** Publications that its streams have had. */
async function countOf({ admin }: RedisServer): Promise<number> {
  const metas = await admin.keys('sluice:*:meta')
  const offsets = await Promise.all(metas.map((key) => admin.hget(key, 'o')))
  return offsets.reduce((sum, offset) => sum + Number(offset), 0)
}
