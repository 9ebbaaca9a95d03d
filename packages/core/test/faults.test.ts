import { describe, expect, test } from 'vitest'
import { defineBehavior } from '../src/behavior.ts'
import { inert, open } from './actors.ts'
import { createWorld, expectConsistent } from './world.ts'

describe('a fault', () => {
  const thrown: [what: string, value: unknown, text: string][] = [
    ['an error', new TypeError('no\nsuch thing'), 'TypeError: no'],
    ['a string', 'oops', 'oops'],
    ['undefined', undefined, 'undefined'],
    ['an object without a text', Object.create(null), 'something that has no text'],
    [
      'an error whose message throws',
      Object.defineProperty(new Error('x'), 'message', {
        get() {
          throw new Error('gotcha')
        },
      }),
      'something that has no text',
    ],
  ]
  test.each(thrown)(
    'of a handler that throws %s ends its actor and nothing else',
    async (_w, value, text) => {
      for (const how of ['sync', 'async', 'start', 'start later'] as const) {
        const world = createWorld()
        const beside = world.system.spawn(inert)
        const ref = world.system.spawn(
          defineBehavior({
            name: 'faulty',
            start() {
              if (how === 'start') throw value
              // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- whatever it is
              return how === 'start later' ? Promise.reject(value) : 0
            },
            receive(_s, _m: unknown) {
              if (how === 'sync') throw value
              // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- whatever it is
              return Promise.reject(value)
            },
          }),
        )
        ref.tell(1)
        await world.settle()
        expect([ref.alive, beside.alive]).toEqual([false, true])
        const [failed] = world.all('actor.failed')
        expect(failed!.error).toBe(value)
        expect(world.all('actor.ended').map(({ end }) => [end.code, end.detail])).toEqual([
          ['failed', text],
        ])
        expectConsistent(world.system)
      }
    },
  )

  const returned: [what: string, value: unknown][] = [
    ['null', null],
    ['a number', 3],
    ['another object', new Map()],
    [
      'an object whose then throws',
      Object.defineProperty({}, 'then', {
        get() {
          throw new Error('then')
        },
      }),
    ],
    [
      'a promise that calls back with a throw',
      {
        // oxlint-disable-next-line unicorn/no-thenable -- that is the point
        then() {
          throw new Error('thenable')
        },
      },
    ],
  ]
  test.each(returned)('is also to return %s from a handler', async (_what, value) => {
    const world = createWorld()
    const ref = world.system.spawn(
      defineBehavior({ name: 'odd', start: () => 0, receive: (_s, _m: unknown) => value as never }),
    )
    ref.tell(1)
    await world.settle()
    expect(ref.alive).toBe(false)
    expect(world.system.counters.ends.failed).toBe(1)
  })

  test('of a hook is told, and stops nobody', async () => {
    const world = createWorld()
    const fault = new Error('hook')
    for (const later of [false, true]) {
      const ref = world.system.spawn(
        defineBehavior({
          name: 'hooked',
          start: () => 0,
          receive: (_s, _m: unknown) => {},
          stop() {
            if (later) return Promise.reject(fault)
            throw fault
          },
          label: () => {
            throw fault
          },
        }),
      )
      await world.settle()
      ref.stop()
      await world.settle()
      expect(ref.alive).toBe(false)
    }
    expect(world.all('hook.failed').map(({ error }) => error)).toEqual([fault, fault])
    expect(world.system.counters.ends.stopped).toBe(2)
  })

  test('after the context has ended is no fault', async () => {
    const world = createWorld()
    const ref = world.system.spawn(open())
    await world.settle()
    ref.tell((self) => {
      self.stop('enough')
      self.context.check()
    })
    await world.settle()
    expect(world.all('actor.failed')).toEqual([])
    expect(world.system.counters.ends).toMatchObject({ stopped: 1, failed: 0 })
  })
})
