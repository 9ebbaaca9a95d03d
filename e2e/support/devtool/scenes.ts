// A cluster of three nodes in which things are wrong: on the first, two actors ask each other in a circle, and a peer does not
// read; somebody has left.

import { waitGraph } from '@sluice/core'
import { startRedis, until } from '@sluice/test-support'
import { type Nodes, startNodes } from '../cluster/nodes.ts'
import type { Gateway } from '../gateway.ts'
import { openRaw, type RawClient } from '../raw.ts'
import { behaving, dumpWhen, member } from '../seeing/scene.ts'
import { tokenSecret } from '../tokens.ts'

export interface TroubledCluster extends AsyncDisposable {
  readonly nodes: Nodes
  /** The one where things are wrong. */
  readonly first: Gateway
}

const circle = 'asks-in-circles'
const large = 'x'.repeat(60_000)

/** Starts it. More behaviours have rooms and calls of their names there, and do nothing until they are called. */
export async function startTroubledCluster(more: readonly string[] = []): Promise<TroubledCluster> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.use(await startRedis())
  const nodes = stack.use(
    await startNodes(
      ['one', 'two', 'three'].map((name) =>
        behaving([circle, ...more], {
          name,
          redis: redis.url,
          tokenSecret,
          // Nobody here answers a ping, and trouble must last longer than a look at it.
          heartbeat: { pingMs: '30m' },
          cluster: { leaseMs: '30s' },
          limits: { broadcastDeadlineMs: '10m', maxQueueBytes: 8_388_608 },
        }),
      ),
    ),
  )
  const first = nodes.all[0]!.gateway!
  const asker = await member(first, circle)
  stack.defer(() => void asker.socket.destroy())
  keepAsking(asker).catch(() => undefined)
  const sleeper = await openRaw(first.client)
  stack.defer(() => void sleeper.socket.destroy())
  await sleeper.call('connect', {})
  await sleeper.call('subscribe', { channel: 'news' })
  sleeper.stopReading()
  await until(
    async () => {
      await first.api('publish', { channel: 'news', data: large })
      return (await first.vars())['waits_socket'] === 1
    },
    { what: 'a peer is behind', deadlineMs: 30_000 },
  )
  const leaver = await openRaw(first.client)
  await leaver.call('connect', {})
  leaver.socket.destroy()
  await dumpWhen(
    first,
    'two wait on each other, and one is dead',
    (dump) => dump.tombstones.length > 0 && waitGraph(dump).cycles.some(({ ms }) => ms > 1_100),
  )
  const open = stack.move()
  return { nodes, first, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

/** A handler is given up after half a minute, and the circle with it; so the next call closes another. */
async function keepAsking(client: RawClient): Promise<void> {
  const data = { room: `${circle}:1`, timeoutMs: 600_000 }
  while (!client.socket.destroyed) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await client.call('rpc', { method: circle, data })
  }
}
