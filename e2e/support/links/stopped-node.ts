// A node is stopped as a whole, by SIGSTOP, for less and for more than its lease, while it owns rooms and writes into them.
//
//   SIGSTOP ─▶ the lease ends ─▶ others own, and write ─▶ SIGCONT ─▶ fenced by its own clock ─▶ member again

import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { NodeConfig } from '@sluice/node'
import { startRedis, until } from '@sluice/test-support'
import { checkHistory } from '../cluster/checker.ts'
import type { HistoryEvent } from '../cluster/history.ts'
import { type ClusterNode, startNodes } from '../cluster/nodes.ts'
import { SwarmClient } from '../cluster/swarm-client.ts'
import { atMost, type Experiment, spreadOf } from './experiment.ts'
import { briefTimes } from './loaded-cluster.ts'
import { lineOf } from './peer.ts'
import { TimedHistory } from './timed-history.ts'

const limitMs = 10_000
const rooms = Array.from({ length: 20 }, (_, nth) => `tick:${nth}`)
const stops = [5_000, 12_000, 30_000]
const behavior = fileURLToPath(new URL('../behaviors/ticking.ts', import.meta.url))

export const stoppedNode: Experiment = {
  name: 'stopped-node',
  promise: 'a node stopped for 5, 12, 30 s: owned elsewhere 10 s after, no write of a former owner',
  times: 6,
  async play({ times, random, brief }) {
    const leaseMs = brief ? briefTimes.leaseMs : 9_000
    await using redis = await startRedis()
    await using nodes = await startNodes(
      ['a', 'b', 'c'].map((name) => ({
        ...configOf(name, redis.url),
        ...(brief && { cluster: briefTimes }),
      })),
    )
    const [ownedMs, readyMs, outageMs]: [number[], number[], number[]] = [[], [], []]
    const broken: string[] = []
    let [owners, written, former, disturbed] = [0, 0, 0, 0]
    for (let round = 0; round < times; round++) {
      const find = (what: string): void => void broken.push(`round ${round}: ${what}`)
      const history = new TimedHistory()
      const clients = nodes.all.map(
        (node) =>
          new SwarmClient(node.config.name!, rooms, {
            ...{ history, random },
            pickNode: () => node.gateway?.socket ?? 'ws://127.0.0.1:9',
          }),
      )
      try {
        await until(() => clients.every(({ settled }) => settled), { what: 'all are in' })
        await until(() => rooms.every((room) => lastOwner(history, room) !== undefined), {
          what: 'each room has an owner',
          deadlineMs: 30_000,
        })
        await sleep(500 + random() * 500)
        const stopMs = brief ? 2_500 : stops[round % stops.length]!
        const node = await busiest(nodes.all)
        const others = clients.filter(({ name }) => name !== node.config.name)
        const before = new Map(rooms.map((room) => [room, lastOwner(history, room)!]))
        const stoppedAt = performance.now()
        const drops = others.reduce((sum, each) => sum + each.drops, 0)
        node.pause()
        await sleep(stopMs)
        node.resume()
        await node.becomesReady(30_000)
        readyMs.push(performance.now() - stoppedAt - stopMs)
        // Time for what it meant to write.
        await sleep(1_000)
        disturbed += others.reduce((sum, each) => sum + each.drops, 0) - drops
        const moved = rooms.filter((room) => lastOwner(history, room) !== before.get(room))
        if (stopMs > leaseMs + 1_000 && moved.length === 0) find('nobody took what it owned')
        if (stopMs < leaseMs && moved.length > 0)
          find(`${moved.length} rooms were taken before the lease was over`)
        for (const room of moved)
          ownedMs.push(firstOther(history, room, before.get(room)!) - stoppedAt)
        outageMs.push(...history.outages(stoppedAt))
        for (const room of rooms) {
          const row = rowOf(history, room)
          owners += new Set(row.map(({ owner }) => owner)).size
          written += row.length
          const late = lateWrites(row)
          former += late.length
          for (const each of late) find(`${room}: ${each} wrote after another owner`)
        }
        await until(() => clients.every(({ settled }) => settled), {
          what: 'all are in again',
          deadlineMs: 40_000,
        })
        // The behaviour published it, which is no client here.
        const { findings } = checkHistory(history.events)
        for (const finding of findings) if (finding.kind !== 'unexpected') find(lineOf(finding))
      } finally {
        for (const client of clients) client.close()
      }
      // The rooms end, and begin anew in the next round.
      await sleep(brief ? 0 : 2_000)
    }
    const said = nodes.all.flatMap((node) => node.gateway?.logs ?? [])
    const acted = said.filter((line) => line.includes('after it slept'))
    const wrote = acted.filter((line) => line.includes('wrote after it slept'))
    for (const line of wrote) broken.push(line)
    return {
      rows: [
        ['stops', times],
        ['owners / their writes', `${owners} / ${written}`],
        ['writes of a former owner that were accepted', former],
        [
          'owners that went on after they slept beyond their lease: tried / wrote',
          `${acted.length} / ${wrote.length}`,
        ],
        [
          'from the stop until another owned and wrote, min / median / p99 / max',
          spreadOf(ownedMs),
        ],
        ['from SIGCONT until ready', spreadOf(readyMs)],
        ['clients of other nodes that were cut off', disturbed],
        ['clients of the stopped node out of a room for', spreadOf(outageMs)],
      ],
      broken,
      late: atMost(limitMs, ownedMs, 'another owner'),
    }
  },
}

