// What it costs to look at everybody: how long the loop is held, and what memory is left behind.

import {
  countActors,
  createSystem,
  defineBehavior,
  dumpSystem,
  type Ref,
  type Self,
  streamDump,
  type System,
} from '@sluice/core'
import { heapBytes, longestStallMs, longestTurnMs, nsEach, until } from './cost.ts'

/** Something like a gateway's: a quarter waits for a peer, and each says a little of itself. */
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
  const others = 2
  const edge = defineBehavior({
    name: 'edge',
    start(self: Self<never>) {
      for (let user = others; user < actors; user++) {
        const one: Ref<{ type: 'slow' }> = self.spawn(connection, user)
        if (user % 4 === 0) one.tell({ type: 'slow' })
      }
    },
    receive: () => {},
  })
  system.spawn(edge)
  const waiting = Math.floor((actors - 1) / 4)
  await until(() => system.table.live === actors && system.population().waiting === waiting)
  await heapBytes()
  return system
}

/** All that objects and buffers of this process hold, after collecting garbage. */
async function heldBytes(): Promise<number> {
  const heap = await heapBytes()
  return heap + process.memoryUsage().arrayBuffers
}

async function writeAll(system: System): Promise<void> {
  for await (const part of streamDump(system, { form: 'json' })) void part.length
}

export const measures: Record<string, () => Promise<Record<string, number>>> = {
  async dump() {
    const system = await populate(100_000)
    const before = await heldBytes()
    // The first one, too: nobody takes a dump every day.
    let cut = 0
    const first = await longestTurnMs(async () => {
      const reading = streamDump(system, { form: 'json' })
      cut = await nsEach(1e6, () => void reading.next())
      for await (const part of reading) void part.length
    })
    const all = await nsEach(1e6, () => writeAll(system))
    const turn = await longestTurnMs(() => writeAll(system))
    const stall = await longestStallMs(() => writeAll(system))
    const groups = await longestTurnMs(
      async () => void (await dumpSystem(system, { groups: true })),
    )
    return {
      dumpCut: cut,
      dumpFirst: Math.max(cut, first),
      dumpTurn: turn,
      dumpStall: stall,
      dumpAll: all,
      dumpGroups: groups,
      dumpLeft: (await heldBytes()) - before,
    }
  },

  async million() {
    const system = await populate(1_000_000)
    const before = await heldBytes()
    countActors(system)
    const count = await nsEach(10e6, () => {
      for (let i = 0; i < 10; i++) countActors(system)
    })
    const counted = await heldBytes()
    const turn = await longestTurnMs(async () => void (await dumpSystem(system, { groups: true })))
    return {
      millionCount: count,
      millionCountLeft: counted - before,
      millionTurn: turn,
      millionLeft: (await heldBytes()) - counted,
    }
  },
}
