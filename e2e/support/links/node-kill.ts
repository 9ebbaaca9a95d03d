// A node is killed at any moment of its work.
//
//   SIGKILL ─▶ its clients recover on the others ─▶ it is no member any more ─▶ its ghosts are out of the rooms ─▶ restart

import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '@sluice/test-support'
import { atMost, type Experiment, percentile, spreadOf } from './experiment.ts'
import { briefTimes, LoadedCluster } from './loaded-cluster.ts'
import type { TimedHistory } from './timed-history.ts'

const outageMs = 10_000
const outageP99Ms = 3_000
const memberMs = 10_000
const ghostMs = 15_000

export const nodeKill: Experiment = {
  name: 'node-kill',
  promise:
    'a killed node: clients back in 3 s (p99), no member after 10 s, no ghost after 15 s, others undisturbed',
  times: 30,
  async play({ times, random, brief }) {
    await using cluster = await LoadedCluster.start({
      ...{ clients: brief ? 30 : 300, random },
      ...(brief && { config: { cluster: briefTimes } }),
    })
    const { nodes } = cluster
    const [broken, late]: [string[], string[]] = [[], []]
    const outages: number[] = []
    const [members, ghosts]: [number[], number[]] = [[], []]
    const [calm, disturbed]: [number[], number[]] = [[], []]
    let [dropped, others] = [0, 0]
    for (let round = 0; round < times; round++) {
      const found = await cluster.round(async ({ swarm, history }) => {
        const began = performance.now()
        await sleep((brief ? 500 : 3_000) + 1_000 * random())
        const victim = cluster.oneNode()
        const before = swarm.drops
        const killed = performance.now()
        await victim.kill()
        const survivor = cluster.oneNode().gateway!
        const gone = until(
          async () => {
            const { nodes: known } = await survivor.api<{ nodes: { name: string }[] }>('info')
            return known.every(({ name }) => name !== victim.config.name)
          },
          { what: 'it is no member', deadlineMs: 30_000 },
        ).then(() => members.push(performance.now() - killed))
        const noGhosts = async (room: string): Promise<boolean> => {
          const { num_clients: count } = await survivor.api<{ num_clients: number }>(
            'presence_stats',
            { channel: room },
          )
          return count === swarm.clients.filter((client) => client.rooms.includes(room)).length
        }
        await swarm.settles()
        for (const room of cluster.rooms) {
          await until(() => noGhosts(room), { what: `no ghost in ${room}`, deadlineMs: 30_000 })
        }
        ghosts.push(performance.now() - killed)
        await gone
        const left = leftSince(history, killed)
        dropped += swarm.drops - before
        others += [...left].length - (swarm.drops - before)
        outages.push(...history.outages(killed))
        const stayed = (client: string): boolean => !left.has(client)
        calm.push(...history.delays(began + 500, killed - 500, stayed))
        disturbed.push(...history.delays(killed, killed + 5_000, stayed))
        await victim.start()
        await victim.becomesReady()
      })
      broken.push(...found.map((line) => `round ${round}: ${line}`))
    }
    const [p99Before, p99After] = [percentile(calm, 0.99), percentile(disturbed, 0.99)]
    if (percentile(outages, 0.99) > outageP99Ms) late.push('an outage: p99 above 3 s')
    if (p99After > 2 * p99Before) late.push('the delay of others: p99 above twice what it was')
    if (nodes.running.length !== 3) broken.push('not all nodes run')
    return {
      rows: [
        ['nodes killed', times],
        ['clients cut off', dropped],
        ['clients of other nodes cut off', others],
        ['out of a room for, min / median / p99 / max', spreadOf(outages)],
        ['until it was no member', spreadOf(members)],
        ['until its clients were not present any more', spreadOf(ghosts)],
        ['delay for clients of the others, before', spreadOf(calm)],
        ['… in the 5 s after', spreadOf(disturbed)],
      ],
      broken,
      late: [
        ...late,
        ...atMost(outageMs, outages, 'an outage'),
        ...atMost(memberMs, members, 'membership'),
        ...atMost(ghostMs, ghosts, 'ghosts'),
      ],
    }
  },
}

/** Clients that lost their connection. */
function leftSince({ events, times }: TimedHistory, since: number): Set<string> {
  const left = new Set<string>()
  for (const [i, event] of events.entries()) {
    if (event.type === 'left' && times[i]! >= since) left.add(event.client)
  }
  return left
}
