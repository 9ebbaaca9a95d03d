// What a load on several nodes found: deliveries a CPU second of all nodes together, with and without Redis's own.

import type { FanoutScenario } from '../swarm/scenario.ts'
import { howMeasured, type Settings, takeTurnsWith, warmupMs } from './bench.ts'
import { startCluster } from './cluster.ts'
import { clusterContenders } from './contenders.ts'
import { toTurn } from './load.ts'
import type { Measure, Table } from './report.ts'
import { startSwarm } from './swarm.ts'

const measures: Measure[] = [
  { key: 'perSecond', title: 'deliveries', unit: 'per second', compare: true },
  { key: 'perCpu', title: 'a CPU second', unit: 'per second', compare: true },
  { key: 'perCpuRedis', title: '… with Redis', unit: 'per second', compare: true },
  { key: 'p50', title: 'latency p50', unit: 'ms' },
  { key: 'p99', title: 'latency p99', unit: 'ms' },
  { key: 'serverLoad', title: 'nodes', unit: '%' },
  { key: 'redisLoad', title: 'Redis', unit: '%' },
  { key: 'swarmLoad', title: 'swarm core', unit: '%' },
  { key: 'elsewhere', title: 'other work', unit: '%' },
  { key: 'lost', title: 'lost', unit: 'count' },
]

/** How many rooms there are, and who is in each. */
export interface Shape {
  rooms: number
  /** Of each room, on all nodes together, where there are so many nodes. */
  members: (nodes: number) => number
  payloadBytes: number
}

export async function clusterLoad(
  settings: Settings,
  title: string,
  { rooms, members, payloadBytes }: Shape,
  pace: FanoutScenario['pace'],
): Promise<Pick<Table, 'setting' | 'measures' | 'entries' | 'notes'>> {
  const { cores, nodes, seconds } = settings
  const field = clusterContenders(settings.contenders, nodes)
  const turns = await takeTurnsWith(settings, title, field, async (contender) => {
    await using cluster = await startCluster(contender, cores?.server)
    await using swarm = startSwarm(cores?.swarm)
    const outcome = await swarm.load({
      ...{ type: 'fanout', target: cluster.target, warmupMs, measureMs: seconds * 1000 },
      ...{ rooms, members: members(contender.nodes), payloadBytes, pace },
    })
    const { count, serverCpuUs, redisCpuUs } = outcome
    const { figures, notes } = toTurn(outcome)
    figures['perCpu'] = (count / serverCpuUs) * 1e6
    figures['perCpuRedis'] = (count / (serverCpuUs + redisCpuUs)) * 1e6
    figures['redisLoad'] = (redisCpuUs / outcome.seconds / 1e6) * 100
    return { figures, notes }
  })
  return { setting: howMeasured(settings), measures, ...turns }
}
