// Which bus a node is on: the one place that chooses.

import {
  type Bus,
  type BusEvent,
  type BusHost,
  createMemoryBus,
  createRedisBus,
} from '@sluice/cluster'
import { Events } from '@sluice/core'
import type { Counters } from './counters.ts'
import type { Services } from './services.ts'

/** The bus that the options ask for: through Redis, or in memory for a node that is alone. */
export function createBus(services: Services, host: BusHost): Bus {
  const { system, options } = services
  const events = new Events<BusEvent>()
  events.on((event) => {
    count(services.counters, event)
    services.events.emit(event)
  })
  const { clock, random } = system
  if (options.redis === undefined) return createMemoryBus(host, { clock, events })
  return createRedisBus(host, { ...options.cluster, url: options.redis, clock, random, events })
}

function count(counters: Counters, event: BusEvent): void {
  switch (event.name) {
    case 'link.lost':
      counters.busLosses++
      return
    case 'gap.repaired':
      counters.busRepaired += event.messages
      return
    case 'gap.told':
      counters.busGaps++
      return
    case 'messages.lost':
      counters.busLost += event.messages
      return
    case 'link.changed':
    case 'frame.invalid':
    case 'host.failed':
    case 'stream.evicted':
    case 'keys.forgotten':
  }
}
