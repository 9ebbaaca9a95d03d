// What looking at everybody costs: how long the loop is held, and what memory is left behind.

import {
  countActors,
  createSystem,
  defineBehavior,
  dumpSystem,
  type Ref,
  type System,
} from '@sluice/core'
import { heapBytes, longestStallMs, until } from './cost.ts'

/** Something like a gateway: most are connections, some of them wait, and each says a little of itself. */
const connection = defineBehavior({
  name: 'connection',
  start: (_self, user: number) => ({ user, queue: 0 }),
  receive({ user }, _message: { type: 'slow' }, self) {
    self.hold('socket', 'peer', 60_000 + user)
  },
  label: ({ user }) => `user ${user}`,
  describe: ({ queue }) => ({ queue }),
})

async function populate(actors: number): Promise<System> {
  const system = createSystem()
  const edge = defineBehavior({
    name: 'edge',
    start: (self) => {
      for (let user = 2; user < actors; user++) {
        const one: Ref<{ type: 'slow' }> = self.spawn(connection, user)
        if (user % 4 === 0) one.tell({ type: 'slow' })
      }
    },
    receive: () => {},
  })
  system.spawn(edge)
  await until(() => system.table.live === actors && system.population().waiting >= actors / 4 - 2)
  await heapBytes()
  return system
}

/** All memory of this process that its objects and buffers hold. */
async function held(): Promise<number> {
  await heapBytes()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

export const measures: Record<string, () => Promise<Record<string, number>>> = {
  async dump() {
    const system = await populate(100_000)
    const figures: Record<string, number> = {}
    // Once to warm up; the second time counts.
    for (let round = 0; round < 2; round++) {
      const began = performance.now()
      figures.dumpHold = await longestStallMs(async () => {
        const { tookMs } = await dumpSystem(system)
        figures.dumpCut = tookMs
      })
      figures.dumpAll = performance.now() - began
      await heapBytes()
    }
    return figures
  },

  async million() {
    const system = await populate(1_000_000)
    const before = await held()
    const began = performance.now()
    countActors(system)
    const counted = performance.now() - began
    const after = await held()
    const stall = await longestStallMs(async () => {
      await dumpSystem(system, { limit: 1_000, filter: { state: 'waiting' } })
    })
    return {
      millionCount: counted,
      millionCountLeft: after - before,
      millionHold: stall,
      millionDumpLeft: (await held()) - after,
    }
  },
}
