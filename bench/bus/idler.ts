// node idler.ts <redis-url>: a bus that subscribes to as many rooms as it is told to, and hears nothing in them.

import { heapBytes } from '../kernel/cost.ts'
import { answer } from '../support/answer.ts'
import { rssBytes } from '../support/proc.ts'
import { joinBus, roomNames, subscribeAll } from './join.ts'

export interface Memory {
  rssBytes: number
  heapBytes: number
}

const [url] = process.argv.slice(2)
const { bus } = await joinBus(url!, 'listener', () => {})

answer({
  hold: async ({ rooms }: { rooms: number }): Promise<Memory> => {
    await subscribeAll(bus, roomNames(rooms))
    const heap = await heapBytes()
    return { rssBytes: rssBytes(process.pid), heapBytes: heap }
  },
})
