import { describe, expect, test } from 'vitest'
import { type Behavior, defineBehavior, type Ref, type Self } from '../src/behavior.ts'
import { takeDump } from '../src/inspect/take/take.ts'
import { Events, type KernelEvent } from '../src/events.ts'
import { createSystem, type System } from '../src/system.ts'
import { inert } from './actors.ts'
import { LateClock } from './late-clock.ts'
import { createWorld, expectConsistent, expectNothingLeft, never } from './world.ts'

/** A system whose every look at the clock takes a millisecond, so that budgets are counted in looks. */
function ticking(maxActors = 1_024): { clock: LateClock; system: System } {
  const clock = new LateClock()
  const system = createSystem({ clock, maxActors, recorderSize: 16, tombstones: 16, turnMs: 4 })
  clock.lookMs = 1
  return { clock, system }
}

describe('a turn', () => {
  test('ends although two actors keep each other busy, so that timers and I/O get theirs', () => {
    const { clock, system } = ticking()
    let bounces = 0
    const player = defineBehavior({
      name: 'player',
      start: () => 0,
      receive(_s, other: Ref<unknown>, self: Self<never>) {
        bounces++
        other.tell(self)
      },
    })
    const [a, b] = [system.spawn(player), system.spawn(player)] as unknown as Ref<unknown>[]
    a!.tell(b)
    let fired = 0
    system.wheel.add(20, () => fired++, undefined)
    let most = 0
    for (let turns = 0; turns < 20; turns++) {
      const before = bounces
      expect(clock.turn()).toBe(true)
      clock.jump(1)
      most = Math.max(most, bounces - before)
    }
    expect(fired).toBe(1)
    expect(bounces).toBeGreaterThan(100)
    // Five looks, each after at most 32 units of work, of which a slice with one message is three.
    expect(most).toBeLessThanOrEqual(5 * 11)
  })

  test('looks at the clock at least every 64 messages, however many are waiting', () => {
    const { clock, system } = ticking()
    let handled = 0
    const sink = defineBehavior({
      name: 'sink',
      start: () => 0,
      receive: (_s, _m: unknown) => void handled++,
      mailbox: { capacity: 100_000 },
    })
    const sinks = [1, 2, 3].map(() => system.spawn(sink))
    for (let i = 0; i < 10_000; i++) for (const ref of sinks) ref.tell(i)
    let most = 0
    for (let more = true; more;) {
      const before = handled
      more = clock.turn()
      most = Math.max(most, handled - before)
    }
    expect(handled).toBe(30_000)
    expect(most).toBeLessThanOrEqual(5 * 64)
  })

  test('gives every ready actor a slice before any gets a third', () => {
    const { clock, system } = ticking()
    const slices: string[] = []
    const flooder = (name: string) =>
      defineBehavior({
        name,
        start: () => 0,
        receive(_s, m: string, self) {
          slices.push(name)
          let delivery = self.tell(m)
          while (delivery === 'accepted') delivery = self.tell(m)
          expect(delivery).toBe('full')
        },
        mailbox: { capacity: 64 },
      })
    const others = ['a', 'b', 'c', 'd'].map((name) => system.spawn(flooder(name)))
    for (const ref of others) ref.tell('go')
    const victim = system.spawn(
      defineBehavior({
        name: 'victim',
        start: () => 0,
        receive: (_s, _m: string) => void slices.push('victim'),
      }),
    )
    for (let turns = 0; turns < 10; turns++) clock.turn()
    for (let i = 0; i < 30; i++) {
      slices.length = 0
      victim.tell('now')
      while (!slices.includes('victim')) clock.turn()
      const before = slices.slice(0, slices.indexOf('victim'))
      for (const name of ['a', 'b', 'c', 'd']) {
        expect(before.filter((one) => one === name).length).toBeLessThanOrEqual(2 * 32)
      }
    }
    expect(others.every((ref) => ref.alive)).toBe(true)
    expect(system.counters.overflowed).toBeGreaterThan(0)
  })

  test('reaps 100,000 actors in slices', () => {
    const { clock, system } = ticking(131_072)
    const many = 100_000
    const parent = system.spawn(
      defineBehavior({
        name: 'parent',
        start: (self: Self<unknown>) => {
          for (let i = 0; i < many; i++) self.spawn(inert)
        },
        receive: () => {},
      }),
    )
    clock.lookMs = 0
    while (clock.turn()) continue
    expect(system.table.live).toBe(many + 2)
    clock.lookMs = 1
    parent.stop()
    let most = 0
    let turns = 0
    while (system.table.live > 1) {
      const before = system.table.live
      clock.turn()
      most = Math.max(most, before - system.table.live)
      turns++
    }
    // An actor takes its visit, its drain and the pop of the stack; a slice is five looks of eight steps.
    expect(most).toBeLessThanOrEqual(20)
    expect(turns).toBeGreaterThan(many / 20)
    expect(system.counters.ends).toMatchObject({ stopped: 1, context: many })
  })

  test('runs its tasks once, behind the actors, with those that they add', () => {
    const world = createWorld()
    const log: string[] = []
    const ref = world.system.spawn(
      defineBehavior({
        name: 'room',
        start: () => 0,
        receive(_s, m: string) {
          log.push(m)
          if (m === 'first') world.system.atTurnEnd({ run: () => log.push('flush') })
        },
      }),
    )
    world.system.atTurnEnd({
      run() {
        world.system.atTurnEnd({ run: () => log.push('added') })
        throw new Error('task')
      },
    })
    ref.tell('first')
    ref.tell('second')
    world.clock.flush()
    world.clock.flush()
    expect(log).toEqual(['first', 'second', 'flush', 'added'])
    expect(world.all('hook.failed')).toHaveLength(1)
  })

  test('is all that there is to time: now stands still within it', () => {
    const clock = new LateClock()
    const system = createSystem({ clock, maxActors: 16, recorderSize: 16 })
    const times: number[] = []
    const ref = system.spawn(
      defineBehavior({
        name: 'watchful',
        start: () => 0,
        receive(_s, _m: number, self) {
          times.push(self.now, system.now)
        },
      }),
    )
    clock.lookMs = 1
    ref.tell(1)
    ref.tell(2)
    clock.turn()
    expect(new Set(times).size).toBe(1)
    expect(system.now).toBeGreaterThan(times[0]!)
  })
})