function configOf(name: string, redis: string): NodeConfig {
  return {
    ...{ name, redis, insecure: true, log: { level: 'warn' } },
    rooms: {
      namespaces: {
        tick: { behavior, singleton: true, history: { size: 10_000, ttl: '300s' }, recover: true },
      },
    },
  }
}

/** The node with the most behaviours. */
async function busiest(nodes: readonly ClusterNode[]): Promise<ClusterNode> {
  const counts = await Promise.all(
    nodes.map(async (node) => {
      const { actors } = await node.gateway!.actors()
      return actors.filter((actor) => actor.behavior === 'ticking').length
    }),
  )
  return nodes[counts.indexOf(Math.max(...counts))]!
}

interface Write {
  readonly owner: string
  readonly offset: number
  readonly at: number
}

/** What the room's stream holds, in its order, as all clients together saw it. */
function rowOf({ events, times }: TimedHistory, room: string): readonly Write[] {
  const byOffset = new Map<string, Write>()
  const take = (epoch: string, id: string, offset: number, at: number): void => {
    const key = `${epoch}@${offset}`
    if (!byOffset.has(key)) byOffset.set(key, { owner: ownerOf(id), offset, at })
  }
  const epochs = new Map<string, string>()
  for (const [i, event] of events.entries()) {
    if (event.room !== room) continue
    if (event.type === 'subscribed') {
      epochs.set(event.client, event.epoch)
      for (const { id, offset } of event.publications) take(event.epoch, id, offset, times[i]!)
    }
    if (event.type === 'received')
      take(epochs.get(event.client) ?? '', event.id, event.offset, times[i]!)
  }
  return [...byOffset.values()].toSorted((a, b) => a.offset - b.offset)
}

/** Owners that wrote, were succeeded, and wrote again. */
function lateWrites(row: readonly Write[]): string[] {
  const succeeded = new Set<string>()
  const late: string[] = []
  let last: string | undefined
  for (const { owner } of row) {
    if (owner !== last && last !== undefined) succeeded.add(last)
    if (succeeded.has(owner)) late.push(owner)
    last = owner
  }
  return late
}

function lastOwner({ events }: TimedHistory, room: string): string | undefined {
  const last = events.findLast(
    (event): event is Extract<HistoryEvent, { type: 'received' }> =>
      event.type === 'received' && event.room === room,
  )
  return last && ownerOf(last.id)
}

/** When somebody else first wrote. */
function firstOther(history: TimedHistory, room: string, owner: string): number {
  const row = rowOf(history, room)
  const from = row.findLastIndex((write) => write.owner === owner)
  return row[from + 1]?.at ?? Infinity
}

function ownerOf(id: string): string {
  return id.split(':')[0]!
}
