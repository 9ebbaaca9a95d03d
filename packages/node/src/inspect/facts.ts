// One node in figures: who it is, how it is linked to the others, how many it serves.

import type { LeaseHealth, LinkHealth, LinkState } from '@sluice/cluster'
import type { StateName } from '@sluice/core'
import type { Services } from '../services.ts'

export interface NodeFacts {
  uid: string
  name: string
  version: string
  pid: number
  uptimeMs: number
  link: LinkState
  /** To each primary of Redis; none in a node that is alone. */
  links: LinkHealth[]
  /** Absent in a node that cannot be out of the cluster. */
  lease?: LeaseHealth
  /** Rooms whose one behaviour is here. */
  owned: number
  /** What went wrong on the bus since the node started. */
  bus: BusTroubles
  draining: boolean
  connections: number
  users: number
  rooms: number
  actors: Record<StateName, number>
  orphans: number
  /** Ends without a known cause: a promise of 0. */
  unknownEnds: number
  restarts: number
  /** How late the event loop was in the last ten seconds. */
  lagP99Ms: number
  lagMaxMs: number
  heapBytes: number
  rssBytes: number
}

/** As another node tells it: one that runs an older version knows nothing of the newer ones. */
export type FactsTold = Omit<NodeFacts, NewerFact> & Partial<Pick<NodeFacts, NewerFact>>

type NewerFact = 'links' | 'lease' | 'owned' | 'bus' | 'lagP99Ms' | 'lagMaxMs'

export interface BusTroubles {
  /** Connections to Redis that ended. */
  losses: number
  /** Publications that were read from their stream, since they had not arrived. */
  repaired: number
  /** Times that a room was told of a gap. */
  gaps: number
  /** Messages without history that did not arrive. */
  lost: number
  /** Calls that failed. */
  failures: number
}

/** This node, now. */
export function viewNode(services: Services): NodeFacts {
  const { system, options, bus, registry, directory, uid, version, draining, counters } = services
  const { links, lease, owned } = bus.health()
  const lag = services.lag()
  const { heapUsed, rss } = process.memoryUsage()
  return {
    uid,
    name: options.name,
    version,
    pid: process.pid,
    uptimeMs: Math.round(system.now - system.startedAt),
    link: bus.linkState(),
    links,
    ...(lease !== undefined && { lease }),
    owned,
    bus: {
      losses: counters.busLosses,
      repaired: counters.busRepaired,
      gaps: counters.busGaps,
      lost: counters.busLost,
      failures: counters.busFailures,
    },
    draining,
    connections: registry.clients,
    users: registry.users,
    rooms: directory.size,
    actors: system.population(),
    orphans: system.orphans(),
    unknownEnds: system.counters.ends.unknown,
    restarts: system.counters.restarts,
    lagP99Ms: lag.p99 * 1_000,
    lagMaxMs: lag.max * 1_000,
    heapBytes: heapUsed,
    rssBytes: rss,
  }
}
