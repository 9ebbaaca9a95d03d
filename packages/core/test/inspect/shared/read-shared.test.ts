import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import {
  type Behavior,
  defineBehavior,
  type Hold,
  type Ref,
  type Self,
} from '../../../src/behavior.ts'
import {
  readFlight,
  readRunning,
  readShared,
  type RunningActor,
} from '../../../src/inspect/shared/read-shared.ts'
import { shareSystem } from '../../../src/inspect/shared/share.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { Event, State } from '../../../src/lifecycle.ts'
import { createSystem, type System } from '../../../src/system.ts'
import { waitCode } from '../../../src/table.ts'
import { inert, open } from '../../actors.ts'
import { createWorld, deferred, never, seeded } from '../../world.ts'
import type { Findings, Moment, Order } from './shared-reader.ts'

function startReader(order: Order): Worker {
  return new Worker(new URL('shared-reader.ts', import.meta.url), { workerData: order })
}

describe('another thread', () => {
  test('reads a system whose loop is stuck, and who it is that holds it', async () => {
    const system = createSystem({ maxActors: 1_000, recorderSize: 1_024 })
    const done = new Int32Array(new SharedArrayBuffer(4))
    const reader = startReader({ shared: shareSystem(system), dumps: 0, done })
    const said = once(reader, 'message') as Promise<[Moment]>
    const held = { from: 0, to: 0 }
    const busy = defineBehavior({
      name: 'busy',
      start: () => 0,
      receive(_state, _message: { type: 'spin' }) {
        held.from = system.clock.now()
        while (Atomics.load(done, 0) === 0 && system.clock.now() < held.from + 30_000);
        held.to = system.clock.now()
      },
    })
    const keeper = system.spawn(open('keeper'))
    keeper.tell((self) => {
      const one = self.spawn(busy)
      self.hold('ask', one, 60_000)
      one.tell({ type: 'spin' })
    })
    const [{ now, running, dump, flight }] = await said
    await reader.terminate()
    await system.stop()
    expect(Atomics.load(done, 0)).toBe(1)
    expect(now).toBeGreaterThan(held.from)
    expect(now).toBeLessThan(held.to)
    expect(running).toEqual({ id: '2', behavior: 'busy', ms: expect.any(Number) })
    expect(dump).toMatchObject({
      schema: 'sluice.dump/1',
      total: 3,
      described: 'never',
      population: { idle: 1, running: 1, waiting: 1, dead: 0 },
      actors: [
        { id: '0', behavior: 'root', parent: '', state: 'idle' },
        {
          id: '1',
          behavior: 'keeper',
          parent: '0',
          state: 'waiting',
          wait: { class: 'ask', target: 'busy', actor: '2' },
        },
        { id: '2', behavior: 'busy', parent: '1', state: 'running' },
      ],
    })
    expect(dump.sites[dump.actors[2]!.site]).toMatchObject({ spawner: 'keeper', behavior: 'busy' })
    expect(dump.notes).toHaveLength(1)
    expect(flight.at(-1)).toMatchObject({ actor: '2', behavior: 'busy', to: 'running' })
  })

  test('never takes two halves for a whole, whatever is written meanwhile', async () => {
    const system = createSystem({ maxActors: 400, recorderSize: 4_096 })
    let over = false
    churn(system, () => over)
    const done = new Int32Array(new SharedArrayBuffer(4))
    const reader = startReader({ shared: shareSystem(system), dumps: 800, done })
    const [findings] = (await once(reader, 'message')) as [Findings]
    over = true
    await reader.terminate()
    await system.stop()
    expect(findings.wrong).toEqual([])
    expect(findings.waiting).toBeGreaterThan(1_000)
    expect(findings.rows).toBeGreaterThan(findings.waiting)
    expect(findings.transitions).toBeGreaterThan(10_000)
  }, 60_000)

  test('leaves out a row that is half written, and says so', async () => {
    const world = createWorld()
    await world.clock.advanceAsync(100)
    const ref = world.system.spawn(open('one'))
    ref.tell((self) => void self.hold('redis', 'publish', 1_000))
    await world.clock.advanceAsync(100)
    const { table } = world.system
    const row = ref.row
    const read = (): [string[], string[] | undefined] => {
      const { actors, notes } = readShared(shareSystem(world.system), { now: world.clock.now() })
      return [actors.map(({ id }) => id), notes?.slice(1)]
    }
    expect(read()).toEqual([['0', '1'], []])
    const torn = [['0'], ['1 rows were being written and are left out']]
    const halves: [keyof typeof table & ('state' | 'since' | 'waitClass'), number][] = [
      ['state', State.running],
      ['state', State.idle],
      ['since', 199],
      ['waitClass', 0],
      ['waitClass', waitCode.ask],
    ]
    for (const [column, half] of halves) {
      const whole = table[column][row]!
      table[column][row] = half
      expect(read(), `${column} ${half}`).toEqual(torn)
      table[column][row] = whole
    }
    // A step whose record is written and nothing else yet.
    const newest = table.lastRecord[row]!
    world.system.find(ref.id)!.step(Event.take)
    Object.assign(table.state, { [row]: State.waiting })
    Object.assign(table.waitClass, { [row]: waitCode.redis })
    expect(read()).toEqual(torn)
    table.lastRecord[row] = newest
    Object.assign(table.since, { [row]: 100 })
    expect(read()).toEqual([['0', '1'], []])
  })

  test('says of all that is in the table what its own thread says', async () => {
    const world = createWorld()
    await world.clock.advanceAsync(1_000)
    const keeper = world.system.spawn(open('keeper'))
    keeper.tell((self) => {
      const child = self.spawn(open('child'))
      const gone = self.spawn(inert)
      child.tell((own) => own.wait('redis', 'publish', never()))
      gone.stop()
      self.hold('ask', gone, 2_000)
    })
    await world.clock.advanceAsync(500)
    const own = takeDump(world.system)
    const theirs = readShared(shareSystem(world.system), { now: 1_500, wall: world.clock.wall() })
    expect(theirs.actors).toEqual(own.actors)
    expect(theirs.sites).toEqual(own.sites)
    expect(theirs).toMatchObject({
      takenAt: own.takenAt,
      uptimeMs: 1_500,
      total: 3,
      population: own.population,
    })
    expect(theirs.actors[1]!.wait).toMatchObject({ actor: '3', dead: true })
    const asked = { now: 1_500, filter: { wait: 'redis' as const }, limit: 5 }
    const some = readShared(shareSystem(world.system), asked)
    expect([some.total, some.matched, some.actors.map(({ id }) => id)]).toEqual([3, 1, ['2']])
    expect(readRunning(shareSystem(world.system), 1_500)).toBeUndefined()
  })

  test('reads also a system that records no transitions', async () => {
    const world = createWorld({ recorderSize: 0 })
    const ref = world.system.spawn(open('one'))
    ref.tell((self) => void self.hold('redis', 'publish'))
    await world.clock.advanceAsync(100)
    const shared = shareSystem(world.system)
    const { actors, notes } = readShared(shared, { now: 100 })
    expect(actors).toEqual(takeDump(world.system).actors)
    expect(notes).toHaveLength(1)
    expect(readFlight(shared, { now: 100 })).toEqual([])
  })

  test('finds who goes on after an await, and with which message', async () => {
    const world = createWorld()
    const shared = shareSystem(world.system)
    const come = deferred()
    const found: (RunningActor | undefined)[] = []
    const ref = world.system.spawn(
      defineBehavior({
        name: 'reader',
        start: () => 0,
        async receive(_state, _message: { type: 'read' }, self) {
          found.push(readRunning(shared, 100))
          await self.wait('redis', 'history', come.promise)
          found.push(readRunning(shared, 250))
        },
      }),
    )
    ref.tell({ type: 'read' })
    await world.clock.advanceAsync(100)
    expect(readRunning(shared, 100)).toBeUndefined()
    come.resolve()
    await world.clock.advanceAsync(100)
    expect(found).toEqual([
      { id: '1', behavior: 'reader', ms: 100 },
      { id: '1', behavior: 'reader', ms: 150, message: 'read', resumed: true },
    ])
    expect(readRunning(shared, 300)).toBeUndefined()
  })

  test('reads the last seconds of the flight recorder, the oldest first, and no more than asked for', async () => {
    const world = createWorld({ recorderSize: 64 })
    const ref = world.system.spawn(open('one'))
    await world.clock.advanceAsync(1_000)
    const gone = world.system.spawn(open('two'))
    gone.stop()
    await world.clock.advanceAsync(3_000)
    ref.tell((self) => void self.hold('lock', 'turn', 500))
    await world.clock.advanceAsync(200)
    const shared = shareSystem(world.system)
    const flight = readFlight(shared, { now: world.clock.now(), lastMs: 3_500 })
    expect(
      flight
        .map(({ agoMs, actor, behavior, event, from, to, wait }) => [
          `${agoMs} ${behavior} ${actor}: ${event}, ${from} to ${to} ${wait ?? ''}`.trimEnd(),
        ])
        .flat(),
    ).toEqual([
      '3200 two 2: end, idle to dead',
      '200 one 1: take, idle to running',
      '200 one 1: wait, running to waiting lock',
    ])
    expect(readFlight(shared, { now: world.clock.now(), limit: 1 })).toEqual(flight.slice(-1))
    // The row has another tenant, and the ring still knows who it was.
    world.system.spawn(open('three'))
    await world.settle()
    const again = readFlight(shared, { now: world.clock.now(), lastMs: 3_500 })
    expect(again[0]).toEqual(flight[0])
    for (let i = 0; i < 100; i++) {
      ref.tell(() => {})
      await world.settle()
    }
    expect(readFlight(shared, { now: world.clock.now(), lastMs: Infinity }).length).toBe(63)
  })
})

