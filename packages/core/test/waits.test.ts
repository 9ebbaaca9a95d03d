import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defineBehavior, type Hold, type Self } from '../src/behavior.ts'
import type { ActorRow } from '../src/inspect/dump.ts'
import { takeDump } from '../src/inspect/take/take.ts'
import { open, type Run } from './actors.ts'
import { createWorld, deferred, expectConsistent, never, type World } from './world.ts'

function rowOf(world: World, ref: { id: string }): ActorRow {
  return takeDump(world.system).actors.find(({ id }) => id === ref.id)!
}

describe('a named wait', () => {
  test('shows its class, its target, since when, and until when at most', async () => {
    const world = createWorld()
    const other = world.system.spawn(open())
    const ref = world.system.spawn(open())
    await world.clock.advanceAsync(1_000)
    ref.tell((self) => {
      self.context.setDeadline(4_000)
      return self.wait('lock', other, never())
    })
    await world.clock.advanceAsync(250)
    expect(rowOf(world, ref)).toMatchObject({
      state: 'waiting',
      ms: 250,
      wait: { class: 'lock', target: 'open', actor: other.id, ms: 250, leftMs: 2_750 },
    })
    other.stop()
    await world.settle()
    expect(rowOf(world, ref).wait).toMatchObject({ actor: other.id, dead: true })
  })

  test('gives way to promise when it is over and the handler awaits something else', async () => {
    const world = createWorld()
    const named = deferred()
    const unnamed = deferred()
    const ref = world.system.spawn(open())
    ref.tell(async (self) => {
      await self.wait('redis', 'publish', named.promise)
      await unnamed.promise
    })
    await world.settle()
    expect(rowOf(world, ref).wait).toEqual({ class: 'redis', target: 'publish', ms: 0 })
    await world.clock.advanceAsync(100)
    named.resolve()
    await world.clock.advanceAsync(100)
    expect(rowOf(world, ref).wait).toEqual({ class: 'promise', target: '', ms: 100 })
    unnamed.resolve()
    await world.settle()
    expect(rowOf(world, ref)).toMatchObject({ state: 'idle' })
    expect(rowOf(world, ref).wait).toBeUndefined()
    expectConsistent(world.system)
  })

  test('rejects when the context ends first, and at once when it has', async () => {
    const world = createWorld()
    const heard: string[] = []
    const note = (error: { code: string }): void => void heard.push(error.code)
    const ref = world.system.spawn(open())
    ref.tell(async (self) => {
      await self.wait('lock', 'permit', never()).catch(note)
      // Also what is never settled by anybody else, and what is rejected with nobody left to hear it.
      await self.wait('lock', 'permit', Promise.reject(new Error('unheard'))).catch(note)
    })
    await world.settle()
    ref.stop()
    await world.settle()
    expect(heard).toEqual(['context_ended', 'context_ended'])
    expect(ref.alive).toBe(false)
  })

  test('in a stop hook lasts until its promise settles', async () => {
    const world = createWorld()
    const bye = deferred()
    const ref = world.system.spawn(
      defineBehavior({
        name: 'polite',
        start: () => 0,
        receive: (_s, _m: unknown) => {},
        stop: (_s, _end, self) => self.wait('redis', 'quit', bye.promise),
      }),
    )
    await world.settle()
    ref.stop('draining')
    await world.clock.advanceAsync(300)
    expect(rowOf(world, ref)).toMatchObject({
      wait: { class: 'redis', target: 'quit', ms: 300 },
      ending: `polite ${ref.id}: draining`,
    })
    bye.resolve()
    await world.settle()
    expect(ref.alive).toBe(false)
    expect(world.system.wheel.size).toBe(0)
  })

  test('passes on what the promise brings', async () => {
    const world = createWorld()
    const got: unknown[] = []
    const ref = world.system.spawn(open())
    ref.tell(async (self) => {
      got.push(await self.wait('redis', 'get', Promise.resolve(1)))
      await self
        .wait('redis', 'get', Promise.reject(new Error('gone')))
        .catch((e) => got.push(e.message))
    })
    await world.settle()
    expect(got).toEqual([1, 'gone'])
  })

  test('on one actor is told from one on another of its kind, though they began at once', async () => {
    const world = createWorld()
    const [one, two, ref] = [1, 2, 3].map(() => world.system.spawn(open()))
    const first = deferred()
    ref!.tell((self) =>
      Promise.all([self.wait('ask', one!, first.promise), self.wait('ask', two!, never())]),
    )
    await world.settle()
    expect(rowOf(world, ref!).wait!.actor).toBe(one!.id)
    first.resolve()
    await world.settle()
    expect(rowOf(world, ref!).wait!.actor).toBe(two!.id)
  })
})

describe('a hold', () => {
  test('shows although no handler runs, gives way to a message, and comes back', async () => {
    const world = createWorld()
    let held: Hold | undefined
    const states: string[] = []
    const ref = world.system.spawn(open())
    ref.tell((self) => void (held = self.hold('socket', 'peer', 500)))
    await world.clock.advanceAsync(100)
    expect(rowOf(world, ref).wait).toEqual({
      class: 'socket',
      target: 'peer',
      ms: 100,
      leftMs: 400,
    })
    ref.tell(() => {
      // A dump from within a handler: who runs does not wait.
      const row = rowOf(world, ref)
      states.push(`${row.state} ${row.wait?.class}`)
    })
    await world.settle()
    expect(states).toEqual(['running undefined'])
    expect(rowOf(world, ref).wait).toMatchObject({ class: 'socket', ms: 100 })
    held!.release()
    held!.release()
    expect(rowOf(world, ref)).toMatchObject({ state: 'idle' })
  })

  test('of a dead actor holds nothing', async () => {
    const world = createWorld()
    const ref = world.system.spawn(open())
    let self: Self<Run> | undefined
    ref.tell((own) => void (self = own))
    await world.settle()
    ref.stop()
    await world.settle()
    self!.hold('lock', 'permit').release()
    expect(world.system.find(ref.id)).toBeUndefined()
    expectConsistent(world.system)
  })
})

test('overlapping waits never hide each other: the oldest shows, until none is left', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant('add' as const) },
    { weight: 3, arbitrary: fc.nat({ max: 5 }) },
    fc.constant('message' as const),
    fc.constant('later' as const),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const world = createWorld()
      const ref = world.system.spawn(open())
      await world.settle()
      const self = world.system.find(ref.id) as unknown as Self<Run>
      const held: { name: string; since: number; hold: Hold }[] = []
      let count = 0
      for (const one of steps) {
        if (one === 'add') {
          const name = `wait ${count++}`
          held.push({ name, since: world.clock.now(), hold: self.hold('lock', name) })
        } else if (one === 'message') {
          ref.tell(() => {})
          await world.settle()
        } else if (one === 'later') await world.clock.advanceAsync(10)
        else held.splice(one, 1)[0]?.hold.release()
        const row = rowOf(world, ref)
        const oldest = held[0]
        expect(row.state).toBe(oldest === undefined ? 'idle' : 'waiting')
        expect(row.wait).toEqual(
          oldest && { class: 'lock', target: oldest.name, ms: world.clock.now() - oldest.since },
        )
        expectConsistent(world.system)
      }
    }),
    { numRuns: 60 },
  )
})
