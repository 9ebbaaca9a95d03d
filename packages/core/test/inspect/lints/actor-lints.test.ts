import { describe, expect, test } from 'vitest'
import { defineBehavior, type Ref } from '../../../src/behavior.ts'
import type { LintResult } from '../../../src/inspect/lints/lints.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { createSystem } from '../../../src/system.ts'
import { open, type Run } from '../../actors.ts'
import { LateClock } from '../../late-clock.ts'
import { createWorld, never } from '../../world.ts'
import { lint, spawn } from '../lint.ts'
import { dumpOf, row } from '../rows.ts'

describe('lints about actors', () => {
  test('orphan: an actor lives on after its context ended', () => {
    const clock = new LateClock()
    const system = createSystem({ clock, graceMs: 1_000, maxActors: 16, recorderSize: 16 })
    const stubborn = system.spawn({ ...open('stubborn'), stop: never, label: () => 'the last' })
    while (clock.turn()) {}
    stubborn.stop('draining')
    while (clock.turn()) {}
    expect(lint(takeDump(system)).has('orphan')).toBe(false)
    // The kernel ends it by force, unless its timers do not come.
    clock.lookMs = 12_000
    expect(lint(takeDump(system)).get('orphan')).toMatchObject({
      severity: 'fault',
      summary: '1 actor lives on although its context ended',
      findings: [
        {
          sentence: expect.stringMatching(
            /^stubborn 1 the last lives on \d\d s after its end: stubborn 1: draining$/,
          ),
          ids: ['1'],
        },
      ],
    })
  })

  test('orphans are counted also where the list is cut', () => {
    const actors = [row('40', { orphan: true }), row('41')]
    const found = lint(dumpOf(actors, { orphans: 7, total: 90 })).get('orphan')!
    expect(found.summary).toBe('7 actors live on although their context ended')
    expect(found.findings).toEqual([
      { sentence: 'connection 40 lives on: its context ended', ids: ['40'] },
    ])
  })

  test('dead-wait: an actor waits on one that is dead', async () => {
    const world = createWorld()
    const holder = spawn(world, 'holder')
    const waiter = spawn(world, 'waiter')
    waiter.tell((self) => self.wait('lock', holder, never()))
    await world.clock.advanceAsync(10_000)
    expect(lint(world).has('dead-wait')).toBe(false)
    holder.stop()
    await world.settle()
    expect(lint(world).get('dead-wait')).toMatchObject({
      summary: '1 actor waits on a dead one',
      findings: [{ sentence: 'waiter 2 has waited 10 s (lock) on holder 1, which is dead' }],
    })
  })

  test('stuck-handler: a handler awaits something without a name', async () => {
    const world = createWorld()
    const room = world.system.spawn(
      defineBehavior({
        name: 'room',
        start: () => 0,
        receive: (_state, _message: { type: string }) => never<void>(),
      }),
    )
    for (let i = 0; i < 3; i++) room.tell({ type: 'join' })
    await world.clock.advanceAsync(29_000)
    expect(lint(world).has('stuck-handler')).toBe(false)
    await world.clock.advanceAsync(16_000)
    expect(lint(world).get('stuck-handler')!.findings[0]!.sentence).toBe(
      'room 1 has awaited something without a name for 45 s while handling join; 2 messages behind it',
    )
  })

  test('long-turn and stuck-handler: a handler does not return', () => {
    const clock = new LateClock()
    const system = createSystem({ clock, maxActors: 16, recorderSize: 16 })
    const found: Map<string, LintResult>[] = []
    system.spawn(open('game')).tell(() => {
      for (const ms of [400, 400, 5_000]) {
        clock.jump(ms)
        const stack = [{ function: 'spin', at: 'game.ts:12' }]
        found.push(lint({ ...takeDump(system), ...(ms === 5_000 && { stack }) }))
      }
    })
    while (clock.turn()) {}
    expect(found.map((names) => [...names.keys()])).toEqual([[], ['long-turn'], ['stuck-handler']])
    expect(found[1]!.get('long-turn')!.findings[0]!.sentence).toBe(
      'game 1 has been running for 800 ms',
    )
    expect(found[2]!.get('stuck-handler')!.findings[0]!.sentence).toBe(
      'game 1 has been running for 6 s: spin at game.ts:12',
    )
  })

  test('lost-wakeup: an actor waits without a deadline on what nobody may ever end', async () => {
    const world = createWorld()
    spawn(world, 'lost').tell((self) => self.wait('lock', 'permit', never()))
    const holder = spawn(world, 'holder')
    spawn(world, 'patient').tell((self) => self.wait('lock', holder, never()))
    spawn(world, 'bounded').tell((self) => void self.hold('redis', 'publish', 120_000))
    await world.clock.advanceAsync(61_000)
    const found = lint(world).get('lost-wakeup')!
    expect(found.summary).toBe('1 actor waits without a deadline on what nobody may ever end')
    expect(found.findings).toEqual([
      { sentence: 'lost 1 has waited 61 s on lock permit, without a deadline', ids: ['1'] },
    ])
    // Another thread cannot see whether a context has a deadline.
    expect(lint({ ...takeDump(world.system), described: 'never' }).has('lost-wakeup')).toBe(false)
  })

  test('overdue-wait: a wait is past its deadline', async () => {
    const world = createWorld()
    spawn(world, 'late').tell((self) => void self.hold('redis', 'publish', 2_000))
    spawn(world, 'reader').tell((self) => void self.hold('socket', 'peer', 2_000))
    await world.clock.advanceAsync(6_000)
    expect(lint(world).get('overdue-wait')).toMatchObject({
      summary: '1 wait is past its deadline',
      findings: [{ sentence: 'late 1 [waiting: redis publish, 6 s] should have given up 4 s ago' }],
    })
  })

  test('slow-consumer: a peer does not read, or much is queued for it', async () => {
    const world = createWorld()
    const queued = (bytes: number) => ({
      ...open('connection'),
      describe: () => ({ queue: bytes }),
    })
    world.system.spawn(queued(812_345)).tell((self) => void self.hold('socket', 'peer'))
    world.system.spawn(queued(900_000))
    spawn(world, 'feed').tell((self) => void self.hold('socket', 'peer'))
    await world.clock.advanceAsync(31_000)
    expect(lint(world).get('slow-consumer')).toMatchObject({
      summary: '3 peers do not read fast enough',
      findings: [
        { sentence: 'connection 2: 900,000 bytes queued' },
        { sentence: 'connection 1: its peer has been behind for 31 s, 812,345 bytes queued' },
        { sentence: 'feed 3: its peer has been behind for 31 s' },
      ],
    })
  })

  test('deep-mailbox and growing-mailbox: more comes than is handled', async () => {
    const world = createWorld()
    const room = spawn(world, 'room')
    for (let i = 0; i < 10; i++) room.tell(() => {})
    await world.settle()
    room.tell((self) => self.wait('redis', 'publish', never()))
    for (let i = 0; i < 100; i++) room.tell(() => {})
    await world.settle()
    const before = takeDump(world.system)
    for (let i = 0; i < 500; i++) room.tell(() => {})
    await world.clock.advanceAsync(30_000)
    const dump = takeDump(world.system)
    expect([...lint(before).keys()]).toEqual([])
    expect(lint(dump).get('deep-mailbox')!.findings[0]!.sentence).toBe(
      'room 1 [waiting: redis publish, 30 s] has 600 messages to handle, and has handled 11',
    )
    const grown = lint(dump, { before })
    expect([...grown.keys()]).toEqual(['growing-mailbox'])
    expect(grown.get('growing-mailbox')!.findings[0]!.sentence).toBe(
      'room 1: mailbox 100 → 600 in 30 s; it handled 0 of the 500 messages that came',
    )
    // A burst is no growth.
    expect([...lint(dump, { before, growthMs: 31_000 }).keys()]).toEqual(['deep-mailbox'])
    // Of another life of the node nothing is to be compared.
    const restarted = { ...before, counters: { ...before.counters, spawned: 99 } }
    expect([...lint(dump, { before: restarted }).keys()]).toEqual(['deep-mailbox'])
  })

  test('restart-storm: an actor restarts again and again', async () => {
    const world = createWorld()
    const keeper = world.system.spawn({
      ...open('keeper'),
      supervise: { intensity: 100, backoff: { minMs: 10, maxMs: 100, factor: 2, jitter: 0 } },
    })
    let fragile: Ref<Run> | undefined
    keeper.tell((self) => {
      fragile = self.spawn({ ...open('fragile'), restart: 'transient' })
    })
    await world.settle()
    const failTimes = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        fragile!.tell(() => {
          throw new Error('a bad day')
        })
        await world.clock.advanceAsync(1_000)
      }
    }
    await failTimes(5)
    expect(lint(world).get('restart-storm')!.findings[0]!.sentence).toBe(
      'fragile 2 has restarted 5 times in 5 s, last after fragile 2: Error: a bad day',
    )
    // As many over an hour are no storm, unless they are of the last minute.
    await world.clock.advanceAsync(3_600_000)
    const before = takeDump(world.system)
    expect(lint(before).has('restart-storm')).toBe(false)
    await failTimes(3)
    expect(lint(world).has('restart-storm')).toBe(false)
    expect(lint(world, { before }).has('restart-storm')).toBe(true)
  })

  test('timer-flood: an actor sets timers without end', async () => {
    const world = createWorld()
    spawn(world, 'leaky').tell((self) => {
      for (let i = 0; i < 1_200; i++) self.after(3_600_000, () => undefined)
    })
    await world.settle()
    expect(lint(world).get('timer-flood')!.findings[0]!.sentence).toBe(
      'leaky 1 has set 1,200 timers that have not come yet',
    )
  })
})
