import { describe, expect, test } from 'vitest'
import { type Behavior, defineBehavior, type Self, stop } from '../src/behavior.ts'
import { formatEnd } from '../src/ends.ts'
import { createWorld, deferred, expectConsistent, expectNothingLeft, never } from './world.ts'

/** The ends of all who died, in their order. */
function endsIn(world: ReturnType<typeof createWorld>): string[] {
  return world.all('actor.ended').map(({ end }) => `${end.code} | ${formatEnd(end)}`)
}

describe('a stop hook', () => {
  test('runs once, with the end, when the children are gone', async () => {
    const world = createWorld()
    const log: string[] = []
    const leaf = defineBehavior({
      name: 'leaf',
      start: () => 0,
      receive: () => {},
      stop: async () => {
        await new Promise<void>((done) => world.clock.after(50, done))
        log.push('leaf')
      },
    })
    const ref = world.system.spawn(
      defineBehavior({
        name: 'parent',
        start: (self: Self<unknown>) => void [self.spawn(leaf), self.spawn(leaf)],
        receive: () => {},
        stop: (_s, end) => void log.push(`parent: ${formatEnd(end)}`),
      }),
    )
    await world.settle()
    ref.stop('closing')
    ref.stop('again')
    await world.clock.advanceAsync(100)
    expect(log).toEqual(['leaf', 'leaf', `parent: parent ${ref.id}: closing`])
  })

  test('that hangs is left behind after its grace time: killed, with the cause', async () => {
    const world = createWorld()
    const ref = world.system.spawn(
      defineBehavior({
        name: 'stuck',
        start: () => 0,
        receive: () => {},
        stop: never,
        graceMs: 200,
      }),
    )
    await world.settle()
    ref.stop('draining')
    await world.clock.advanceAsync(195)
    expect(ref.alive).toBe(true)
    await world.clock.advanceAsync(10)
    expect(endsIn(world)).toEqual([
      `killed | stuck ${ref.id}: did not stop in time ← stuck ${ref.id}: draining`,
    ])
    expect(world.all('actor.forced')).toEqual([
      { name: 'actor.forced', actor: ref.id, behavior: 'stuck', graceMs: 200 },
    ])
    expect(world.system.counters.forced).toBe(1)
    expectConsistent(world.system)
  })

  test('is called once although the handler hangs, and is not waited for then', async () => {
    const world = createWorld()
    let stops = 0
    const ref = world.system.spawn(
      defineBehavior({
        name: 'stuck',
        start: () => 0,
        receive: (_s, _m: number) => never<void>(),
        stop() {
          stops++
          return never<void>()
        },
        graceMs: 200,
      }),
    )
    ref.tell(1)
    await world.settle()
    ref.stop()
    await world.clock.advanceAsync(195)
    expect(stops).toBe(0)
    await world.clock.advanceAsync(10)
    expect([stops, ref.alive, world.system.counters.ends.killed]).toEqual([1, false, 1])
    expect(world.system.wheel.size).toBe(0)
  })

  test('waits for the children also when the handler had to be given up', async () => {
    const world = createWorld({ graceMs: 100 })
    const log: string[] = []
    const closing = deferred()
    const leaf = defineBehavior({
      name: 'leaf',
      start: () => 0,
      receive: () => {},
      graceMs: 10_000,
      stop: () => closing.promise.then(() => void log.push('leaf')),
    })
    const ref = world.system.spawn(
      defineBehavior({
        name: 'parent',
        start: (self: Self<number>) => void self.spawn(leaf),
        receive: (_s, _m: number) => never<void>(),
        stop: () => void log.push('parent'),
      }),
    )
    ref.tell(1)
    await world.settle()
    ref.stop()
    await world.clock.advanceAsync(1_000)
    expect([log, ref.alive]).toEqual([[], true])
    closing.resolve()
    await world.settle()
    expect([log, ref.alive]).toEqual([['leaf', 'parent'], false])
    expect(world.system.counters.ends).toMatchObject({ killed: 1, context: 1 })
  })

  test('has its whole grace time for itself, however long handler and children took', async () => {
    const world = createWorld({ graceMs: 100 })
    const slow = (ms: number) => () => new Promise<void>((done) => world.clock.after(ms, done))
    const leaf = defineBehavior({
      name: 'leaf',
      start: () => 0,
      receive: () => {},
      stop: slow(90),
    })
    const ref = world.system.spawn(
      defineBehavior({
        name: 'parent',
        start: (self: Self<number>) => void self.spawn(leaf),
        receive: (_s, _m: number) => slow(80)(),
        stop: slow(90),
      }),
    )
    ref.tell(1)
    await world.settle()
    ref.stop()
    await world.clock.advanceAsync(170)
    expect([ref.alive, world.system.orphans()]).toEqual([true, 0])
    await world.clock.advanceAsync(30)
    expect([ref.alive, world.system.counters.forced]).toEqual([false, 0])
  })
})

