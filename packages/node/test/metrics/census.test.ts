import { type Behavior, createSystem, ManualClock, type Self, states, takeDump } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { takeCensus, waitClasses } from '../../src/metrics/census.ts'

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
          const system = createSystem({ clock, maxActors: 64 })
          const puppets = ['a', 'b', 'c'].map(puppet)
          const refs = population.map(([kind]) => system.spawn(puppets[kind]!))
          clock.advance(100)
          population.forEach(([, told], at) => told && refs[at]!.tell(told))
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
        },
      ),
    )
  })

  test('knows every class of wait by the name that a dump gives it', () => {
    const clock = new ManualClock()
    const system = createSystem({ clock, maxActors: 64 })
    waitClasses.forEach((_wait, at) => system.spawn(puppet('a')).tell({ type: 'hold', wait: at }))
    clock.advance(100)
    const dumped = takeDump(system).actors.flatMap(({ wait }) => wait?.class ?? [])
    expect(dumped).toEqual(waitClasses)
    expect([...takeCensus(system).waits]).toEqual(waitClasses.map((wait) => [wait, 1]))
  })
})