describe('a system', () => {
  test('stops everything, children before parents, and says why it ended', async () => {
    const world = createWorld()
    for (let i = 0; i < 10; i++) world.system.spawn(inert)
    await world.settle()
    const ended = world.system.stop('SIGTERM')
    expect(world.system.context.ended).toBe(true)
    await world.clock.advanceAsync(10)
    expect(await ended).toMatchObject({ code: 'stopped', detail: 'SIGTERM' })
    expect(await world.system.stop()).toBe(await world.system.ended)
    expect(world.clock.pending).toBe(0)
    expectNothingLeft(world.system)
  })

  test('stops also in the turn in which it was made', async () => {
    const world = createWorld()
    world.system.spawn(inert)
    void world.system.stop('at once')
    await world.settle()
    expect(await world.system.ended).toMatchObject({ detail: 'at once' })
    expectNothingLeft(world.system)
  })

  test('takes a forced actor down with its grace time, and no longer', async () => {
    const world = createWorld({ graceMs: 300 })
    const nest = (depth: number): Behavior<unknown> =>
      defineBehavior({
        name: `nest-${depth}`,
        start: (self: Self<unknown>) => void (depth > 0 && self.spawn(nest(depth - 1))),
        receive: () => {},
        stop: never,
      })
    world.system.spawn(nest(3))
    await world.settle()
    const ended = world.system.stop()
    await world.clock.advanceAsync(4 * 300 - 10)
    expect(world.system.table.live).toBe(2)
    expect(world.system.orphans()).toBe(0)
    await world.clock.advanceAsync(20)
    await ended
    expect(world.system.counters.ends.killed).toBe(4)
    expectNothingLeft(world.system)
  })

  test('counts an orphan when one there is', async () => {
    const world = createWorld({ graceMs: 100 })
    const ref = world.system.spawn({ ...inert, stop: never })
    await world.settle()
    ref.stop()
    await world.settle()
    // As if the timer that forces it were lost.
    world.system.wheel.cancel(world.system.find(ref.id)!.rare!.grace!)
    await world.clock.advanceAsync(1_100)
    expect(world.system.orphans()).toBe(0)
    await world.clock.advanceAsync(1)
    expect(world.system.orphans()).toBe(1)
    const row = takeDump(world.system).actors.find(({ orphan }) => orphan)
    expect(row).toMatchObject({ orphan: true, endedMs: expect.any(Number) })
  })

  test('has population and rows agree, whatever its actors do', async () => {
    const world = createWorld()
    expect(world.system.population()).toEqual({ idle: 1, running: 0, waiting: 0, dead: 0 })
    world.system.spawn(inert)
    const stuck = world.system.spawn({ ...inert, receive: () => never<void>() })
    stuck.tell(1)
    await world.settle()
    expect(world.system.population()).toEqual({ idle: 2, running: 0, waiting: 1, dead: 0 })
    expectConsistent(world.system)
  })

  test('knows where its actors come from', async () => {
    const world = createWorld()
    const room = defineBehavior({
      name: 'room',
      start: () => 0,
      receive: (_s, m: { type: string }, self: Self<{ type: string }>) =>
        void (m.type === 'join' && self.spawn(inert)),
    })
    const ref = world.system.spawn(room)
    for (let i = 0; i < 3; i++) ref.tell({ type: 'join' })
    await world.settle()
    const { sites, table } = world.system
    const rows = [2, 3, 4].map((row) => table.site[row]!)
    expect(new Set(rows).size).toBe(1)
    expect(sites.lineage(rows[0]!)).toMatchObject([
      {
        behavior: 'inert',
        spawner: 'room',
        message: 'join',
        line: expect.stringMatching(/^system\.test\.ts:\d+$/),
      },
      { behavior: 'room', spawner: '', message: '' },
    ])
  })

  test('keeps no behaviour that nobody uses any more', () => {
    // Behaviours may be made for one actor each, such as a room; what is known of them goes with them.
    const world = createWorld()
    const before = world.system.names.size
    for (let i = 0; i < 100; i++) world.system.program({ ...inert })
    expect(world.system.names.size).toBe(before + 1)
  })
})

describe('events', () => {
  test('reach whoever listens, and a listener that throws harms nobody', async () => {
    const world = createWorld()
    const heard: KernelEvent[] = []
    world.system.events.on(() => {
      throw new Error('listener')
    })
    const off = world.system.events.on((event) => heard.push(event))
    const ref = world.system.spawn(inert)
    await world.settle()
    ref.stop()
    await world.settle()
    expect(heard.map(({ name }) => name)).toEqual(['actor.ended'])
    expect(ref.alive).toBe(false)
    off()
    off()
    ref.tell(1)
    expect(heard).toHaveLength(1)
    expectConsistent(world.system)
  })

  test('are counted by listener, also when one function listens twice', () => {
    const events = new Events<{ name: 'x' }>()
    expect(events.heard).toBe(false)
    let calls = 0
    const listener = (): void => void calls++
    const off = events.on(listener)
    events.on(listener)
    events.emit({ name: 'x' })
    expect([calls, events.listeners, events.heard]).toEqual([2, 2, true])
    off()
    events.emit({ name: 'x' })
    expect([calls, events.listeners]).toEqual([3, 1])
  })
})