describe('an actor that waits for its handler, or its children, to end', () => {
  test('shows what for', async () => {
    const world = createWorld({ graceMs: 1_000 })
    const handled = deferred()
    const leaf = defineBehavior({ name: 'leaf', start: () => 0, receive: () => {}, stop: never })
    const ref = world.system.spawn(
      defineBehavior({
        name: 'parent',
        start: (self: Self<number>) => void self.spawn(leaf),
        receive: (_s, _m: number) => handled.promise,
      }),
    )
    ref.tell(1)
    await world.settle()
    ref.stop()
    await world.settle()
    const { table } = world.system
    expect([table.state[ref.row], table.waitClass[ref.row]]).toEqual([2, 8])
    handled.resolve()
    await world.settle()
    expect([table.state[ref.row], table.waitClass[ref.row]]).toEqual([0, 0])
    expectConsistent(world.system)
  })
})

describe('a promise that settles late', () => {
  test.each(['receive', 'start', 'stop'] as const)('touches nothing: %s', async (phase) => {
    const world = createWorld({ graceMs: 100 })
    const late = deferred<unknown>()
    const seen: string[] = []
    const ref = world.system.spawn(
      defineBehavior({
        name: 'slow',
        start: () => (phase === 'start' ? late.promise : 0),
        receive: (_s, _m: number) =>
          phase === 'receive' ? (late.promise as Promise<void>) : undefined,
        stop(state) {
          seen.push(`stop with ${String(state)}`)
          return phase === 'stop' ? (late.promise as Promise<void>) : undefined
        },
      }),
    )
    ref.tell(1)
    await world.settle()
    ref.stop()
    await world.clock.advanceAsync(200)
    expect(ref.alive).toBe(false)
    const tenant = world.system.spawn(
      defineBehavior({ name: 'tenant', start: () => 'mine', receive: () => {} }),
    )
    await world.settle()
    expect(tenant.row).toBe(ref.row)
    const before = JSON.stringify([...world.events, world.system.counters])
    late.resolve(stop('too late'))
    await world.settle()
    expect(JSON.stringify([...world.events, world.system.counters])).toBe(before)
    expect(world.system.find(tenant.id)!.state).toBe('mine')
    expect(seen).toEqual(phase === 'start' ? [] : ['stop with 0'])
    expectConsistent(world.system)
  })

  test('with a rejection ends no process', async () => {
    const world = createWorld({ graceMs: 100 })
    const late = deferred()
    const ref = world.system.spawn(
      defineBehavior({
        name: 'slow',
        start: () => 0,
        receive: (_s, _m: number) => late.promise,
        stop: () => late.promise,
      }),
    )
    ref.tell(1)
    await world.settle()
    ref.stop()
    await world.clock.advanceAsync(200)
    late.reject(new Error('late'))
    await world.settle()
    expect(ref.alive).toBe(false)
    // What the stop hook had to say is told, as it is nobody's fault but a fault.
    expect(world.all('hook.failed')).toHaveLength(1)
  })
})

