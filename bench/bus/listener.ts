// node listener.ts <redis-url> <rooms>: hears all rooms, counts, and tells the publisher how far it is.

import { answer } from '../support/answer.ts'
import { creditRoom, joinBus, roomNames, subscribeAll } from './join.ts'

export interface Count {
  ms: number
  heard: number
  /** Kept messages that did not follow the one before in their room. */
  disorder: number
  missing: number
}

const [url, rooms] = process.argv.slice(2)
const offsets = new Map<string, number>()
let heard = 0
let disorder = 0
let asked = false

const { bus, missing } = await joinBus(url!, 'listener', (room, delivery) => {
  if (delivery.type !== 'publication') return
  heard += 1
  const { offset } = delivery.publication
  if (offset !== undefined) {
    if (offset !== (offsets.get(room) ?? 0) + 1) disorder += 1
    offsets.set(room, offset)
  }
  if (asked) return
  asked = true
  setImmediate(tell)
})

/** Once a turn, through the bus itself. */
function tell(): void {
  asked = false
  void bus.publish(creditRoom, String(heard), {})
}

answer({
  listen: async () => {
    await subscribeAll(bus, roomNames(Number(rooms)))
    return true
  },
  count: (): Count => ({ ms: performance.now(), heard, disorder, missing: missing() }),
})
