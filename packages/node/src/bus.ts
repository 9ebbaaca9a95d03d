// Which bus a node is on: the one place that chooses.

import {
  type Bus,
  type BusEvent,
  type BusHost,
  createMemoryBus,
  createRedisBus,
} from '@sluice/cluster'
import { Events } from '@sluice/core'
import type { Services } from './services.ts'

/** The bus that the options ask for: through Redis, or in memory for a node that is alone. */
export function createBus(services: Services, host: BusHost): Bus {
  const { system, options } = services
  const events = new Events<BusEvent>()
  events.on((event) => services.events.emit(event))
  const { clock, random } = system
  if (options.redis === undefined) return createMemoryBus(host, { clock, events })
  return createRedisBus(host, { ...options.cluster, url: options.redis, clock, random, events })
}