describe('a handler', () => {
  test('that takes longer than it may fails, and what it is doing is left to itself', async () => {
    const world = createWorld()
    const ref = world.system.spawn(
      defineBehavior({
        name: 'slow',
        start: () => 0,
        receive: (_s, _m: number) => never<void>(),
        receiveTimeoutMs: 300,
      }),
    )
    ref.tell(1)
    await world.clock.advanceAsync(295)
    expect(ref.alive).toBe(true)
    await world.clock.advanceAsync(10)
    expect(endsIn(world)).toEqual([
      `failed | slow ${ref.id}: SluiceError: [deadline_exceeded] no end of receive within 300 ms`,
    ])
    expect(world.system.wheel.size).toBe(0)
  })

  test('that is in time leaves no timer', async () => {
    const world = createWorld()
    const ref = world.system.spawn(
      defineBehavior({
        name: 'quick',
        start: () => Promise.resolve(0),
        receive: (_s, _m: number) => Promise.resolve(),
        receiveTimeoutMs: 300,
      }),
    )
    ref.tell(1)
    await world.settle()
    expect([ref.alive, world.system.wheel.size]).toEqual([true, 0])
  })

  test('whose actor was forced has its time limit forgotten with it', async () => {
    const world = createWorld({ graceMs: 50 })
    const ref = world.system.spawn(
      defineBehavior({
        name: 'slow',
        start: () => 0,
        receive: (_s, _m: number) => never<void>(),
        receiveTimeoutMs: 10_000,
      }),
    )
    ref.tell(1)
    await world.settle()
    ref.stop()
    await world.clock.advanceAsync(100)
    expect([ref.alive, world.system.wheel.size]).toEqual([false, 0])
  })
})

describe('a death', () => {
  test('leaves a tombstone that says what was, why it ended, and what it did last', async () => {
    const world = createWorld()
    await world.clock.advanceAsync(100)
    const ref = world.system.spawn(
      defineBehavior({
        name: 'room',
        start: () => 'lobby',
        receive: (_s, _m: number) => {},
        label: (state) => `rooms/${state}`,
      }),
    )
    await world.clock.advanceAsync(100)
    ref.tell(1)
    await world.clock.advanceAsync(100)
    ref.stop('empty')
    await world.settle()
    const [tombstone] = world.system.tombstones.list()
    expect(tombstone).toMatchObject({
      id: ref.id,
      behavior: 'room',
      label: 'rooms/lobby',
      parent: '0',
      spawnedAt: 100,
      diedAt: 300,
      handled: 1,
      restarts: 0,
      end: { code: 'stopped', detail: 'empty' },
    })
    expect(tombstone!.trail.map(({ at, to }) => `${to} at ${at}`)).toEqual([
      'running at 100',
      'idle at 100',
      'running at 200',
      'idle at 200',
      'dead at 300',
    ])
  })

  test('is told in the order of the tree: children before parents, and the system last', async () => {
    const world = createWorld()
    const tree = (name: string, children: Behavior<unknown>[]): Behavior<unknown> =>
      defineBehavior({
        name,
        start: (self: Self<unknown>) => {
          for (const one of children) self.spawn(one)
        },
        receive: () => {},
      })
    world.system.spawn(tree('a', [tree('a1', [tree('a11', [])]), tree('a2', [])]))
    world.system.spawn(tree('b', []))
    await world.settle()
    void world.system.stop('bye')
    await world.settle()
    const order = world.events
      .filter(({ name }) => name === 'actor.ended' || name === 'system.ended')
      .map((event) => ('behavior' in event ? event.behavior : event.name))
    expect(order.indexOf('a11')).toBeLessThan(order.indexOf('a1'))
    expect(order.indexOf('a1')).toBeLessThan(order.indexOf('a'))
    expect(order.indexOf('a2')).toBeLessThan(order.indexOf('a'))
    expect(order.slice(-2).toSorted()).toEqual(['root', 'system.ended'])
    expect(order).toHaveLength(7)
    expectNothingLeft(world.system)
  })
})
