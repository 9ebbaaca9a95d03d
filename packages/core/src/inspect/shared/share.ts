// The system's memory, as another thread gets it: to read all of it while the loop of this one is stuck. Structured
// clones of shared memory are the same memory; where a host has none, a clone is a copy of that moment.

import type { System } from '../../system.ts'

/** What to hand to another thread, such as by `workerData`. Plain data and buffers. */
export interface SharedSystem {
  readonly maxActors: number
  readonly recorderSize: number
  readonly table: readonly ArrayBufferLike[]
  readonly recorder: readonly ArrayBufferLike[]
  readonly names: readonly ArrayBufferLike[]
  readonly sites: readonly ArrayBufferLike[]
  /** Clock time. */
  readonly startedAt: number
  /** Of this thread's `performance`, which the system's clock goes by: each thread has its own. */
  readonly timeOrigin: number
}

/** Makes the handle; costs nothing, and may be made at any time. */
export function shareSystem(system: System): SharedSystem {
  const { table, recorder, names, sites, startedAt } = system
  return {
    maxActors: table.capacity,
    recorderSize: recorder.capacity,
    table: table.buffers,
    recorder: recorder.buffers,
    names: names.texts.buffers,
    sites: sites.texts.buffers,
    startedAt,
    timeOrigin: performance.timeOrigin,
  }
}

/** What the clock of a system on the host's clock says now, asked by another thread of the same process. */
export function sharedNow(shared: SharedSystem): number {
  return performance.timeOrigin + performance.now() - shared.timeOrigin
}
