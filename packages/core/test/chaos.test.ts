import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemDefaults } from '../src/system.ts'
import { Chaos, kinds, steps } from './chaos.ts'
import { expectConsistent, expectNothingLeft } from './world.ts'

test('whatever goes wrong, the table agrees with itself, and in the end nothing is left and all are told', async () => {
  await fc.assert(
    fc.asyncProperty(kinds, steps, fc.nat(), async (given, told, seed) => {
      const chaos = new Chaos(given, seed)
      const { world, refs } = chaos
      for (const step of told) {
        await chaos.take(step)
        await world.settle()
        expectConsistent(world.system)
        expect(chaos.wrongWatches()).toEqual([])
      }
      await world.clock.advanceAsync(5_000)
      expectConsistent(world.system)
      expect(chaos.overdue()).toEqual([])
      await chaos.end()

      expectNothingLeft(world.system)
      expect(chaos.settled).toBe(chaos.asked)
      expect(refs.filter((ref) => ref.alive)).toEqual([])
      // One end each: as many as lived, and none twice.
      const ended = world.all('actor.ended').map(({ actor }) => actor)
      expect(ended).toHaveLength(world.system.counters.spawned + 1)
      expect(new Set(ended).size).toBe(ended.length)
      const { tombstones } = world.system
      const buried = tombstones.list()
      // Of very many, only the last are kept.
      expect(buried).toHaveLength(Math.min(tombstones.count, systemDefaults.tombstones))
      expect(new Set(buried.map(({ id }) => id)).size).toBe(buried.length)
      for (const { end } of buried) expect(end.code).not.toBe('unknown')
    }),
    { numRuns: 60 },
  )
}, 60_000)
