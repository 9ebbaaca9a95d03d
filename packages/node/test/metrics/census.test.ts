import { type Behavior, createSystem, ManualClock, type Self, states, takeDump } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import {
  ageBounds,
  depthBounds,
  maxBehaviors,
  takeCensus,
  waitClasses,
} from '../../src/metrics/census.ts'

// Many small systems take their time where many tests share few cores; the limit is for what hangs.
vi.setConfig({ testTimeout: 30_000 })

type Order = { type: 'hold'; wait: number } | { type: 'die' }

/** An actor that waits, or dies, as told. */
function puppet(name: string): Behavior<Order, Self<Order>> {
  return {
    name,
    start: (self) => self,
    receive(self, order) {
      if (order.type === 'die') self.stop()
      else self.hold(waitClasses[order.wait]!, 'something')
    },
  }
}

/** For each bound, how many of the values are at most that. */
function cumulated(bounds: readonly number[], values: readonly number[]): [string, number][] {
  return [...bounds, Infinity].map((bound) => [
    bound === Infinity ? '+Inf' : String(bound),
    values.filter((value) => value <= bound).length,
  ])
}

const order = fc.oneof(
  fc.record({ type: fc.constant('hold' as const), wait: fc.nat(waitClasses.length - 1) }),
  fc.constant({ type: 'die' as const }),
)

describe('a census', () => {
  test('counts what a dump of the same moment lists', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2), fc.option(order), fc.nat(3)), { maxLength: 30 }),
        (population) => {
          const clock = new ManualClock()
          const system = createSystem({ clock, maxActors: 64, recorderSize: 64, tombstones: 16 })
          const puppets = ['a', 'b', 'c'].map(puppet)
          const refs = population.map(([kind]) => system.spawn(puppets[kind]!))
          clock.advance(100)
          population.forEach(([, told], at) => {
            if (told) refs[at]!.tell(told)
            // Each of another age.
            clock.advance(2 ** (at % 20))
          })
          clock.advance(10_000)
          // These are not handled yet.
          population.forEach(([, , letters], at) => {
            for (let i = 0; i < letters; i++) refs[at]!.tell({ type: 'hold', wait: 0 })
          })

          const census = takeCensus(system)
          const { actors } = takeDump(system)
          for (const behavior of new Set(actors.map((actor) => actor.behavior))) {
            for (const state of states) {
              const listed = actors.filter(
                (actor) => actor.behavior === behavior && actor.state === state,
              )
              expect(census.behaviors.get(behavior)![state]).toBe(listed.length)
            }
          }
          expect([...census.behaviors.keys()].toSorted()).toEqual(
            [...new Set(actors.map((actor) => actor.behavior))].toSorted(),
          )
          for (const wait of waitClasses) {
            const listed = actors.filter((actor) => actor.wait?.class === wait)
            expect([wait, census.waits.get(wait)]).toEqual([wait, listed.length])
          }
          const messages = actors.reduce((sum, actor) => sum + actor.mailbox, 0)
          expect(census.messages).toBe(messages)

          const depths = actors.map(({ mailbox }) => mailbox)
          expect(census.depths.cumulative()).toEqual(cumulated(depthBounds, depths))
          expect(census.depths.max).toBe(Math.max(...depths))
          for (const [state, ages] of census.ages) {
            const listed = actors.filter((actor) => actor.state === state)
            const seconds = listed.map(({ ms }) => ms / 1_000)
            expect([state, ages.cumulative()]).toEqual([state, cumulated(ageBounds, seconds)])
            expect([state, ages.max]).toEqual([state, Math.max(0, ...seconds)])
          }
          for (const [wait, ages] of census.waitAges) {
            const seconds = actors.flatMap((actor) =>
              actor.wait?.class === wait ? [actor.wait.ms / 1_000] : [],
            )
            expect([wait, ages.cumulative()]).toEqual([wait, cumulated(ageBounds, seconds)])
            expect([wait, ages.max]).toEqual([wait, Math.max(0, ...seconds)])
          }
        },
      ),
    )
  })

  test('names so many behaviours and no more, and forgets no actor', () => {
    const clock = new ManualClock()
    const system = createSystem({ clock, maxActors: 512 })
    for (let i = 0; i < maxBehaviors + 50; i++) system.spawn(puppet(`made-${i}`))
    // The last that came is the largest, and has no name for all that.
    system.spawn(puppet(`made-${maxBehaviors + 49}`))
    const { behaviors } = takeCensus(system)
    // The root is the first of them.
    const named = Array.from({ length: maxBehaviors - 1 }, (_, i) => `made-${i}`)
    expect([...behaviors.keys()]).toEqual(['root', ...named, '(other)'])
    expect(behaviors.get('(other)')!.idle).toBe(52)
    const counts = [...behaviors.values()].map(
      ({ idle, running, waiting }) => idle + running + waiting,
    )
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(system.table.live)
  })

  test('knows every class of wait by the name that a dump gives it', () => {
    const clock = new ManualClock()
    const system = createSystem({ clock, maxActors: 64, recorderSize: 64, tombstones: 16 })
    waitClasses.forEach((_wait, at) => system.spawn(puppet('a')).tell({ type: 'hold', wait: at }))
    clock.advance(100)
    const dumped = takeDump(system).actors.flatMap(({ wait }) => wait?.class ?? [])
    expect(dumped).toEqual(waitClasses)
    expect([...takeCensus(system).waits]).toEqual(waitClasses.map((wait) => [wait, 1]))
  })
})
