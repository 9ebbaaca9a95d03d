// Everything that the metrics are made of, read at one moment. Nothing is kept for them on hot paths: parts count for
// themselves, in plain numbers, and are asked when somebody wants to know.

import { getHeapSpaceStatistics, getHeapStatistics, type HeapSpaceInfo } from 'node:v8'
import type { EventLoopUtilization } from 'node:perf_hooks'
import type { Services } from '../services.ts'
import { type Backlog, takeBacklog } from './backlog.ts'
import { type Census, takeCensus } from './census.ts'
import type { Dumps } from './dumps.ts'
import type { Garbage } from './garbage.ts'
import type { Lag, LoopLag } from './loop-lag.ts'

/** What runs in between readings. */
export interface Gauges {
  readonly lag: LoopLag
  readonly garbage: Garbage
  readonly dumps: Dumps
}

export interface Reading {
  readonly services: Services
  readonly census: Census
  readonly backlog: Backlog
  readonly dumps: Dumps
  readonly lag: Lag
  /** Milliseconds since the start that the loop was busy, and that it was not. */
  readonly loop: EventLoopUtilization
  readonly memory: NodeJS.MemoryUsage
  readonly heapLimit: number
  readonly spaces: readonly HeapSpaceInfo[]
  readonly allocatedBytes: number
  /** Seconds in which the collector held the loop: all since the start, and the longest of late. */
  readonly pauses: { readonly sum: number; readonly longest: number }
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
export function takeReading(services: Services, { lag, garbage, dumps }: Gauges): Reading {
  const { system, directory, events } = services
  let members = 0
  for (const room of directory) members += room.members.length
  garbage.look()
  return {
    services,
    census: takeCensus(system),
    backlog: takeBacklog(services.registry, system.clock.now()),
    dumps,
    lag: lag.read(),
    loop: performance.eventLoopUtilization(),
    memory: process.memoryUsage(),
    heapLimit: getHeapStatistics().heap_size_limit,
    spaces: getHeapSpaceStatistics(),
    allocatedBytes: garbage.allocatedBytes,
    pauses: { sum: garbage.pausedSeconds, longest: garbage.longestSeconds },
    cpu: process.cpuUsage(),
    // There is no edge yet in the very first turn.
    sockets: services.edge.sockets,
    members,
    uptimeMs: system.clock.now() - system.startedAt,
    listeners: events.listeners + system.events.listeners,
  }
}
