// What it costs to make sense of a dump of 100,000: by a thread of its own on a node, or by the command line. Processor
// time of the whole; nobody's loop is held by it.

import {
  blockedActors,
  clusterActors,
  createSystem,
  defineBehavior,
  diffDumps,
  groupActors,
  lintDump,
  type Ref,
  stateMap,
  type System,
  takeDump,
  waitGraph,
} from '@sluice/core'
import { nsEach, until } from './cost.ts'

type Wait = { type: 'peer' } | { type: 'other'; other: Ref }

/** As on a gateway with trouble: some wait for peers, some for each other, each tells figures of its own. */
const connection = defineBehavior({
  name: 'connection',
  start: (_self, user: number) => ({ user }),
  receive(_state, wait: Wait, self) {
    if (wait.type === 'peer') self.hold('socket', 'peer', 60_000)
    else self.hold('ask', wait.other, 60_000)
  },
  label: ({ user }) => `user ${user}`,
  describe: ({ user }) => ({ queue: (user * 7_919) % 100_000, rooms: user % 10 }),
})

/** So many more, of which a third waits for a peer and a third for the one before. */
async function populate(system: System, actors: number): Promise<void> {
  let before: Ref | undefined
  for (let i = 0; i < actors; i++) {
    const one: Ref<Wait> = system.spawn(connection, i)
    if (i % 3 === 1) one.tell({ type: 'peer' })
    if (i % 3 === 2 && before !== undefined) one.tell({ type: 'other', other: before })
    before = one
  }
  const told = system.counters.handled + Math.floor(actors / 3)
  await until(() => system.counters.handled >= told && system.population().running === 0)
}

export const measures: Record<string, () => Promise<Record<string, number>>> = {
  async analysis() {
    const system = createSystem()
    await populate(system, 90_000)
    const before = takeDump(system)
    await populate(system, 10_000)
    const dump = takeDump(system)
    const rounds = 5
    const ms = async (work: () => unknown): Promise<number> => {
      work()
      return (
        (await nsEach(rounds, () => {
          for (let i = 0; i < rounds; i++) work()
        })) / 1e6
      )
    }
    return {
      groups: await ms(() => groupActors(dump)),
      clusters: await ms(() => clusterActors(dump)),
      map: await ms(() => stateMap(dump)),
      blocked: await ms(() => blockedActors(dump)),
      waits: await ms(() => waitGraph(dump)),
      lints: await ms(() => lintDump(dump, { before })),
      diff: await ms(() => diffDumps(before, dump)),
    }
  },
}
