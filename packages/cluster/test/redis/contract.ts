// The bus contract on a real Redis: nodes that wait until they have reached it, a prefix of its own for each cluster of them.

import type { Bus } from '../../src/index.ts'
import { busContract } from '../bus.contract.ts'
import { joinWhenUp } from './join-when-up.ts'

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
