import { describe, expect, test } from 'vitest'
import { defineBehavior } from '../../../src/behavior.ts'
import type { ActorFilter } from '../../../src/inspect/take/filter.ts'
import { dumpSystem, takeDump } from '../../../src/inspect/take/take.ts'
import { inert, open } from '../../actors.ts'
import { countTurns, createWorld, never } from '../../world.ts'

const room = defineBehavior({
  name: 'room',
  start: (_self, name: string) => ({ name, members: 3 }),
  receive: (_state, _message: { type: string }) => never<void>(),
  label: ({ name }) => `rooms/${name}`,
  describe: ({ members }) => ({ members }),
})

describe('a dump', () => {
  test('has every actor in words, in the order of the rows', async () => {
    const world = createWorld()
    await world.clock.advanceAsync(1_000)
    const keeper = world.system.spawn(open('keeper'))
    keeper.tell((self) => {
      const child = self.spawn(room, 'lobby')
      child.tell({ type: 'join' })
      child.tell({ type: 'join' })
      self.hold('ask', child, 2_000)
    })
    await world.clock.advanceAsync(500)
    const dump = takeDump(world.system)
    expect(dump).toEqual({
      schema: 'sluice.dump/1',
      takenAt: '2026-01-01T00:00:01.500Z',
      uptimeMs: 1_500,
      tookMs: 0,
      total: 3,
      actors: [
        {
          id: '0',
          behavior: 'root',
          label: '',
          state: 'idle',
          ms: 1_500,
          ageMs: 1_500,
          parent: '',
          mailbox: 0,
          handled: 0,
          restarts: 0,
          site: 0,
        },
        {
          id: '1',
          behavior: 'keeper',
          label: '',
          state: 'waiting',
          ms: 500,
          ageMs: 500,
          wait: { class: 'ask', target: 'room', actor: '2', ms: 500, leftMs: 1_500 },
          parent: '0',
          mailbox: 0,
          handled: 1,
          restarts: 0,
          site: 1,
        },
        {
          id: '2',
          behavior: 'room',
          label: 'rooms/lobby',
          state: 'waiting',
          ms: 500,
          ageMs: 500,
          wait: { class: 'promise', target: '', ms: 500 },
          message: 'join',
          parent: '1',
          mailbox: 1,
          handled: 1,
          restarts: 0,
          site: 2,
          more: { members: 3 },
        },
      ],
      population: { idle: 1, running: 0, waiting: 2, dead: 0 },
      orphans: 0,
      sites: {
        1: {
          code: 1,
          parent: 0,
          behavior: 'keeper',
          spawner: '',
          message: '',
          line: expect.any(String),
        },
        2: {
          code: 2,
          parent: 1,
          behavior: 'room',
          spawner: 'keeper',
          message: '',
          line: expect.any(String),
        },
      },
      ends: Object.fromEntries(Object.keys(dump.ends).map((code) => [code, 0])),
      counters: {
        spawned: 2,
        handled: 2,
        restarts: 0,
        forced: 0,
        deadLetters: 0,
        overflowed: 0,
      },
      tombstones: [],
    })
  })

  test('survives being sent as JSON', async () => {
    const world = createWorld()
    const ref = world.system.spawn(room, 'lobby')
    ref.tell({ type: 'join' })
    world.system.spawn(inert).stop()
    await world.settle()
    const dump = takeDump(world.system)
    expect(JSON.parse(JSON.stringify(dump))).toEqual(dump)
  })

  test('has the greatest of a rank first, of those that a filter lets through', async () => {
    const world = createWorld()
    const refs = ['a', 'b', 'c', 'd'].map((name) => world.system.spawn(room, name))
    await world.settle()
    const { table } = world.system
    refs.forEach((ref, i) => (table.handled[world.system.find(ref.id)!.row] = [3, 9, 1, 7][i]!))
    const rank = (row: number): number => table.handled[row]!
    const { actors, matched } = takeDump(world.system, {
      rank,
      limit: 2,
      filter: { behavior: 'room' },
    })
    expect(actors.map(({ label }) => label)).toEqual(['rooms/b', 'rooms/d'])
    expect(matched).toBe(4)
  })

  test('shows who is about to end, why, and what its deadline was', async () => {
    const world = createWorld({ graceMs: 1_000 })
    const ref = world.system.spawn({ ...room, stop: never }, 'lobby')
    ref.tell({ type: 'join' })
    world.system.context.setDeadline(10_000)
    await world.clock.advanceAsync(400)
    ref.stop('empty')
    await world.settle()
    const [, row] = takeDump(world.system).actors
    expect(row).toMatchObject({ ending: `room ${ref.id}: empty`, deadlineMs: 9_600, endedMs: 0 })
    expect(row).not.toHaveProperty('orphan')
  })

  test('says of who was restarted why, after each restart', async () => {
    const world = createWorld()
    const ref = world.system.spawn({ ...open('fragile'), restart: 'transient' })
    const restartedAfter = async (message: string): Promise<string | undefined> => {
      ref.tell(() => {
        throw new Error(message)
      })
      await world.clock.advanceAsync(1_000)
      return takeDump(world.system).actors.find(({ id }) => id === ref.id)?.restarted
    }
    await world.settle()
    expect(takeDump(world.system).actors.every((row) => !('restarted' in row))).toBe(true)
    expect(await restartedAfter('a bad day')).toBe('fragile 1: Error: a bad day')
    expect(await restartedAfter('another')).toBe('fragile 1: Error: another')
  })

  test('lists the dead with their end and their last steps, the newest first', async () => {
    const world = createWorld()
    const first = world.system.spawn(room, 'one')
    first.tell({ type: 'join' })
    const second = world.system.spawn(inert)
    await world.clock.advanceAsync(200)
    first.stop('empty')
    await world.clock.advanceAsync(6_000)
    second.stop('not needed')
    await world.clock.advanceAsync(1_000)
    const { tombstones, ends } = takeDump(world.system)
    expect(tombstones).toEqual([
      {
        id: '2',
        behavior: 'inert',
        label: '',
        parent: '0',
        code: 'stopped',
        end: 'inert 2: not needed',
        agoMs: 1_000,
        livedMs: 6_200,
        handled: 0,
        restarts: 0,
        trail: ['running', 'idle', 'dead'],
      },
      {
        id: '1',
        behavior: 'room',
        label: 'rooms/one',
        parent: '0',
        code: 'killed',
        end: 'room 1: did not stop in time ← room 1: empty',
        agoMs: 2_000,
        livedMs: 5_200,
        handled: 1,
        restarts: 0,
        trail: ['running', 'waiting(promise)', 'dead'],
      },
    ])
    expect(ends).toMatchObject({ stopped: 1, killed: 1, unknown: 0 })
    expect(takeDump(world.system, { tombstones: 1 }).tombstones).toHaveLength(1)
  })

  test('is cut by a limit and by a filter, and says how many there are', async () => {
    const world = createWorld()
    for (let i = 0; i < 10; i++) world.system.spawn(i % 2 === 0 ? inert : open('odd'))
    await world.settle()
    const some = takeDump(world.system, {
      filter: { behavior: 'odd' },
      limit: 3,
    })
    expect([some.total, some.actors.map(({ id }) => id)]).toEqual([11, ['2', '4', '6']])
  })

  test('holds no message', async () => {
    const world = createWorld()
    const ref = world.system.spawn(room, 'lobby')
    const message = { type: 'join', secret: 'hunter2' }
    for (let i = 0; i < 3; i++) ref.tell(message)
    await world.settle()
    expect(JSON.stringify(takeDump(world.system))).not.toContain('hunter2')
  })
})

