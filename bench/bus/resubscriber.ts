// node resubscriber.ts <redis-url> <rooms> <never|kept>: one bus that hears so many rooms, in which nothing was ever
// published, or one message each that is kept. Asked to, it lets Redis cut its connections, and says what came of it.

import { Redis } from 'ioredis'
import { longestStallMs } from '../kernel/cost.ts'
import { answer } from '../support/answer.ts'
import { createPayload } from '../swarm/payload.ts'
import { quiet } from '../swarm/meter.ts'
import { joinBus, roomNames, subscribeAll } from './join.ts'

export interface Resubscribed {
  /** From the loss of the link until every room is subscribed to, compared with its stream, and a probe came back. */
  upMs: number
  /** The longest that the loop was held meanwhile. */
  stallMs: number
  /** Rooms that are not subscribed to in Redis once the link is up. */
  unconfirmed: number
  /** Rooms that did not hear what another bus then published in each. */
  deaf: number
  missing: number
}

const payload = createPayload(128)(0)
const [url, count, kind] = process.argv.slice(2)
const rooms = roomNames(Number(count))
const history = { size: 100, ttlMs: 300_000 }
const options = kind === 'kept' ? { history } : {}
let heard = new Set<string>()

const { bus, events, missing } = await joinBus(url!, 'listener', (room) => heard.add(room))
const redis = new Redis(url!)

/** One message in each room, from another bus; resolves when no more of them come. */
async function publishAll(): Promise<number> {
  heard = new Set()
  const other = await joinBus(url!, 'publisher', () => {})
  const atOnce = 1_000
  for (let at = 0; at < rooms.length; at += atOnce) {
    const some = rooms.slice(at, at + atOnce)
    await Promise.all(some.map(async (room) => other.bus.publish(room, payload, options)))
    await quiet(
      () => heard.size,
      () => heard.size >= at + some.length,
    )
  }
  await other.bus.close()
  return heard.size
}

answer({
  subscribe: async () => {
    const start = performance.now()
    await subscribeAll(bus, rooms)
    const ms = performance.now() - start
    if (kind === 'kept') await publishAll()
    return ms
  },
  cut: async (): Promise<Resubscribed> => {
    let lostAt = 0
    const up = new Promise<number>((resolve) => {
      events.on((event) => {
        if (event.name === 'link.lost') lostAt ||= performance.now()
        if (event.name === 'link.changed' && event.state === 'up')
          resolve(performance.now() - lostAt)
      })
    })
    let upMs = 0
    const stallMs = await longestStallMs(async () => {
      await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      upMs = await up
    })
    const confirmed = new Set((await redis.call('PUBSUB', 'CHANNELS', '*room-*')) as string[]).size
    const deaf = rooms.length - (await publishAll())
    return { upMs, stallMs, unconfirmed: rooms.length - confirmed, deaf, missing: missing() }
  },
})
