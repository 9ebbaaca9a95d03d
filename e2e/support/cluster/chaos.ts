// One round of chaos: a cluster with a swarm on it, one fault at a random moment, healing, a last message to every room,
// and the checker's word.
//
//   redis ◀── proxy ◀── node        swarm ⇄ any node        load ─▶ fault ─▶ heal ─▶ settle ─▶ last messages ─▶ check

import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeConfig } from '@sluice/node'
import { startRedis, startRedisCluster, startSentinels } from '@sluice/test-support'
import { checkHistory, type Verdict } from './checker.ts'
import type { Fault, RedisKind, Stage } from './faults.ts'
import { History } from './history.ts'
import { fixedSet, leftovers } from './leftovers.ts'
import { startNodes } from './nodes.ts'
import { type ProxyThread, startProxyThread } from './proxy-thread.ts'
import { Swarm } from './swarm.ts'

export { type Fault, faults, type RedisKind, redisKinds } from './faults.ts'

export interface RoundOptions {
  fault: Fault
  clients: number
  /** Where the fault asks for none. Default `one`. */
  redis?: RedisKind
  /** Default 3. */
  nodes?: number
  /** 0 to 1. */
  random: () => number
}

export interface Outcome extends Verdict {
  /** All that happened. */
  history: History
  published: number
  drops: number
  /** Acknowledged publications that Redis is known to have thrown away. */
  lost: number
  /** What no client should have been told. */
  faults: readonly string[]
  /** What is on a node and should not be, or the other way round. */
  leftovers: readonly string[]
  /** From healing until all nodes were ready and everybody in its rooms again; absent if they never were. */
  healedMs: number | undefined
}

/** Everything that is wrong with a round, in words. */
export function problemsOf({ findings, faults, leftovers: left, healedMs }: Outcome): string[] {
  return [
    ...findings.map(
      ({ kind, room, client = '', detail }) => `${kind} ${room} ${client}: ${detail}`,
    ),
    ...faults,
    ...left,
    ...(healedMs === undefined ? ['not everybody came back'] : []),
  ]
}

/** After healing: a lease and a beat, and as long as a node may take to see that a socket is dead. */
const presenceMs = 12_000
const publishers = 6
const roomsEach = 2
/** Of all clients together, each second: the machine also has three nodes and a Redis to run. */
const deliveriesPerSecond = 6_000

/** Plays one round. */
export async function playRound(options: RoundOptions): Promise<Outcome> {
  const { fault, clients, nodes: count = 3, random } = options
  await using stack = new AsyncDisposableStack()
  const kind = fault.redis ?? options.redis ?? 'one'
  const one = kind === 'one' ? stack.use(await startRedis()) : undefined
  const trio = kind === 'sentinels' ? stack.use(await startSentinels()) : undefined
  const cluster =
    kind === 'cluster' ? stack.use(await startRedisCluster({ replicas: true })) : undefined
  const proxies: ProxyThread[] = []
  const urls: string[] = []
  for (let nth = 0; nth < count; nth++) {
    // The others name their servers themselves.
    if (one !== undefined) proxies.push(stack.use(await startProxyThread(one.port)))
    urls.push(trio?.url ?? cluster?.url ?? proxies[nth]!.url)
  }
  // One process plays all clients: some of them are late.
  const patienceMs = 5_000 + 5 * clients
  const nodes = stack.use(await startNodes(urls.map((url, nth) => configOf(nth, url, patienceMs))))
  const fixed = await fixedSet(nodes.all[0]!)
  const history = new History()
  const swarm = stack.use(
    new Swarm({
      ...{ history, nodes, clients, random, roomsEach, publishers },
      ...{ commandTimeoutMs: patienceMs, ...load(clients) },
    }),
  )
  const settleMs = 30_000 + 100 * clients
  await swarm.settles(settleMs)
  swarm.publish()
  await sleep(500 + 1_500 * random())
  const stage: Stage = { nodes, proxies, one, trio, cluster, random, lost: 0 }
  await fault.play(stage)
  const healed = performance.now()
  const back = await Promise.all([
    swarm.settles(settleMs),
    ...nodes.running.map((node) => node.becomesReady(30_000)),
  ]).then(
    () => performance.now() - healed,
    () => undefined,
  )
  await swarm.quiesce({ presentBy: healed + presenceMs })
  const left = await leftovers(nodes, swarm, { fixed })
  const { mayRollBack = false } = fault
  const { findings, tally } = checkHistory(history.events, { mayRollBack })
  return {
    history,
    findings,
    tally,
    published: swarm.published,
    drops: swarm.drops,
    lost: stage.lost,
    faults: swarm.faults,
    leftovers: left,
    healedMs: back,
  }
}

/** Rooms, two of which have presence, and a pace: with more clients more rooms, and no more deliveries. */
function load(clients: number): {
  rooms: string[]
  attended: string[]
  pauseMs: number
  spreadMs: number
} {
  const attended = ['here:0', 'here:1']
  const more = Math.max(6, Math.ceil(clients / 50) - attended.length)
  const rooms = [...attended, ...Array.from({ length: more }, (_, nth) => `room-${nth}`)]
  const members = (clients * roomsEach) / rooms.length
  const pauseMs = Math.max(20, (publishers * members * 1_000) / deliveriesPerSecond)
  return { rooms, attended, pauseMs, spreadMs: 2 * clients }
}

function configOf(nth: number, redis: string, patienceMs: number): NodeConfig {
  const kept = { history: { size: 5_000, ttl: '300s' }, recover: true } as const
  return {
    name: `node-${nth}`,
    redis,
    insecure: true,
    log: { level: 'warn' },
    limits: { connectTimeoutMs: patienceMs, handshakeTimeoutMs: patienceMs },
    heartbeat: { pingMs: 8_000, pongMs: 5_000 },
    drain: { batch: 50, intervalMs: 20 },
    rooms: { default: kept, namespaces: { here: { ...kept, presence: true } } },
  }
}
