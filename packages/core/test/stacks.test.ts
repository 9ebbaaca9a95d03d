import { describe, expect, test } from 'vitest'
import { takeDump } from '../src/inspect/take/take.ts'
import { Sites } from '../src/sites.ts'
import { inert, open } from './actors.ts'
import { createWorld } from './world.ts'

describe('stacks of spawns', () => {
  test('are none unless a share is asked for', async () => {
    const world = createWorld()
    world.system.spawn(inert)
    expect(world.system.sites.stacks.size).toBe(0)
  })

  test('are kept of the share that is asked for, switched at run time, and shown in the dump', async () => {
    const world = createWorld()
    const spawnMany = (count: number): void => {
      for (let i = 0; i < count; i++) world.system.spawn(inert)
    }
    spawnMany(10)
    world.system.sites.sample = 0.25
    spawnMany(20)
    world.system.sites.sample = 0
    spawnMany(10)
    const withStack = takeDump(world.system).actors.filter(({ stack }) => stack !== undefined)
    expect(withStack.map(({ id }) => Number.parseInt(id, 16))).toEqual([14, 18, 22, 26, 30])
    expect(withStack[0]!.stack![0]).toEqual({
      function: 'spawnMany',
      at: expect.stringMatching(/^stacks\.test\.ts:\d+$/),
    })
  })

  test('begin at the handler that spawned, without the kernel', async () => {
    const world = createWorld()
    world.system.sites.sample = 1
    const keeper = world.system.spawn(open('keeper'))
    keeper.tell(function upgrade(self) {
      self.spawn(inert)
    })
    await world.settle()
    const { stack } = takeDump(world.system).actors.find(({ behavior }) => behavior === 'inert')!
    expect(stack![0]).toMatchObject({ function: 'upgrade' })
    expect(stack!.some(({ at }) => at.startsWith('actor.ts'))).toBe(false)
  })

  test('are bounded: the newest stay', () => {
    const sites = new Sites(10)
    sites.sample = 1
    for (let i = 0; i < 1_500; i++) sites.stacks.spawned(String(i))
    expect(sites.stacks.size).toBe(1_000)
    expect(sites.stacks.of('499')).toBeUndefined()
    expect(sites.stacks.of('500')).toBeDefined()
  })

  test('are of a share between none and all', () => {
    const sites = new Sites(10)
    for (const share of [-0.1, 1.1, Number.NaN]) {
      expect(() => (sites.sample = share)).toThrow('[option_invalid] sample: expected 0 to 1')
    }
  })
})

test('timers that an actor has set are counted in its row', async () => {
  const world = createWorld()
  const ref = world.system.spawn(open())
  ref.tell((self) => {
    for (let i = 1; i <= 3; i++) self.after(i * 1_000, () => undefined)
  })
  await world.clock.advanceAsync(1_500)
  const row = takeDump(world.system).actors.find(({ id }) => id === ref.id)
  expect(row!.timers).toBe(2)
})
