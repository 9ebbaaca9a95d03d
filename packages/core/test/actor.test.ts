import { describe, expect, test } from 'vitest'
import { defineBehavior, next, type Ref, type Self, stop } from '../src/behavior.ts'
import { formatEnd } from '../src/ends.ts'
import { inert, open } from './actors.ts'
import { createWorld, expectNothingLeft, never } from './world.ts'

describe('an actor', () => {
  test('handles its messages in order, one at a time, with the state that they make', async () => {
    const world = createWorld()
    const seen: string[] = []
    const counter = defineBehavior({
      name: 'counter',
      start: (_self, from: number) => from,
      async receive(count, by: number) {
        seen.push(`${by} begins at ${count}`)
        await Promise.resolve()
        seen.push(`${by} ends`)
        return next(count + by)
      },
    })
    const ref = world.system.spawn(counter, 10)
    for (const by of [1, 2, 3]) ref.tell(by)
    await world.settle()
    expect(seen).toEqual([
      '1 begins at 10',
      '1 ends',
      '2 begins at 11',
      '2 ends',
      '3 begins at 13',
      '3 ends',
    ])
  })

  test('ends completed when its behaviour says stop, and takes no message after it', async () => {
    const world = createWorld()
    const seen: unknown[] = []
    const once = defineBehavior({
      name: 'once',
      start: () => 0,
      receive: (_s, m: number) => (seen.push(m), stop('that was it')),
    })
    const ref = world.system.spawn(once)
    ref.tell(1)
    ref.tell(2)
    await world.settle()
    expect(seen).toEqual([1])
    expect(world.all('actor.ended').map(({ end }) => [end.code, formatEnd(end)])).toEqual([
      ['completed', `once ${ref.id}: that was it`],
    ])
    expect(world.system.counters.deadLetters).toBe(1)
    expect([ref.alive, ref.tell(3)]).toEqual([false, 'dead'])
    expect(world.system.counters.deadLetters).toBe(2)
  })

  test('that is stopped before its first slice never starts', async () => {
    const world = createWorld()
    let hooks = 0
    const ref = world.system.spawn(
      defineBehavior({
        name: 'late',
        start: () => void hooks++,
        receive: (_s, _m: unknown) => {},
        stop: () => void hooks++,
      }),
    )
    ref.tell('x')
    ref.stop('not needed')
    await world.settle()
    expect([hooks, ref.alive]).toEqual([0, false])
  })

  test('with mail is stopped without handling it, on a clock that stands still too', async () => {
    const world = createWorld()
    let handled = 0
    const ref = world.system.spawn(
      defineBehavior({
        name: 'busy',
        start: () => 0,
        receive: (_s, _m: unknown) => void handled++,
      }),
    )
    await world.settle()
    for (let i = 0; i < 100; i++) ref.tell(i)
    ref.stop()
    world.clock.flush()
    expect([handled, ref.alive, world.system.counters.deadLetters]).toEqual([0, false, 100])
  })

  test('handles what is signalled ahead of all that was told', async () => {
    const world = createWorld()
    const seen: unknown[] = []
    const ref = world.system.spawn(
      defineBehavior({
        name: 'lanes',
        start: () => 0,
        receive: (_s, m: unknown) => void seen.push(m),
        mailbox: { capacity: 1 },
      }),
    )
    ref.tell('told')
    ref.signal('first')
    ref.signal('second')
    await world.settle()
    expect(seen).toEqual(['first', 'second', 'told'])
  })
})

