// Redis dies, is away for a minute, and comes back with nothing in it.
//
//   SIGKILL ─▶ sockets stay, publishes fail fast ─▶ started, empty ─▶ every room is told of its new epoch

import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '@sluice/test-support'
import { apiKey } from '../gateway.ts'
import { atMost, type Experiment, spreadOf } from './experiment.ts'
import { LoadedCluster } from './loaded-cluster.ts'
import type { TimedHistory } from './timed-history.ts'

/** What a publish may take, and a little for the request. */
const refusedMs = 2_200
const toldMs = 5_000
const growthBytes = 50_000_000

export const emptyRedis: Experiment = {
  name: 'empty-redis',
  promise:
    'Redis away for 60 s and back empty: sockets stay, publishes fail in 2 s, all rooms told 5 s after',
  times: 3,
  async play({ times, random, brief }) {
    const clients = brief ? 30 : 300
    await using cluster = await LoadedCluster.start({ clients, random })
    const { redis, nodes } = cluster
    const broken: string[] = []
    const [refused, told]: [number[], number[]] = [[], []]
    let [drops, accepted, growth] = [0, 0, 0]
    for (let round = 0; round < times; round++) {
      const found = await cluster.round(
        async ({ swarm, history }) => {
          await sleep(brief ? 500 : 2_000)
          const before = await memoryOf(nodes.all)
          const dropsBefore = swarm.drops
          await redis.kill()
          const end = performance.now() + (brief ? 3_000 : 60_000)
          while (performance.now() < end) {
            const began = performance.now()
            if (await publishes(cluster.oneNode().gateway!.client)) accepted++
            else refused.push(performance.now() - began)
            await sleep(50)
            const now = await memoryOf(nodes.all)
            growth = Math.max(growth, ...now.map((bytes, nth) => bytes - before[nth]!))
          }
          await redis.restart()
          const up = performance.now()
          const rooms = swarm.clients.flatMap((client) =>
            client.rooms.map((room) => `${client.name} ${room}`),
          )
          const allTold = (): boolean => toldSince(history, up).size === rooms.length
          await until(allTold, { what: 'all are told', deadlineMs: 30_000 }).catch(() => {})
          const heard = toldSince(history, up)
          told.push(...heard.values())
          const silent = rooms.filter((each) => !heard.has(each))
          if (silent.length > 0)
            broken.push(`round ${round}: not told: ${silent.length} of ${rooms.length}`)
          drops += swarm.drops - dropsBefore
        },
        { mayRollBack: true },
      )
      broken.push(...found.map((line) => `round ${round}: ${line}`))
    }
    if (drops > 0.001 * clients * times) broken.push(`${drops} sockets were dropped`)
    if (accepted > 0) broken.push(`${accepted} publishes were accepted without a Redis`)
    if (growth > growthBytes) broken.push(`a node grew by ${megabytes(growth)}`)
    return {
      rows: [
        ['outages', times],
        ['sockets dropped', `${drops} of ${clients * times}`],
        ['publishes refused / accepted meanwhile', `${refused.length} / ${accepted}`],
        ['refused after, min / median / p99 / max', spreadOf(refused)],
        ['a client told of a room’s new epoch, after Redis was up', spreadOf(told)],
        ['a node’s memory grew by at most', megabytes(growth)],
      ],
      broken,
      late: [...atMost(refusedMs, refused, 'a refusal'), ...atMost(toldMs, told, 'a client')],
    }
  },
}

async function publishes(client: string): Promise<boolean> {
  const response = await fetch(`${client}/api/publish`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-API-Key': apiKey },
    body: JSON.stringify({ channel: 'elsewhere', data: {} }),
  })
  const { error } = (await response.json()) as { error?: unknown }
  return error === undefined
}

async function memoryOf(nodes: LoadedCluster['nodes']['all']): Promise<number[]> {
  return Promise.all(nodes.map(async ({ gateway }) => Number((await gateway!.vars())['rss_bytes'])))
}

/** After how long each member was told that it must begin anew. */
function toldSince({ events, times }: TimedHistory, since: number): Map<string, number> {
  const told = new Map<string, number>()
  for (const [i, event] of events.entries()) {
    if (event.type !== 'told' || times[i]! < since) continue
    const key = `${event.client} ${event.room}`
    if (!told.has(key)) told.set(key, times[i]! - since)
  }
  return told
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
