// What is done to a cluster under load, and healed again.

import { setTimeout as sleep } from 'node:timers/promises'
import { type RedisServer, type SentinelTrio, until } from '@sluice/test-support'
import { oneOf } from '../random.ts'
import type { Nodes } from './nodes.ts'
import type { ProxyThread } from './proxy-thread.ts'

/** What a fault may touch. */
export interface Stage {
  readonly nodes: Nodes
  /** One for each node, in the same order; none where Sentinels name the server. */
  readonly proxies: readonly ProxyThread[]
  readonly redis: RedisServer
  /** Only for faults that ask for it. */
  readonly trio: SentinelTrio | undefined
  /** 0 to 1. */
  readonly random: () => number
  /** Acknowledged publications that Redis is known to have thrown away. */
  lost: number
}

export interface Fault {
  readonly name: string
  /** Redis may lose what it had acked. Default false. */
  readonly mayRollBack?: boolean
  /** With Sentinels. Default false. */
  readonly sentinels?: boolean
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
    mayRollBack: true,
    async play({ redis, random }) {
      await redis.kill()
      await sleep(2_000 * random())
      await redis.restart()
    },
  },
  {
    name: 'redis-pause',
    async play({ redis, random }) {
      redis.pause()
      await sleep(500 + 4_000 * random())
      redis.resume()
    },
  },
  {
    name: 'black-hole',
    async play({ proxies, random }) {
      const proxy = oneOf(proxies, random)
      await proxy.blackHole()
      await sleep(500 + 6_000 * random())
      await proxy.pass()
    },
  },
  {
    name: 'deaf',
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
    sentinels: true,
    play: async ({ trio, random }) => killPrimary(trio!, random),
  },
  {
    // Acknowledged publications are gone for certain: everybody must be told.
    name: 'failover-lag',
    mayRollBack: true,
    sentinels: true,
    async play(stage) {
      await cutOff(stage)
      await killPrimary(stage.trio!, stage.random)
    },
  },
  {
    // It wakes as a primary, answers what lies in its sockets, and takes writes until it is told.
    name: 'failover-frozen',
    mayRollBack: true,
    sentinels: true,
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
]

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
  const { trio, random } = stage
  const primary = await trio!.primary()
  const replica = trio!.servers.find((server) => server !== primary)!
  // Sentinel makes it follow again after 8 s.
  await replica.admin.replicaof('NO', 'ONE')
  await sleep(300 + 1_200 * random())
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
