// One node alone on an in-memory bus, as most tests of that bus want it.

import { Events, ManualClock } from '@sluice/core'
import { type Bus, type BusEvent, createMemoryBus, type MemoryBusOptions } from '../src/index.ts'
import { createListener, type Listener, type ListenerOptions } from './listener.ts'

export const kept = { history: { size: 10, ttlMs: 60_000 } }

export interface Alone {
  bus: Bus
  listener: Listener
  clock: ManualClock
  events: BusEvent[]
}

/** A node with a bus of its own, on a manual clock, with its events. */
export function alone(options: MemoryBusOptions = {}, listening: ListenerOptions = {}): Alone {
  const clock = new ManualClock()
  const listener = createListener('a', listening)
  const heard: BusEvent[] = []
  const events = new Events<BusEvent>()
  events.on((event) => heard.push(event))
  return {
    bus: createMemoryBus(listener, { clock, events, ...options }),
    listener,
    clock,
    events: heard,
  }
}
