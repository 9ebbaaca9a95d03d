import { describe, expect, test } from 'vitest'
import { type Behavior, defineBehavior, type Ref, type Self } from '../src/behavior.ts'
import { formatEnd } from '../src/ends.ts'
import { inert, open } from './actors.ts'
import { createWorld, expectConsistent } from './world.ts'

describe('a full table', () => {
  test('throws too_many_actors at whoever spawns, and harms nobody', async () => {
    const world = createWorld({ maxActors: 4 })
    const beside = world.system.spawn(inert)
    let code: unknown
    const spawner = world.system.spawn(open())
    spawner.tell((self) => {
      self.spawn(inert)
      try {
        self.spawn(inert)
      } catch (error) {
        code = (error as { code: string }).code
      }
    })
    await world.settle()
    expect(code).toBe('too_many_actors')
    expect(() => world.system.spawn(inert)).toThrow('[too_many_actors]')
    expect([beside.alive, spawner.alive, world.system.table.live]).toEqual([true, true, 4])
    beside.stop()
    await world.settle()
    expect(world.system.spawn(inert).alive).toBe(true)
    expectConsistent(world.system)
  })
})

describe('maxDescendants', () => {
  const tree = (depth: number, width: number): Behavior<unknown, number> =>
    defineBehavior({
      name: `tree-${depth}`,
      start(self: Self<unknown>): number {
        if (depth > 0) for (let i = 0; i < width; i++) self.spawn(tree(depth - 1, width))
        return 0
      },
      receive: () => {},
    })

  test('is paid by its holder, however deep the one is who spawns too many', async () => {
    const world = createWorld()
    const holder = { ...tree(3, 4), name: 'holder', maxDescendants: 20 }
    const beside = world.system.spawn({ ...tree(2, 4), name: 'beside' })
    const ref = world.system.spawn(holder)
    await world.settle()
    expect([ref.alive, beside.alive]).toEqual([false, true])
    // The one beside: 1 + 4 + 16; and the root.
    expect(world.system.table.live).toBe(22)
    const ends = world.all('actor.ended').filter(({ behavior }) => behavior === 'holder')
    expect(ends.map(({ end }) => formatEnd(end))).toEqual([
      `holder ${ref.id}: SluiceError: [too_many_children] 20 actors below holder ${ref.id}`,
    ])
    expectConsistent(world.system)
  })

  test('counts those alive: who has died makes room', async () => {
    const world = createWorld()
    const holder = world.system.spawn({ ...open('holder'), maxDescendants: 2 })
    for (let i = 0; i < 10; i++) {
      holder.tell((self) => {
        const children = [self.spawn(inert), self.spawn(inert)]
        for (const one of children) one.stop()
      })
      await world.settle()
    }
    expect(holder.alive).toBe(true)
  })

  test('is not spent by a spawn that fails', async () => {
    const world = createWorld()
    const holder = world.system.spawn({ ...open('holder'), maxDescendants: 1 })
    const bad = { ...inert, mailbox: { capacity: 0 } }
    let spawned: Ref | undefined
    holder.tell((self) => {
      for (let i = 0; i < 3; i++) expect(() => self.spawn(bad)).toThrow('[option_invalid]')
      spawned = self.spawn(inert)
    })
    await world.settle()
    expect(spawned?.alive).toBe(true)
  })
})
