// From what the swarm saw to the figures of a turn; the same for every bench that puts a load on a server.

import type { Outcome } from '../swarm/scenario.ts'
import type { Turn } from './bench.ts'
import type { Measure } from './report.ts'

/** The measures of a load whose unit of work is called `work`: deliveries, answers, connections. */
export function loadMeasures(work: string, one: string): Measure[] {
  return [
    { key: 'perSecond', title: work, unit: 'per second', compare: true },
    { key: 'cpuUs', title: `CPU a ${one}`, unit: 'µs', compare: true },
    { key: 'p50', title: 'latency p50', unit: 'ms' },
    { key: 'p99', title: 'latency p99', unit: 'ms' },
    { key: 'serverLoad', title: 'server core', unit: '%' },
    { key: 'swarmLoad', title: 'swarm core', unit: '%' },
    { key: 'elsewhere', title: 'other work', unit: '%' },
    { key: 'lost', title: 'lost', unit: 'count' },
  ]
}

export function toTurn(outcome: Outcome): Turn {
  const { count, seconds, serverCpuUs, swarmCpuUs, elsewhereUs } = outcome
  const lost = outcome.expected - outcome.received
  const share = (us: number): number => (us / seconds / 1e6) * 100
  const notes: string[] = []
  if (outcome.failed > 0) notes.push(`${outcome.failed} connections failed`)
  if (lost !== 0) notes.push(`${lost} of ${outcome.expected} lost`)
  for (const [code, many] of Object.entries(outcome.closes))
    notes.push(`${many} connections closed by the server with ${code}`)
  return {
    figures: {
      perSecond: count / seconds,
      cpuUs: serverCpuUs / count,
      ...outcome.latencyMs,
      serverLoad: share(serverCpuUs),
      swarmLoad: share(swarmCpuUs),
      elsewhere: share(elsewhereUs),
      lost,
    },
    notes,
  }
}
