// The bus contract on a real Redis: nodes that wait until they have reached it, a prefix of its own for each cluster of them.

import { Events } from '@sluice/core'
import {
  type Bus,
  type BusEvent,
  type BusHost,
  createRedisBus,
  type RedisBusOptions,
} from '../../src/index.ts'
import { busContract } from '../bus.contract.ts'

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

/** `urlOf` is asked when the Redis is there. */
export function redisContract(name: string, urlOf: () => string): void {
  let clusters = 0
  busContract(name, async () => {
    const buses: Bus[] = []
    const prefix = `contract-${++clusters}`
    return {
      async join(host) {
        const bus = await joinWhenUp(host, { url: urlOf(), prefix })
        buses.push(bus)
        return bus
      },
      elapse: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      async close() {
        await Promise.all(buses.map((bus) => bus.close()))
      },
    }
  })
}
