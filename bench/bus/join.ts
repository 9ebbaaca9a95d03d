// A bus in a process of its own, with no node around it.

import { type Bus, type BusEvent, createRedisBus, type Deliver } from '@sluice/cluster'
import { Events } from '@sluice/core'

/** Where a listener says how much it has heard. */
export const creditRoom = 'heard'

export interface Joined {
  bus: Bus
  events: Events<BusEvent>
  /** Messages that the bus itself knows to be missing. */
  missing: () => number
}

// Between two connections a bus keeps no process alive.
process.channel?.ref()

/** Joins the cluster of this Redis; resolves when the link is up. */
export async function joinBus(url: string, name: string, deliver: Deliver): Promise<Joined> {
  const events = new Events<BusEvent>()
  let missing = 0
  const up = new Promise<void>((resolve) => {
    events.on((event) => {
      if (event.name === 'link.changed' && event.state === 'up') resolve()
      if (event.name === 'messages.lost' || event.name === 'gap.told') missing += event.messages
    })
  })
  const about = { version: 'bench', numClients: 0, numUsers: 0, numChannels: 0, uptime: 0 }
  const bus = createRedisBus(
    { deliver, control: () => {}, describe: () => ({ uid: name, name, ...about }) },
    { url, events },
  )
  await up
  return { bus, events, missing: () => missing }
}

/** Subscribes to all of these rooms. */
export async function subscribeAll(bus: Bus, rooms: readonly string[]): Promise<void> {
  // More at once would be answered too late where Redis has little of a core, and the link given up.
  const atOnce = 1_000
  for (let at = 0; at < rooms.length; at += atOnce)
    await Promise.all(rooms.slice(at, at + atOnce).map(async (room) => bus.subscribe(room)))
}

export function roomNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `room-${i}`)
}
