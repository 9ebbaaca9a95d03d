// Whole stacks of a share of all spawns: switched on while somebody looks for the origin of actors, since each costs 22 µs.

import type { Services } from '../services.ts'
import { demandAllowed } from './actions.ts'
import { maybeShare, readQuery } from './query.ts'

export interface StackSample {
  node: string
  /** 0 to 1. */
  share: number
}

/** Keeps the stack of this `share` of spawns from now on; without one, says which share it is. */
export function sampleStacks(services: Services, query: URLSearchParams): StackSample {
  const { system, options, events } = services
  const { share } = readQuery(query, { share: maybeShare() })
  if (share !== undefined) {
    demandAllowed(services, 'sampling')
    system.sites.sample = share
    events.emit({ name: 'stacks.sampled', share })
  }
  return { node: options.name, share: system.sites.sample }
}
