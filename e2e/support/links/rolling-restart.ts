// Every node of a cluster is drained and started again, one after the other, under load.
//
//   SIGTERM ─▶ closes spread over 20 s ─▶ exit 0 ─▶ started ─▶ ready ─▶ the next        a second SIGTERM ends it at once

import { setTimeout as sleep } from 'node:timers/promises'
import { atMost, type Experiment, spreadOf } from './experiment.ts'
import { LoadedCluster } from './loaded-cluster.ts'
import type { TimedHistory } from './timed-history.ts'

const exitMs = 35_000
const windowMs = 1_000

export const rollingRestart: Experiment = {
  name: 'rolling-restart',
  promise: 'each node drained over 20 s: ends with 0 in 35 s, reconnects spread out, nothing lost',
  times: 2,
  async play({ times, random, brief }) {
    const spreadMs = brief ? 1_000 : 20_000
    await using cluster = await LoadedCluster.start({
      ...{ clients: brief ? 30 : 300, random },
      config: { drain: { graceMs: 500, spreadMs } },
    })
    const { nodes } = cluster
    const [broken, late]: [string[], string[]] = [[], []]
    const [exits, outages, peaks]: [number[], number[], number[]] = [[], [], []]
    let closed = 0
    for (let round = 0; round < times; round++) {
      const found = await cluster.round(async ({ history }) => {
        await sleep(1_000)
        for (const node of nodes.all) {
          const began = performance.now()
          // Rejects unless it ends with 0.
          await node.stop().catch((error: Error) => broken.push(`round ${round}: ${error.message}`))
          exits.push(performance.now() - began)
          const drops = dropsSince(history, began)
          closed += drops.length
          const even = (drops.length * windowMs) / spreadMs
          peaks.push(mostIn(drops, windowMs) / Math.max(even, 1))
          await node.start()
          await node.becomesReady()
        }
        outages.push(...history.outages(0))
      })
      broken.push(...found.map((line) => `round ${round}: ${line}`))
    }
    // What a second signal does.
    const impatient = cluster.oneNode().gateway!
    process.kill(impatient.pid, 'SIGTERM')
    await sleep(500)
    const began = performance.now()
    process.kill(impatient.pid, 'SIGTERM')
    const code = await impatient.exit
    const forcedMs = performance.now() - began
    const peak = Math.max(...peaks)
    if (peak > 1.5)
      late.push(`${peak.toFixed(2)} times as many closes in a second as evenly spread`)
    if (code !== 1) broken.push(`a second SIGTERM ended it with ${code}`)
    return {
      rows: [
        ['nodes drained', exits.length],
        ['connections closed by them', closed],
        ['from SIGTERM until exit 0, min / median / p99 / max', spreadOf(exits)],
        ['most in a second, as a multiple of evenly spread', peak.toFixed(2)],
        ['out of a room for', spreadOf(outages)],
        ['a second SIGTERM: exit code, after', `${code}, ${forcedMs.toFixed(0)} ms`],
      ],
      broken,
      late: [...late, ...atMost(exitMs, exits, 'a drain')],
    }
  },
}

/** When clients lost their connections; each left all of its rooms at once. */
function dropsSince({ events, times }: TimedHistory, since: number): number[] {
  const last = new Map<string, number>()
  const drops: number[] = []
  for (const [i, event] of events.entries()) {
    const at = times[i]!
    if (event.type !== 'left' || at < since) continue
    if (at - (last.get(event.client) ?? -Infinity) > 5) drops.push(at)
    last.set(event.client, at)
  }
  return drops
}

/** The most that fall into any span of this length. */
function mostIn(at: readonly number[], spanMs: number): number {
  let [most, from] = [0, 0]
  for (let to = 0; to < at.length; to++) {
    while (at[to]! - at[from]! >= spanMs) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}
