// What a connection that does nothing occupies: the slope between two counts, so that what a server has anyway
// cancels out. Garbage is collected before each look, for all of them alike.

import { type Bench, takeTurns, targetOf } from './support/bench.ts'

// The first connections pay for what all share: code that becomes compiled, buffers that are made once.
const base = 1000

export const bench: Bench = {
  name: 'idle',
  about: 'memory of an idle connection',
  run: async (settings) => {
    const { connections, rounds } = settings
    const turns = await takeTurns(settings, 'idle', async ({ dialect }, server, swarm) => {
      const target = targetOf(server, dialect)
      const low = await swarm.hold({ type: 'hold', target, connections: base })
      const before = await server.memory()
      const high = await swarm.hold({ type: 'hold', target, connections: base + connections })
      const after = await server.memory()
      const more = high - low
      return {
        figures: {
          rss: (after.rssBytes - before.rssBytes) / more,
          heap: (after.heapBytes - before.heapBytes) / more,
        },
        notes: more === connections ? [] : [`${more} of ${connections} connections held`],
      }
    })
    return [
      {
        title: `idle: memory a connection, between ${base} and ${base + connections} of them`,
        setting: `after collecting garbage; ${rounds} rounds`,
        measures: [
          { key: 'rss', title: 'resident', unit: 'bytes', compare: true },
          { key: 'heap', title: 'JavaScript heap', unit: 'bytes', compare: true },
        ],
        ...turns,
      },
    ]
  },
}
