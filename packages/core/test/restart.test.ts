import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defineBehavior, type Ref, type Self, stop } from '../src/behavior.ts'
import type { Restart, Strategy } from '../src/supervision.ts'
import { child, supervise, type Told } from './family.ts'
import { createWorld, deferred, expectNothingLeft, never } from './world.ts'

describe('a strategy', () => {
  test('restarts exactly whom it should, in the order of their start', async () => {
    const restart = fc.constantFrom<Restart>('permanent', 'transient', 'temporary')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Strategy>('one-for-one', 'one-for-all', 'rest-for-one'),
        fc.array(fc.record({ restart, slow: fc.boolean() }), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.constantFrom<'fail' | 'complete'>('fail', 'complete'),
        async (strategy, kinds, pick, how) => {
          const world = createWorld()
          const log: string[] = []
          const { refs } = await supervise(
            world,
            kinds.map((kind, i) =>
              child(`c${i}`, kind.restart, log, {
                stop: () => {
                  log.push(`stop c${i}`)
                  return kind.slow
                    ? new Promise<void>((done) => world.clock.after(i * 7, done))
                    : undefined
                },
              }),
            ),
            { strategy },
          )
          const hit = pick % kinds.length
          const mine = kinds[hit]!.restart
          const comesBack = mine === 'permanent' || (mine === 'transient' && how === 'fail')
          const along = (i: number): boolean =>
            comesBack && (strategy === 'one-for-all' || (strategy === 'rest-for-one' && i > hit))
          const stopped = kinds.map((_, i) => i).filter((i) => i === hit || along(i))
          const back = stopped.filter((i) =>
            i === hit ? comesBack : kinds[i]!.restart !== 'temporary',
          )

          expect(log).toEqual(kinds.map((_, i) => `start c${i}`))
          log.length = 0
          refs[hit]!.tell(how)
          await world.clock.advanceAsync(1_000)

          const stops = log.slice(0, stopped.length)
          expect(stops.toSorted()).toEqual(stopped.map((i) => `stop c${i}`))
          expect(log.slice(stopped.length)).toEqual(back.map((i) => `start c${i}`))
          const alive = refs.map((ref) => ref.alive)
          expect(alive).toEqual(kinds.map((_, i) => !stopped.includes(i) || back.includes(i)))
          expect(world.system.counters.restarts).toBe(back.length)

          void world.system.stop()
          await world.clock.advanceAsync(10_000)
          expectNothingLeft(world.system)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('starts nobody again before all have stopped', async () => {
    const world = createWorld()
    const log: string[] = []
    const closing = deferred()
    const { refs } = await supervise(
      world,
      [
        child('a', 'permanent', log, {
          stop: () => closing.promise.then(() => log.push('closed')),
        }),
        child('b', 'permanent', log),
      ],
      { strategy: 'one-for-all' },
    )
    log.length = 0
    refs[1]!.tell('fail')
    await world.clock.advanceAsync(1_000)
    expect(log).toEqual(['stop b'])
    expect(world.system.find(refs[1]!.id)).toMatchObject({ alive: true })
    closing.resolve()
    await world.clock.advanceAsync(1_000)
    expect(log).toEqual(['stop b', 'closed', 'start a', 'start b'])
  })

  test('takes a sibling that was stopped meanwhile for gone, and does not wait for it', async () => {
    const world = createWorld()
    const log: string[] = []
    const { refs } = await supervise(
      world,
      [child('a', 'permanent', log, { stop: never, graceMs: 50 }), child('b', 'permanent', log)],
      { strategy: 'one-for-all' },
    )
    log.length = 0
    refs[1]!.tell('fail')
    await world.settle()
    refs[0]!.stop('not needed any more')
    await world.clock.advanceAsync(1_000)
    expect(refs.map((ref) => ref.alive)).toEqual([false, true])
    expect(log).toEqual(['stop b', 'start b'])
  })

  test('gathers one more fault into the same restart', async () => {
    const world = createWorld()
    const log: string[] = []
    const { refs } = await supervise(
      world,
      [child('a', 'permanent', log), child('b', 'permanent', log), child('c', 'permanent', log)],
      { strategy: 'rest-for-one' },
    )
    log.length = 0
    refs[2]!.tell('fail')
    await world.settle()
    refs[0]!.tell('fail')
    await world.clock.advanceAsync(1_000)
    expect(log).toEqual(['stop c', 'stop a', 'stop b', 'start a', 'start b', 'start c'])
    expect(world.system.counters.restarts).toBe(3)
  })
})

describe('a restarted actor', () => {
  test('keeps its reference and its messages, and loses its state', async () => {
    const world = createWorld()
    const log: string[] = []
    const { refs } = await supervise(world, [child('a', 'permanent', log)])
    const [a] = refs
    const { id } = a!
    log.length = 0
    expect(a!.tell('fail')).toBe('accepted')
    expect(a!.tell({ say: 'behind the fault' })).toBe('accepted')
    await world.settle()
    expect(world.system.table.state[a!.row]).toBe(2)
    expect(a!.tell({ say: 'during the backoff' })).toBe('accepted')
    await world.clock.advanceAsync(100)
    expect(a!.id).toBe(id)
    expect(log).toEqual([
      'stop a',
      'start a',
      'a heard behind the fault',
      'a heard during the backoff',
    ])
    expect(world.system.counters.deadLetters).toBe(0)
  })

  test('waits longer after each fault, and starts over when it was settled', async () => {
    const world = createWorld()
    const { refs } = await supervise(world, [child('a', 'permanent', [])])
    const fault = async (): Promise<void> => {
      refs[0]!.tell('fail')
      await world.clock.advanceAsync(1_000)
    }
    for (let i = 0; i < 4; i++) await fault()
    await world.clock.advanceAsync(5_005)
    await fault()
    // A jitter of 0.2 with a random of 0.5 takes a tenth off.
    expect(world.all('actor.restarted').map((event) => event.delayMs)).toEqual([9, 18, 36, 72, 9])
  })

  test('starts not before its backoff is over', async () => {
    const world = createWorld()
    const log: string[] = []
    const { refs } = await supervise(world, [child('a', 'permanent', log)])
    log.length = 0
    refs[0]!.tell('fail')
    await world.clock.advanceAsync(8)
    expect(log).toEqual(['stop a'])
    await world.clock.advanceAsync(7)
    expect(log).toEqual(['stop a', 'start a'])
  })

  test('that fails to start counts like any other fault, however long it took', async () => {
    const world = createWorld()
    let starts = 0
    const broken = defineBehavior({
      name: 'broken',
      restart: 'permanent',
      async start() {
        starts++
        // Longer than the time after which an incarnation counts as settled.
        await new Promise<void>((done) => world.clock.after(6_000, done))
        throw new Error('no port')
      },
      receive: () => {},
    })
    const { top } = await supervise(world, [broken], { intensity: 3, periodMs: 60_000 })
    await world.clock.advanceAsync(24_000)
    expect(starts).toBe(4)
    expect(world.all('actor.restarted').map((event) => event.delayMs)).toEqual([9, 18, 36])
    expect(world.all('supervisor.escalated')).toHaveLength(0)
    await world.clock.advanceAsync(100)
    expect(world.all('supervisor.escalated')).toHaveLength(1)
    expect(top.alive).toBe(true)
  })

  test('starts with its input again, also if it had not started yet', async () => {
    const world = createWorld()
    const seen: string[] = []
    let faults = 0
    const echo = (name: string, restart: Restart) =>
      defineBehavior({
        name,
        restart,
        start(_self, given: { word: string }) {
          if (name === 'first' && faults++ === 0) throw new Error('first')
          seen.push(`${name} ${given.word}`)
        },
        receive(_state, message: Told) {
          if (message === 'fail') throw new Error('broke')
        },
      })
    const top = defineBehavior({
      name: 'top',
      supervise: { strategy: 'one-for-all' },
      start: (self: Self<never>) => [
        self.spawn(echo('first', 'permanent'), { word: 'one' }),
        self.spawn(echo('second', 'permanent'), { word: 'two' }),
      ],
      receive: () => {},
    })
    world.system.spawn(top)
    await world.clock.advanceAsync(100)
    expect(seen).toEqual(['first one', 'second two'])
    world.system.actors.at(-1)!.tell('fail' as never)
    await world.clock.advanceAsync(100)
    expect(seen.slice(2)).toEqual(['first one', 'second two'])
  })

  test('leaves its timers, watches and waits behind', async () => {
    const world = createWorld()
    const told: string[] = []
    const other = world.system.spawn(child('other', 'temporary', []))
    const behavior = defineBehavior({
      name: 'a',
      restart: 'permanent',
      start(self) {
        self.watch(other, { say: 'other is dead' })
        self.after(500, { say: 'timer' })
        self.hold('lock', 'permit')
        return told.length
      },
      receive(_state, message: Told) {
        if (message === 'fail') throw new Error('broke')
        told.push(JSON.stringify(message))
      },
    })
    const { refs } = await supervise(world, [behavior])
    refs[0]!.tell('fail')
    await world.clock.advanceAsync(100)
    other.stop()
    await world.clock.advanceAsync(1_000)
    expect(told).toEqual(['{"say":"other is dead"}', '{"say":"timer"}'])
    expect(world.system.wheel.size).toBe(0)
  })

  test('is not touched by what its former self still has under way', async () => {
    const world = createWorld()
    const slow = deferred()
    const log: string[] = []
    const behavior = defineBehavior({
      name: 'a',
      restart: 'permanent',
      receiveTimeoutMs: 50,
      start: () => ({ incarnation: log.push('start') }),
      receive(state, message: { slow?: boolean; state?: boolean }) {
        if (message.state) log.push(`state ${state.incarnation}`)
        if (message.slow) return slow.promise.then(() => stop('late'))
        return undefined
      },
    })
    const { refs } = await supervise(world, [behavior])
    const a = refs[0] as unknown as Ref<{ slow?: boolean; state?: boolean }>
    a.tell({ slow: true })
    await world.clock.advanceAsync(200)
    expect(log).toEqual(['start', 'start'])
    slow.resolve()
    a.tell({ state: true })
    await world.clock.advanceAsync(200)
    expect(log).toEqual(['start', 'start', 'state 2'])
    expect(a.alive).toBe(true)
  })

  test('comes back although its former self had to be forced', async () => {
    const world = createWorld()
    const log: string[] = []
    const { refs } = await supervise(world, [
      child('a', 'permanent', log, { stop: never, graceMs: 100 }),
    ])
    refs[0]!.tell('fail')
    await world.clock.advanceAsync(95)
    expect(log).toEqual(['start a'])
    await world.clock.advanceAsync(100)
    expect(log).toEqual(['start a', 'start a'])
    expect(world.system.counters.forced).toBe(1)
  })

  test('ends for good when somebody stops it on its way down, or during its backoff', async () => {
    for (const advanceMs of [0, 5]) {
      const world = createWorld()
      const { refs } = await supervise(world, [
        child('a', 'permanent', [], {
          stop: () => new Promise<void>((done) => world.clock.after(1, done)),
        }),
      ])
      refs[0]!.tell('fail')
      await world.clock.advanceAsync(advanceMs)
      refs[0]!.stop('enough')
      await world.clock.advanceAsync(1_000)
      expect(refs[0]!.alive).toBe(false)
      void world.system.stop()
      await world.clock.advanceAsync(1_000)
      expectNothingLeft(world.system)
    }
  })

  test('survives an asynchronous stop hook with its parent able to end', async () => {
    const world = createWorld()
    const { refs, top } = await supervise(world, [
      child('a', 'permanent', [], { stop: () => Promise.resolve() }),
    ])
    refs[0]!.tell('fail')
    await world.clock.advanceAsync(1_000)
    top.stop()
    await world.settle()
    expect([refs[0]!.alive, top.alive]).toEqual([false, false])
  })
})
