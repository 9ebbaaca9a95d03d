// How many publishes one Redis takes from one bus to another: plain ones, which a turn joins into an envelope a room, and
// kept ones, each of which is a step of a script that numbers it, keeps it and sends it.
//
//   publisher ═▶ Redis ═▶ listener      three processes; all that was published is waited for, and counted

import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startRedis } from '@sluice/test-support'
import type { Count } from './bus/listener.ts'
import type { Published } from './bus/publisher.ts'
import { type Bench, howMeasured, takeTurnsWith, type Turn, warmupMs } from './support/bench.ts'
import { startChild } from './support/child.ts'
import { cpuUs } from './support/proc.ts'

const kinds = [
  { name: 'plain, 1', kind: 'plain', rooms: 1 },
  { name: 'plain, 1000', kind: 'plain', rooms: 1000 },
  { name: 'kept, 1', kind: 'kept', rooms: 1 },
  { name: 'kept, 1000', kind: 'kept', rooms: 1000 },
]

const drainMs = 20_000

export const bench: Bench = {
  name: 'redis-publish',
  about: 'publishes a second through one Redis, plain and kept',
  run: async (settings) => {
    const turns = await takeTurnsWith(settings, 'redis-publish', kinds, (kind) =>
      turn(kind, settings.seconds),
    )
    return [
      {
        title: 'redis-publish: from one bus to another, 128 B, by kind and number of rooms',
        setting: howMeasured(settings),
        measures: [
          { key: 'perSecond', title: 'publishes', unit: 'per second' },
          { key: 'publisherNs', title: 'publisher', unit: 'ns' },
          { key: 'redisNs', title: 'Redis', unit: 'ns' },
          { key: 'listenerNs', title: 'listener', unit: 'ns' },
          { key: 'lost', title: 'lost', unit: 'count' },
        ],
        ...turns,
      },
    ]
  },
}

async function turn({ kind, rooms }: (typeof kinds)[number], seconds: number): Promise<Turn> {
  await using redis = await startRedis()
  const args = [redis.url, String(rooms), kind]
  // On no core of their own: which of the three is the busiest depends on the kind.
  await using listener = startChild(local('bus/listener.ts'), args, undefined)
  await using publisher = startChild(local('bus/publisher.ts'), args, undefined)
  await listener.ask({ type: 'listen' })
  await publisher.ask({ type: 'go' })
  await sleep(warmupMs)
  const pids = [publisher.pid, redis.pid, listener.pid]
  const look = async () => ({
    ...(await listener.ask<Count>({ type: 'count' })),
    cpu: pids.map(cpuUs),
  })
  const before = await look()
  await sleep(seconds * 1000)
  const after = await look()
  await publisher.ask({ type: 'stop' })
  const { published } = await publisher.ask<Published>({ type: 'count' })
  let last = after
  for (
    const end = performance.now() + drainMs;
    last.heard < published && performance.now() < end;
  ) {
    await sleep(50)
    last = await look()
  }
  const { open } = await publisher.ask<Published>({ type: 'count' })
  const messages = after.heard - before.heard
  const nsEach = (i: number): number => ((after.cpu[i]! - before.cpu[i]!) * 1000) / messages
  const notes: string[] = []
  if (last.disorder > 0) notes.push(`${last.disorder} messages out of order`)
  if (open > 0) notes.push(`${open} publishes without an answer`)
  return {
    figures: {
      perSecond: (messages / (after.ms - before.ms)) * 1000,
      publisherNs: nsEach(0),
      redisNs: nsEach(1),
      listenerNs: nsEach(2),
      lost: published - last.heard,
    },
    notes,
  }
}

function local(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