describe('a dump taken in slices', () => {
  test('is of one moment, and says where what it describes may be newer', async () => {
    const world = createWorld()
    const refs = ['one', 'two', 'three'].map((name) => world.system.spawn(room, name))
    await world.clock.advanceAsync(1_000)
    // The turn that these ask for comes after the cut, and before anything is described.
    refs[1]!.stop('closed')
    refs[2]!.tell({ type: 'join' })
    const whole = takeDump(world.system)
    const taking = dumpSystem(world.system)
    await world.settle()
    const { tookMs, lateMs, described, actors, ...rest } = await taking
    expect([tookMs, lateMs, described]).toEqual([0, 0, 'later'])
    const [root, one, two, three] = whole.actors
    expect(actors).toEqual([
      root,
      one,
      { ...two, label: '', more: undefined, ending: undefined, later: 'gone' },
      { ...three, later: 'moved' },
    ])
    expect({ ...rest, tookMs, actors: [] }).toEqual({ ...whole, actors: [] })
  })

  test('takes an end that came after the cut for news', async () => {
    const world = createWorld()
    const ref = world.system.spawn({ ...room, stop: never }, 'one')
    await world.settle()
    const taking = dumpSystem(world.system)
    ref.stop('closed')
    await world.settle()
    expect((await taking).actors[1]).toMatchObject({ ending: 'room 1: closed', later: 'moved' })
  })

  test('sees who has moved also where no transitions are recorded', async () => {
    const world = createWorld({ recorderSize: 0 })
    const refs = ['one', 'two'].map((name) => world.system.spawn(room, name))
    await world.clock.advanceAsync(1_000)
    refs[1]!.tell({ type: 'join' })
    const taking = dumpSystem(world.system)
    await world.settle()
    expect((await taking).actors.map(({ later }) => later)).toEqual([undefined, undefined, 'moved'])
  })

  test('lets the loop turn, and is not of another opinion for that', async () => {
    const world = createWorld()
    for (let i = 0; i < 500; i++) world.system.spawn(room, `${i}`)
    await world.settle()
    const whole = takeDump(world.system)
    // Every slice is over when it begins.
    const taking = dumpSystem(world.system, { sliceMs: 0 })
    const turns = countTurns(world, taking)
    await world.settle()
    const { described, lateMs, ...rest } = await taking
    expect([described, lateMs]).toEqual(['later', 0])
    expect(rest).toEqual(whole)
    expect(turns()).toBeGreaterThan(500 / 16)
  })

  test('filters before it describes, and says how many there would be', async () => {
    const world = createWorld()
    let described = 0
    const counting = { ...room, describe: () => ({ n: ++described }) }
    const parent = world.system.spawn(open('parent'))
    parent.tell((self) => {
      for (let i = 0; i < 20; i++) self.spawn(counting, `${i}`).tell({ type: 'join' })
    })
    world.system.spawn(inert)
    await world.clock.advanceAsync(5_000)
    const late = world.system.spawn(counting, 'late')
    await world.clock.advanceAsync(1_000)
    const ask = async (filter: ActorFilter, limit?: number): Promise<[number, string[]]> => {
      const taking = dumpSystem(world.system, { filter, ...(limit && { limit }) })
      await world.settle()
      const { matched, total, actors } = await taking
      expect(total).toBe(24)
      return [matched!, actors.map(({ label, behavior }) => label || behavior)]
    }
    expect(await ask({ behavior: 'room', wait: 'promise' }, 2)).toEqual([
      20,
      ['rooms/0', 'rooms/1'],
    ])
    expect(described).toBe(2)
    expect(await ask({ id: late.id })).toEqual([1, ['rooms/late']])
    expect(await ask({ behavior: 'room', state: 'idle' })).toEqual([1, ['rooms/late']])
    expect(await ask({ parent: parent.id, minMs: 5_500 }, 1)).toEqual([20, ['rooms/0']])
    expect(await ask({ minMs: 2_000, state: 'idle' })).toEqual([3, ['root', 'parent', 'inert']])
    late.tell({ type: 'join' })
    late.tell({ type: 'join' })
    late.tell({ type: 'join' })
    await world.settle()
    expect(await ask({ minMailbox: 2 })).toEqual([1, ['rooms/late']])
    for (const nobody of [
      { behavior: 'nobody' },
      { id: 'x' },
      { parent: '' },
      { orphan: true },
    ] as const)
      expect(await ask(nobody)).toEqual([0, []])
  })

  test('bounds what comes from users', async () => {
    const world = createWorld()
    world.system.spawn({
      ...inert,
      label: () => 'l'.repeat(5_000),
      describe: () =>
        Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${i}`, 'v'.repeat(5_000)])),
    })
    await world.settle()
    const [, row] = takeDump(world.system).actors
    expect(row!.label).toBe(`${'l'.repeat(199)}…`)
    expect(Object.values(row!.more!)).toEqual(
      Array.from({ length: 32 }, () => `${'v'.repeat(199)}…`),
    )
  })
})
