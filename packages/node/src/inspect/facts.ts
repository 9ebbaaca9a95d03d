// One node in figures: who it is, how it is linked to the others, how many it serves.

import type { LinkState } from '@sluice/cluster'
import type { StateName } from '@sluice/core'
import type { Services } from '../services.ts'

export interface NodeFacts {
  uid: string
  name: string
  version: string
  pid: number
  uptimeMs: number
  link: LinkState
  draining: boolean
  connections: number
  users: number
  rooms: number
  actors: Record<StateName, number>
  orphans: number
  /** Ends without a known cause: a promise of 0. */
  unknownEnds: number
  restarts: number
  heapBytes: number
  rssBytes: number
}

/** This node, now. */
export function viewNode(services: Services): NodeFacts {
  const { system, options, bus, registry, directory, uid, version, draining } = services
  const { heapUsed, rss } = process.memoryUsage()
  return {
    uid,
    name: options.name,
    version,
    pid: process.pid,
    uptimeMs: Math.round(system.now - system.startedAt),
    link: bus.linkState(),
    draining,
    connections: registry.clients,
    users: registry.users,
    rooms: directory.size,
    actors: system.population(),
    orphans: system.orphans(),
    unknownEnds: system.counters.ends.unknown,
    restarts: system.counters.restarts,
    heapBytes: heapUsed,
    rssBytes: rss,
  }
}