/** Actors of four kinds that are spawned, wait on what is theirs, go on and die, without a pause. */
function churn(system: System, over: () => boolean): void {
  const random = seeded(7)
  const pick = (n: number): number => Math.floor(random() * n)
  type Do = { type: 'ask' | 'lock' | 'redis' | 'go' }
  const kind = (k: number): Behavior<Do, { nursery: Ref; holds: Hold[] }, Ref> => ({
    name: `kind ${k}`,
    start: (_self, nursery) => ({ nursery, holds: [] }),
    receive({ nursery, holds }, { type }, self) {
      if (type === 'go') for (const held of holds.splice(0)) held.release()
      else if (type === 'ask') holds.push(self.hold('ask', nursery))
      else holds.push(self.hold(type, `thing ${k}`, type === 'lock' ? 60_000 : 900_000))
    },
  })
  const kinds = [0, 1, 2, 3].map(kind)
  const types = ['ask', 'lock', 'redis', 'go', 'go', 'go'] as const
  system.spawn(
    defineBehavior({
      name: 'nursery',
      start: (self: Self<'on'>) => {
        self.tell('on')
        return [] as Ref<Do>[]
      },
      receive(children, _message: 'on', self) {
        for (let i = 0; i < 24; i++) {
          const at = pick(24)
          const child = children[at]
          if (child === undefined || !child.alive) children[at] = self.spawn(kinds[pick(4)]!, self)
          else if (pick(200) === 0) child.stop()
          else child.tell({ type: types[pick(types.length)]! })
        }
        if (!over()) self.tell('on')
      },
    }),
  )
}
