// The kernel at work, a measure at a time: each in a process of its own, as what ran before changes what comes after.

import {
  countActors,
  createSystem,
  defineBehavior,
  type Ref,
  type Self,
  type System,
} from '@sluice/core'
import { heapBytes, longestStallMs, nsEach, until } from './cost.ts'

const leaf = defineBehavior({ name: 'leaf', start: () => 0, receive: (_s, _m: unknown) => {} })

/** Codes of `take` and `settle` in the compiled lifecycle. */
const [take, settle] = [0, 1]

export const measures: Record<string, () => Promise<Record<string, number>>> = {
  async spawn() {
    const many = 100_000
    const system = createSystem()
    let spawned = 1
    const spawn = (count: number): Promise<number> =>
      nsEach(count, () => {
        for (let i = 0; i < count; i++) system.spawn(leaf)
        spawned += count
      })
    // A start hook runs in the first slice.
    const start = (count: number): Promise<number> =>
      nsEach(count, () => until(() => system.population().idle === spawned && idle(system)))
    await spawn(20_000)
    await start(20_000)
    const call = await spawn(many)
    return { spawnCall: call, spawn: call + (await start(many)) }
  },

  async spawnSampled() {
    const many = 100_000
    const system = createSystem()
    const spawn = (count: number): Promise<number> =>
      nsEach(count, () => {
        for (let i = 0; i < count; i++) system.spawn(leaf)
      })
    await spawn(20_000)
    system.sites.sample = 0.01
    return { spawnSampled: await spawn(many) }
  },

  async pingPong() {
    const system = createSystem()
    await rally(system, 300_000)
    return { pingPong: await rally(system, 3_000_000) }
  },

  async closeUp() {
    const system = createSystem()
    await rally(system, 300_000)
    const seen = await rally(system, 300_000, (player) => void system.closeUps.begin(player))
    // With those two still looked at: what it costs the others.
    return { tellSeen: seen, tellBeside: await rally(system, 3_000_000) }
  },

  async oneToMany() {
    const system = createSystem()
    let got = 0
    const listener = defineBehavior({
      name: 'listener',
      start: () => 0,
      receive: (_s, _m: unknown) => void got++,
    })
    const refs = Array.from({ length: 1_000 }, () => system.spawn(listener))
    const speaker = system.spawn(
      defineBehavior({
        name: 'speaker',
        start: () => 0,
        receive(_s, rounds: number, self) {
          for (const ref of refs) ref.tell(rounds)
          if (rounds > 1) self.tell(rounds - 1)
        },
      }),
    )
    const speak = (rounds: number): Promise<number> => {
      got = 0
      return nsEach(rounds * refs.length, async () => {
        speaker.tell(rounds)
        await until(() => got === rounds * refs.length)
      })
    }
    await speak(500)
    return { oneToMany: await speak(3_000) }
  },

  async lifecycle() {
    const system = createSystem()
    await grow(system, 1_000)
    // Within a turn, as in life: there the clock is read once.
    const walk = (rounds: number): Promise<number> =>
      new Promise((resolve) => {
        const actors = system.actors.filter((actor) => actor !== undefined)
        const run = (): void => {
          for (let i = 0; i < rounds; i++) {
            for (const actor of actors) {
              actor.step(take)
              actor.step(settle)
            }
          }
        }
        system.atTurnEnd({ run: () => resolve(nsEach(rounds * actors.length * 2, run)) })
      })
    await walk(300)
    return { lifecycle: await walk(3_000) }
  },

  async reap() {
    const many = 100_000
    const system = createSystem()
    // Once to warm up; the second time counts.
    const reap = async (): Promise<Record<string, number>> => {
      const owner = await grow(system, many)
      // They have lived for a while, as connections have.
      await heapBytes()
      let each = 0
      const stall = await longestStallMs(async () => {
        each = await nsEach(many, async () => {
          owner.stop()
          await until(() => system.table.live === 1)
        })
      })
      return { reapEach: each, reapStall: stall }
    }
    await reap()
    return reap()
  },

  async idle() {
    const [low, high] = [100_000, 300_000]
    const figures: Record<string, number> = {}
    const system = createSystem()
    await grow(system, 1_000)
    const before = await heapBytes()
    await grow(system, low)
    await rest(system)
    const fresh = await heapBytes()
    figures.idle100k = (fresh - before) / low
    await grow(system, high)
    await rest(system)
    const more = await heapBytes()
    figures.idle300k = (more - fresh) / high
    // Whoever was told something once has a mailbox.
    for (const actor of system.actors) (actor as unknown as Ref<unknown>).tell(1)
    await until(() => system.counters.handled >= low + high)
    await rest(system)
    figures.idleTold = ((await heapBytes()) - before) / (low + high)
    return figures
  },

  async histogram() {
    const system = createSystem()
    const kinds = Array.from({ length: 5 }, (_, i) =>
      system.program({ ...leaf, name: `kind ${i}` }),
    )
    const { table } = system
    // Rows alone: a million actors would only be in the way of the measure.
    for (let row = 1; row < 1_000_000; row++) {
      table.claim(kinds[row % 5]!.code, 0, 0, 0)
      table.state[row] = row % 3
      if (row % 3 === 2) table.waitClass[row] = 1 + (row % 8)
    }
    const rounds = 50
    countActors(system)
    const ns = await nsEach(rounds, () => {
      for (let i = 0; i < rounds; i++) countActors(system)
    })
    return { histogram: ns / 1e6 }
  },
}

/** Two who tell each other, until so many messages were told; in ns each. */
async function rally(
  system: System,
  messages: number,
  prepare: (player: NonNullable<ReturnType<System['find']>>) => void = () => {},
): Promise<number> {
  let left = messages
  const player = defineBehavior({
    name: 'player',
    start: () => 0,
    receive(_s, other: Ref<unknown>, self: Self<never>) {
      if (left-- > 0) other.tell(self)
    },
  })
  const [a, b] = [system.spawn(player), system.spawn(player)]
  for (const { id } of [a, b]) prepare(system.find(id)!)
  return nsEach(messages, async () => {
    a.tell(b)
    await until(() => left < 0)
  })
}

/** Some rounds with nobody in them but one, after which the run queue has given the memory of the large ones back. */
async function rest(system: System): Promise<void> {
  for (let i = 0; i < 4; i++) {
    const { handled } = system.counters
    ;(system.root as unknown as Ref<unknown>).tell(1)
    await until(() => system.counters.handled > handled)
  }
}

/** Whether the newest actor has started, and so all of them. */
function idle(system: System): boolean {
  return system.actors.at(-1)?.state === 0
}

/** An actor with so many children, as the work of its own. */
async function grow(system: System, children: number): Promise<Ref> {
  const owner = system.spawn(
    defineBehavior({
      name: 'owner',
      start(self: Self<never>) {
        for (let i = 0; i < children; i++) self.spawn(leaf)
      },
      receive: () => {},
    }),
  )
  await until(() => idle(system))
  return owner
}