describe('a reference', () => {
  test('to an earlier tenant of a row is recognised by find, tell, ask, signal and watch', async () => {
    const world = createWorld()
    const old = world.system.spawn(inert)
    await world.settle()
    old.stop()
    await world.settle()
    const seen: unknown[] = []
    const tenant = world.system.spawn(
      defineBehavior({
        name: 'tenant',
        start: (self: Self<unknown>) => self.watch(old, 'the old one is dead'),
        receive: (_s, m: unknown) => void seen.push(m),
      }),
    )
    expect([tenant.row, tenant.generation]).toEqual([old.row, old.generation + 1])
    expect(tenant.id).toBe(`${old.id}.1`)
    expect(old.tell('x')).toBe('dead')
    old.signal('y')
    await expect(old.ask((reply) => reply as never)).rejects.toThrow('[actor_dead]')
    old.stop()
    await world.settle()
    expect(seen).toEqual(['the old one is dead'])
    expect(world.system.find(old.id)).toBeUndefined()
    expect(world.system.find(tenant.id)).toBe(tenant)
  })

  test('has an id that finds it again, and nothing else does', async () => {
    const world = createWorld()
    const refs = Array.from({ length: 20 }, () => world.system.spawn(inert))
    await world.settle()
    expect(refs.map((ref) => world.system.find(ref.id))).toEqual(refs)
    expect(refs[15]!.id).toBe('10')
    for (const id of [
      '',
      '.',
      '10.',
      '10.0',
      '10.1',
      '010',
      ' 10',
      '0x10',
      'A',
      '10.0.0',
      '-1',
      'ffff',
      '1e1',
      'NaN',
    ]) {
      expect([id, world.system.find(id)]).toEqual([id, undefined])
    }
  })
})

describe('a timer', () => {
  test('tells its actor, ahead of what was told, and is gone with it', async () => {
    const world = createWorld()
    const seen: string[] = []
    const clocked = defineBehavior({
      name: 'clocked',
      start(self) {
        self.after(100, 'kept')
        self.cancel(self.after(50, 'cancelled'))
        self.after(1_000, 'too late')
      },
      receive: (_s, m: string) => void seen.push(m),
    })
    const ref = world.system.spawn(clocked)
    await world.clock.advanceAsync(200)
    expect(seen).toEqual(['kept'])
    expect(world.system.wheel.size).toBe(1)
    ref.stop()
    await world.settle()
    expect(world.system.wheel.size).toBe(0)
  })

  test('that a stop hook sets is gone with the actor', async () => {
    const world = createWorld()
    const ref = world.system.spawn(
      defineBehavior({
        name: 'polite',
        start: () => 0,
        receive: (_s, _m: string) => {},
        stop: (_s, _end, self) => void self.after(10_000, 'never'),
      }),
    )
    await world.settle()
    ref.stop()
    await world.settle()
    expect([ref.alive, world.system.wheel.size]).toEqual([false, 0])
  })

  test('that a handler sets after its actor is dead rests for ever', async () => {
    const world = createWorld()
    let late: { waiting: boolean } | undefined
    const ref = world.system.spawn(
      defineBehavior({
        name: 'zombie',
        start: () => 0,
        graceMs: 10,
        async receive(_s, _m: unknown, self) {
          await new Promise<void>((go) => world.clock.after(100, go))
          late = self.after(1_000, 'x')
          self.watch(world.system.root as unknown as Ref, 'x')
        },
      }),
    )
    ref.tell(1)
    await world.settle()
    ref.stop()
    await world.clock.advanceAsync(200)
    expect(late).toMatchObject({ waiting: false })
    expect(world.system.wheel.size).toBe(0)
    expect(world.system.root.rare?.watchers?.size ?? 0).toBe(0)
  })
})

describe('an ended context', () => {
  test('gives birth to nobody', async () => {
    const world = createWorld()
    const ref = world.system.spawn(open())
    let code: unknown
    ref.tell((self) => {
      self.stop()
      try {
        self.spawn(inert)
      } catch (error) {
        code = (error as { code: string }).code
      }
    })
    await world.settle()
    expect(code).toBe('context_ended')
    await Promise.all([world.system.stop(), world.clock.advanceAsync(100)])
    expect(() => world.system.spawn(inert)).toThrow('[context_ended]')
    expectNothingLeft(world.system)
  })

  test('of a deadline ends the actor with that code', async () => {
    const world = createWorld()
    const ref = world.system.spawn(
      defineBehavior({
        name: 'brief',
        start: (self: Self<unknown>) => self.context.setDeadline(self.now + 100),
        receive: () => never<void>(),
      }),
    )
    await world.clock.advanceAsync(100)
    expect([ref.alive, world.system.counters.ends.deadline]).toEqual([false, 1])
  })
})
