// node publisher.ts <redis-url> <rooms> <kept|plain>: publishes to the rooms in turn, with so many messages under way.
// A message has arrived when the listener says so: what is queued anywhere is bounded, and nothing is lost for want of room.

import { answer } from '../support/answer.ts'
import { createPayload } from '../swarm/payload.ts'
import { creditRoom, joinBus, roomNames } from './join.ts'

const payloadBytes = 128
const history = { size: 100, ttlMs: 300_000 }

export interface Published {
  published: number
  /** Failed, or not acknowledged yet. */
  open: number
}

const [url, count, kind] = process.argv.slice(2)
const rooms = roomNames(Number(count))
// A kept one has 2 s to be answered, also where others take the machine.
const underWay = kind === 'kept' ? 2_000 : 20_000
const options = kind === 'kept' ? { history } : {}
const data = createPayload(payloadBytes)(0)
let published = 0
let answered = 0
let heard = 0
let going = false

const { bus } = await joinBus(url!, 'publisher', (_, delivery) => {
  if (delivery.type !== 'publication') return
  heard = Number(delivery.publication.data)
  refill()
})
await bus.subscribe(creditRoom)

function refill(): void {
  if (!going) return
  while (published - heard < underWay) {
    const done = bus.publish(rooms[published % rooms.length]!, data, options)
    published += 1
    if (done instanceof Promise) done.then(acked, failed)
    else answered += 1
  }
}

const acked = (): void => {
  answered += 1
}

const failed = (error: unknown): void => {
  if (going) process.stderr.write(`a publish failed: ${String(error)}\n`)
  going = false
}

answer({
  go: () => {
    going = true
    refill()
    return true
  },
  stop: () => {
    going = false
    return true
  },
  count: (): Published => ({ published, open: published - answered }),
})
