// Which bus a node is on: the one place that chooses.

import { type Bus, type BusHost, createMemoryBus } from '@sluice/cluster'
import type { Services } from './services.ts'

/** The bus that the options ask for: in memory, for a node that is alone. */
export function createBus(services: Services, host: BusHost): Bus {
  return createMemoryBus(host, { clock: services.system.clock })
}
