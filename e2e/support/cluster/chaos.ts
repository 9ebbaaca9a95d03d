// One round of chaos: a cluster with a swarm on it, one fault at a random moment, healing, a last message to every room,
// and the checker's word.
//
//   redis ◀── proxy ◀── node        swarm ⇄ any node        load ─▶ fault ─▶ heal ─▶ settle ─▶ last messages ─▶ check

import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeConfig } from '@sluice/node'
import { oneOf } from '../random.ts'
import { checkHistory, type Verdict } from './checker.ts'
import { History } from './history.ts'
import { type Nodes, startNodes } from './nodes.ts'
import { type RedisProxy, startProxy } from './proxy.ts'
import { type RedisServer, type SentinelTrio, startRedis, startSentinels } from './redis.ts'
import { Swarm } from './swarm.ts'

/** What a fault may touch. */
export interface Stage {
  readonly nodes: Nodes
  /** One for each node, in the same order. */
  readonly proxies: readonly RedisProxy[]
  readonly redis: RedisServer
  /** Only for faults that ask for it. */
  readonly trio: SentinelTrio | undefined
  /** 0 to 1. */
  readonly random: () => number
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
      proxy.blackHole()
      await sleep(500 + 6_000 * random())
      await proxy.pass()
    },
  },
  {
    name: 'deaf',
    async play({ proxies, random }) {
      const proxy = oneOf(proxies, random)
      proxy.dropMessages()
      await sleep(500 + 4_000 * random())
      await proxy.pass()
      if (proxy.dropped === 0) throw new Error('no message came this way: the fault was none')
    },
  },
  {
    name: 'cut',
    async play({ proxies, random }) {
      for (let nth = 0; nth < 5; nth++) {
        const proxy = oneOf(proxies, random)
        if (random() < 0.4) proxy.cut()
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
    name: 'failover',
    mayRollBack: true,
    sentinels: true,
    async play({ trio, proxies }) {
      const switched = trio!.switched()
      await (await trio!.primary()).kill()
      const primary = await switched
      for (const proxy of proxies) {
        proxy.targetPort = primary.port
        proxy.cut()
      }
    },
  },
]

export interface RoundOptions {
  fault: Fault
  clients: number
  /** Default 3. */
  nodes?: number
  /** 0 to 1. */
  random: () => number
}

export interface Outcome extends Verdict {
  published: number
  drops: number
  /** What no client should have been told. */
  faults: readonly string[]
  /** From healing until all nodes were ready and everybody in its rooms again; absent if they never were. */
  healedMs: number | undefined
}

const rooms = Array.from({ length: 8 }, (_, nth) => `room-${nth}`)

/** Plays one round. */
export async function playRound(options: RoundOptions): Promise<Outcome> {
  const { fault, clients, nodes: count = 3, random } = options
  await using stack = new AsyncDisposableStack()
  const trio = fault.sentinels ? stack.use(await startSentinels()) : undefined
  const redis = trio ? await trio.primary() : stack.use(await startRedis())
  const proxies: RedisProxy[] = []
  for (let nth = 0; nth < count; nth++) proxies.push(stack.use(await startProxy(redis.port)))
  const nodes = stack.use(await startNodes(proxies.map(({ url }, nth) => configOf(nth, url))))
  const history = new History()
  const swarm = stack.use(new Swarm({ history, nodes, clients, rooms, random }))
  await swarm.settles()
  swarm.publish()
  await sleep(500 + 1_500 * random())
  await fault.play({ nodes, proxies, redis, trio, random })
  const healed = performance.now()
  const back = await Promise.all([
    swarm.settles(),
    ...nodes.running.map((node) => node.becomesReady(30_000)),
  ]).then(
    () => performance.now() - healed,
    () => undefined,
  )
  await swarm.quiesce()
  const { mayRollBack = false } = fault
  const { findings, tally } = checkHistory(history.events, { mayRollBack })
  return {
    findings,
    tally,
    published: swarm.published,
    drops: swarm.drops,
    faults: swarm.faults,
    healedMs: back,
  }
}

function configOf(nth: number, redis: string): NodeConfig {
  return {
    name: `node-${nth}`,
    redis,
    insecure: true,
    log: { level: 'warn' },
    heartbeat: { pingMs: 8_000, pongMs: 5_000 },
    drain: { batch: 50, intervalMs: 20 },
    rooms: { default: { history: { size: 5_000, ttl: '300s' }, recover: true } },
  }
}
