// The same with XState's own actors, where the same makes sense.

import { type Actor, type AnyStateMachine, assign, createActor, createMachine, setup } from 'xstate'
import { heapBytes, nsEach } from './cost.ts'

/** The life of an actor, as in core's lifecycle.ts. */
const life = createMachine({
  id: 'life',
  initial: 'idle',
  states: {
    idle: { on: { take: 'running', wait: 'waiting', end: 'dead' } },
    running: { on: { settle: 'idle', wait: 'waiting', end: 'dead' } },
    waiting: { on: { take: 'running', settle: 'idle', resume: 'running', end: 'dead' } },
    dead: { type: 'final' },
  },
})

function grow(count: number): Actor<typeof life>[] {
  return Array.from({ length: count }, () => createActor(life).start())
}

export const measures: Record<string, () => Promise<Record<string, number>>> = {
  async spawn() {
    const many = 20_000
    grow(5_000)
    return { spawn: await nsEach(many, () => void grow(many)) }
  },

  async pingPong() {
    let left = 0
    const player = setup({
      types: { context: {} as { other: Actor<AnyStateMachine> | undefined } },
    }).createMachine({
      id: 'player',
      context: { other: undefined },
      on: {
        meet: { actions: assign(({ event }) => ({ other: event['other'] })) },
        ball: {
          actions: ({ context }) => {
            if (left-- > 0) context.other?.send({ type: 'ball' })
          },
        },
      },
    })
    const [a, b] = [createActor(player).start(), createActor(player).start()]
    a.send({ type: 'meet', other: b })
    b.send({ type: 'meet', other: a })
    const rally = (count: number): Promise<number> =>
      nsEach(count, () => {
        left = count
        a.send({ type: 'ball' })
      })
    await rally(20_000)
    return { pingPong: await rally(200_000) }
  },

  async oneToMany() {
    const listener = setup({ types: { context: {} as { got: number } } }).createMachine({
      id: 'listener',
      context: { got: 0 },
      on: { said: { actions: assign({ got: ({ context }) => context.got + 1 }) } },
    })
    const listeners = Array.from({ length: 1_000 }, () => createActor(listener).start())
    const speak = (rounds: number): Promise<number> =>
      nsEach(rounds * listeners.length, () => {
        for (let i = 0; i < rounds; i++) for (const one of listeners) one.send({ type: 'said' })
      })
    await speak(20)
    return { oneToMany: await speak(100) }
  },

  async lifecycle() {
    const actors = grow(1_000)
    const walk = (rounds: number): Promise<number> =>
      nsEach(rounds * actors.length * 2, () => {
        for (let i = 0; i < rounds; i++) {
          for (const actor of actors) {
            actor.send({ type: 'take' })
            actor.send({ type: 'settle' })
          }
        }
      })
    await walk(10)
    return { lifecycle: await walk(50) }
  },

  async idle() {
    const [low, high] = [10_000, 30_000]
    const kept = [grow(1_000)]
    const before = await heapBytes()
    kept.push(grow(low))
    const fresh = await heapBytes()
    kept.push(grow(high))
    const more = await heapBytes()
    // Whoever was sent something, as whoever was not, has a mailbox.
    const actors = kept.flat()
    for (const type of ['take', 'settle'] as const) for (const actor of actors) actor.send({ type })
    const told = await heapBytes()
    return {
      idle100k: (fresh - before) / low,
      idle300k: (more - fresh) / high,
      // Divided by them, so that they are still there.
      idleTold: (told - before) / (actors.length - 1_000),
    }
  },
}
