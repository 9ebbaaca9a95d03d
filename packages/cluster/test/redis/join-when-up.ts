// Joining a Redis as tests and the processes that they start do: the bus is there when it has reached it.

import { Events } from '@sluice/core'
import {
  type Bus,
  type BusEvent,
  type BusHost,
  createRedisBus,
  type RedisBusOptions,
} from '../../src/index.ts'

/** Joins; resolves when the bus has reached Redis. */
export async function joinWhenUp(
  host: BusHost,
  options: RedisBusOptions,
  events = new Events<BusEvent>(),
): Promise<Bus> {
  const up = new Promise<void>((resolve) => {
    events.on((event) => {
      if (event.name === 'link.changed' && event.state === 'up') resolve()
    })
  })
  const bus = createRedisBus(host, { ...options, events })
  await up
  return bus
}
