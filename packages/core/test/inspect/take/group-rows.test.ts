import { describe, expect, test } from 'vitest'
import { groupActors } from '../../../src/inspect/map/groups.ts'
import { dumpSystem, takeDump } from '../../../src/inspect/take/take.ts'
import { inert, open } from '../../actors.ts'
import { createWorld, seeded } from '../../world.ts'

describe('a dump of groups', () => {
  test('has the groups of all its actors instead of them', async () => {
    const world = createWorld()
    const random = seeded(3)
    const pick = (n: number): number => Math.floor(random() * n)
    for (let i = 0; i < 300; i++) {
      const one = world.system.spawn(open(`kind ${pick(3)}`))
      const waits = ['lock', 'redis', 'ask'] as const
      const [wait, target] = [waits[pick(3)]!, `thing${pick(2)} ${i}`]
      if (pick(3) > 0) one.tell((self) => void self.hold(wait, target))
      await world.clock.advanceAsync(pick(50))
    }
    const whole = takeDump(world.system)
    const taking = dumpSystem(world.system, { groups: true, limit: 7 })
    await world.settle()
    const { groups, actors, sites, total } = await taking
    expect(groups).toEqual(groupActors(whole))
    expect(groups!.reduce((sum, { count }) => sum + count, 0)).toBe(total)
    expect([actors, sites]).toEqual([[], whole.sites])
    const idle = takeDump(world.system, { groups: true, filter: { state: 'idle' } })
    expect(idle.groups).toEqual(groups!.filter(({ state }) => state === 'idle'))
  })

  test('finds the median of a large group among some of it', async () => {
    const world = createWorld({ maxActors: 20_000 })
    for (let i = 0; i < 10_000; i++) {
      world.system.spawn(inert)
      if (i % 100 === 0) await world.clock.advanceAsync(1)
    }
    await world.settle()
    const [group] = takeDump(world.system, { groups: true }).groups!
    expect(group).toMatchObject({ behavior: 'inert', count: 10_000, ms: { min: 0, max: 100 } })
    expect(Math.abs(group!.ms.p50 - 50)).toBeLessThan(2)
  })
})
