// One bus hears 100,000 rooms, and Redis cuts its connections: how long until all of them are heard again, how long the
// loop is held meanwhile, and whether they all are.

import { fileURLToPath } from 'node:url'
import { startRedis } from '@sluice/test-support'
import type { Resubscribed } from './bus/resubscriber.ts'
import { type Bench, takeTurnsWith } from './support/bench.ts'
import { startChild } from './support/child.ts'
import { onCore } from './support/machine.ts'

const rooms = 100_000
const kinds = [
  { name: 'no history', kind: 'never' },
  { name: 'a kept message', kind: 'kept' },
]
const program = fileURLToPath(new URL('bus/resubscriber.ts', import.meta.url))

export const bench: Bench = {
  name: 'resubscribe',
  about: '100,000 rooms after the link was cut',
  run: async (settings) => {
    const { cores, rounds } = settings
    const turns = await takeTurnsWith(settings, 'resubscribe', kinds, async ({ kind }) => {
      await using redis = await startRedis({ run: onCore(cores?.swarm) })
      await using bus = startChild(program, [redis.url, String(rooms), kind], cores?.server)
      const subscribeMs = await bus.ask<number>({ type: 'subscribe' })
      const { missing, ...found } = await bus.ask<Resubscribed>({ type: 'cut' })
      return {
        figures: { subscribeMs, ...found },
        notes: missing > 0 ? [`${missing} messages are missing`] : [],
      }
    })
    return [
      {
        title: `resubscribe: ${rooms} rooms of one bus, its connections cut by Redis`,
        setting: `${rounds} rounds; by what is in each room`,
        measures: [
          { key: 'subscribeMs', title: 'at first', unit: 'ms' },
          { key: 'upMs', title: 'lost until up', unit: 'ms' },
          { key: 'stallMs', title: 'longest stall', unit: 'ms' },
          { key: 'unconfirmed', title: 'unconfirmed', unit: 'count' },
          { key: 'deaf', title: 'deaf', unit: 'count' },
        ],
        ...turns,
      },
    ]
  },
}
