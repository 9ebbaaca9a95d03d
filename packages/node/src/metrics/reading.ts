// Everything that the metrics are made of, read at one moment. Nothing is kept for them on hot paths: parts count for
// themselves, in plain numbers, and are asked when somebody wants to know.

import type { Services } from '../services.ts'
import { type Census, takeCensus } from './census.ts'
import type { Lag, LoopLag } from './loop-lag.ts'

export interface Reading {
  readonly services: Services
  readonly census: Census
  readonly lag: Lag
  readonly memory: NodeJS.MemoryUsage
  /** Microseconds. */
  readonly cpu: NodeJS.CpuUsage
  /** Sockets of clients that are open. */
  readonly sockets: number
  /** Memberships in rooms, on this node. */
  readonly members: number
  readonly uptimeMs: number
  /** Those who listen to the named events of the node and the kernel. */
  readonly listeners: number
}

/** Reads it all. */
export function takeReading(services: Services, lag: LoopLag): Reading {
  const { system, directory, events } = services
  let members = 0
  for (const room of directory) members += room.members.length
  return {
    services,
    census: takeCensus(system),
    lag: lag.read(),
    memory: process.memoryUsage(),
    cpu: process.cpuUsage(),
    // There is no edge yet in the very first turn.
    sockets: services.edge.sockets,
    members,
    uptimeMs: system.clock.now() - system.startedAt,
    listeners: events.listeners + system.events.listeners,
  }
}
