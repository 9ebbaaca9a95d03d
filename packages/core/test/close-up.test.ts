import { describe, expect, test } from 'vitest'
import type { Actor } from '../src/actor.ts'
import { type Behavior, defineBehavior, type Ref, type Self, stop } from '../src/behavior.ts'
import type { CloseUpEntry, CloseUpHook } from '../src/close-up.ts'
import { closeUpDefaults } from '../src/close-ups.ts'
import { createSystem } from '../src/system.ts'
import { inert } from './actors.ts'
import { LateClock } from './late-clock.ts'
import { createWorld, deferred, never, type World } from './world.ts'

type Deed = { type: string; run?: (self: Self<Deed>) => unknown }

const doer: Behavior<Deed, null> = defineBehavior({
  name: 'doer',
  start: () => null,
  receive: (_state, deed: Deed, self) => deed.run?.(self) as undefined,
})

const looked = (world: World, ref: Ref<Deed>): CloseUpEntry[] =>
  world.system.closeUps.find(ref.id)!.read().entries

const hooks = (world: World, ref: Ref<Deed>): CloseUpHook[] =>
  looked(world, ref).filter((entry) => 'outcome' in entry)

/** Longer than any chain of promises here. */
async function promisesSettled(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- a link at a time
  for (let link = 0; link < 16; link++) await Promise.resolve()
}

async function createLooked(): Promise<World & { ref: Ref<Deed> }> {
  const world = createWorld()
  const ref = world.system.spawn(doer)
  await world.settle()
  world.system.closeUps.begin(ref as unknown as Actor)
  return { ...world, ref }
}

describe('a close-up', () => {
  test('tells of each message its type and nothing else of it', async () => {
    const world = await createLooked()
    world.ref.tell({ type: 'pay', run: () => {}, card: '4111' } as Deed)
    await world.settle()
    expect(looked(world, world.ref)).toEqual([
      {
        number: 1,
        change: 2,
        atMs: 0,
        what: 'receive',
        type: 'pay',
        lane: 'user',
        from: 'outside',
        queuedMs: 0,
        ranMs: 0,
        waits: [],
        outcome: 'ok',
      },
    ])
  })

  test('tells who told a message: the actor whose handler did, also later, with send and ask', async () => {
    const world = await createLooked()
    const { system, settle, ref } = world
    const other = system.spawn(doer)
    const gate = deferred()
    other.tell({
      type: 'go',
      run: async (self) => {
        ref.tell({ type: 'told' })
        await gate.promise
        void self.send(ref, { type: 'sent' })
        ref.ask(() => ({ type: 'asked' }), { self, timeoutMs: 1 }).catch(() => {})
        ref.tell({ type: 'late' })
      },
    })
    await settle()
    gate.resolve()
    await settle()
    expect(hooks(world, ref).map(({ type, from, sender }) => [type, from, sender])).toEqual([
      ['told', `doer ${other.id}`, other.id],
      ['sent', `doer ${other.id}`, other.id],
      ['asked', `doer ${other.id}`, other.id],
      ['late', 'outside', undefined],
    ])
  })

  test('names a sender that waited for room, not the receiver who made it', async () => {
    const world = createWorld()
    const { system, settle } = world
    const narrow = { ...doer, mailbox: { capacity: 1, overflow: 'suspend' } } as Behavior<
      Deed,
      null
    >
    const [ref, other] = [system.spawn(narrow), system.spawn(doer)]
    await settle()
    system.closeUps.begin(ref as unknown as Actor)
    other.tell({
      type: 'go',
      run: async (self) => {
        for (const type of ['first', 'second', 'third']) await self.send(ref, { type })
      },
    })
    await settle()
    expect(hooks(world, ref).map(({ from }) => from)).toEqual(
      Array.from({ length: 3 }, () => `doer ${other.id}`),
    )
  })

  test('tells how long a message was in the mailbox, how long its handler ran, what it awaited', async () => {
    const clock = new LateClock()
    const settle = async (): Promise<void> => {
      do await promisesSettled()
      while (clock.turn())
    }
    const system = createSystem({ clock, maxActors: 16, recorderSize: 16 })
    const ref = system.spawn(doer)
    await settle()
    const closeUp = system.closeUps.begin(ref as unknown as Actor)
    const gate = deferred()
    ref.tell({
      type: 'slow',
      run(self) {
        clock.jump(3)
        return self.wait('lock', 'door', gate.promise)
      },
    })
    clock.jump(2)
    await settle()
    clock.jump(40)
    gate.resolve()
    await settle()
    expect(closeUp.read().entries).toMatchObject([
      {
        type: 'slow',
        queuedMs: 2,
        ranMs: 3,
        awaitedMs: 40,
        waits: [{ class: 'lock', target: 'door', atMs: 5, ms: 40 }],
        outcome: 'ok',
      },
    ])
  })

  test('tells apart what went well, what failed and what stopped the actor', async () => {
    for (const [run, outcome] of [
      [() => {}, 'ok'],
      [() => Promise.resolve(), 'ok'],
      [() => stop('done'), 'stopped'],
      [() => Promise.resolve(stop('done')), 'stopped'],
      [() => null, 'failed'],
      [() => Promise.reject(new Error('no')), 'failed'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const world = await createLooked()
      world.ref.tell({ type: 'do', run })
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await world.settle()
      expect(hooks(world, world.ref)).toMatchObject([{ outcome }])
    }
  })

  test('of a stuck actor shows at once what it is stuck on, and since when', async () => {
    const world = createWorld()
    const { system, clock, settle } = world
    const [ref, other] = [system.spawn(doer), system.spawn(inert)]
    ref.tell({ type: 'stuck', run: (self) => self.wait('ask', other, never()) })
    ref.tell({ type: 'behind' })
    await settle()
    await clock.advanceAsync(9_000)
    system.closeUps.begin(ref as unknown as Actor)
    expect(looked(world, ref)).toMatchObject([
      {
        what: 'receive',
        type: 'stuck',
        before: true,
        outcome: 'open',
        waits: [{ class: 'ask', target: 'inert', actor: other.id, atMs: -9_000 }],
      },
    ])
  })

  test('also shows a message that was in the mailbox before, whose sender nobody noted', async () => {
    const world = createWorld()
    const ref = world.system.spawn(doer)
    ref.tell({ type: 'old' })
    world.system.closeUps.begin(ref as unknown as Actor)
    await world.settle()
    const [, entry] = hooks(world, ref)
    expect(entry).toMatchObject({ type: 'old', lane: 'user', outcome: 'ok' })
    expect(entry).not.toHaveProperty('from')
    expect(entry).not.toHaveProperty('queuedMs')
  })

  test('tells of waits that belong to no message', async () => {
    const world = await createLooked()
    const actor = world.ref as unknown as Actor
    const hold = actor.hold('socket', 'peer')
    await world.clock.advanceAsync(25)
    hold.release()
    expect(looked(world, world.ref)).toMatchObject([
      { what: 'wait', class: 'socket', target: 'peer', atMs: 0, ms: 25 },
    ])
  })

  test('goes on through restarts of its actor', async () => {
    const world = createWorld()
    const { system, clock, settle } = world
    const ref = system.spawn({ ...doer, restart: 'permanent', stop: () => {} })
    await settle()
    system.closeUps.begin(ref as unknown as Actor)
    ref.tell({
      type: 'fail',
      run() {
        throw new Error('no')
      },
    })
    ref.tell({ type: 'after' })
    await clock.advanceAsync(1_000)
    expect(
      looked(world, ref).map((entry) =>
        'type' in entry ? `${entry.what} ${entry.type}` : entry.what,
      ),
    ).toEqual(['receive fail', 'ending', 'stop ', 'restart', 'wait', 'start ', 'receive after'])
  })

  test('is readable for a while after its actor has died in front of it', async () => {
    const world = await createLooked()
    const { system, ref, clock, settle } = world
    ref.stop('enough')
    await settle()
    expect(system.closeUps.running).toEqual([])
    const { over, entries, leftMs } = system.closeUps.find(ref.id)!.read()
    expect({ over, leftMs, last: entries.at(-1) }).toMatchObject({
      over: 'dead',
      leftMs: 0,
      last: { what: 'dead', text: expect.stringContaining('enough') as string },
    })
    await clock.advanceAsync(closeUpDefaults.keptMs + 10)
    expect(system.closeUps.find(ref.id)).toBeUndefined()
    expect(system.wheel.size).toBe(0)
  })

  test('leaves no wait open of the dead', async () => {
    const { system, settle } = createWorld()
    const ref = system.spawn({
      ...doer,
      stop: (_state, _end, self) => void self.hold('lock', 'door'),
    })
    await settle()
    const closeUp = system.closeUps.begin(ref as unknown as Actor)
    ref.stop()
    await settle()
    expect(closeUp.read().entries).toMatchObject([
      { what: 'ending' },
      { what: 'stop', waits: [{ target: 'door', ms: 0 }], outcome: 'ok' },
      { what: 'dead' },
    ])
  })

  test('ends when its time is up, and what is told then is told as before', async () => {
    const world = await createLooked()
    const { system, ref, clock, settle } = world
    const actor = ref as unknown as Actor
    await clock.advanceAsync(closeUpDefaults.ms + 10)
    expect(system.closeUps.running).toEqual([])
    expect(system.closeUps.find(ref.id)!.over).toBe('time')
    expect(actor.rare?.closeUp).toBeUndefined()
    ref.tell({ type: 'after' })
    await settle()
    expect(system.counters.handled).toBe(1)
    expect(looked(world, ref)).toEqual([])
  })

  test('loses no message that is in the mailbox when its time is up', async () => {
    const world = await createLooked()
    const { ref, system, settle } = world
    const gate = deferred()
    ref.tell({ type: 'first', run: () => gate.promise })
    await settle()
    const heard: string[] = []
    for (const type of ['a', 'b']) ref.tell({ type, run: () => void heard.push(type) })
    ref.signal({ type: 's', run: () => void heard.push('s') })
    system.closeUps.find(ref.id)!.end('hand')
    ref.tell({ type: 'c', run: () => void heard.push('c') })
    gate.resolve()
    await settle()
    expect(heard).toEqual(['s', 'a', 'b', 'c'])
  })

  test('keeps the newest entries, and counts those that went', async () => {
    const world = await createLooked()
    const { ref, settle, system } = world
    for (let at = 0; at < 21; at++) {
      for (let n = 0; n < 100; n++) ref.tell({ type: `m${at * 100 + n}` })
      // oxlint-disable-next-line no-await-in-loop -- the mailbox is bounded, too
      await settle()
    }
    const { dropped, entries } = system.closeUps.find(ref.id)!.read()
    expect(dropped).toBe(100)
    expect(entries).toHaveLength(2_000)
    expect([entries[0], entries.at(-1)]).toMatchObject([{ type: 'm100' }, { type: 'm2099' }])
  })

  test('keeps a few waits of a handler that waits without end', async () => {
    const world = await createLooked()
    world.ref.tell({
      type: 'many',
      async run(self) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        for (let n = 0; n < 20; n++) await self.wait('timer', `t${n}`, Promise.resolve())
      },
    })
    await world.settle()
    const [hook] = hooks(world, world.ref)
    expect(hook).toMatchObject({ moreWaits: 4, outcome: 'ok' })
    expect(hook!.waits).toHaveLength(16)
  })

  test('read since a change gives what is newer, and what is open', async () => {
    const world = await createLooked()
    const { ref, settle, system } = world
    const gate = deferred()
    const closeUp = system.closeUps.find(ref.id)!
    ref.tell({ type: 'done' })
    ref.tell({ type: 'open', run: () => gate.promise })
    await settle()
    const { changes } = closeUp.read()
    const typesSince = (): unknown[] =>
      closeUp
        .read(changes)
        .entries.map((entry) => [(entry as CloseUpHook).type, (entry as CloseUpHook).outcome])
    expect(typesSince()).toEqual([['open', 'open']])
    gate.resolve()
    await settle()
    expect(typesSince()).toEqual([['open', 'ok']])
    expect(closeUp.read(closeUp.read().changes).entries).toEqual([])
  })
})

describe('close-ups', () => {
  test('there are a few at a time', async () => {
    const { system, settle } = createWorld()
    const actors = Array.from({ length: closeUpDefaults.most + 1 }, () => system.spawn(doer))
    await settle()
    const begin = (ref: Ref<Deed>): unknown => system.closeUps.begin(ref as unknown as Actor)
    for (const actor of actors.slice(1)) begin(actor)
    expect(() => begin(actors[0]!)).toThrow('[capacity_exceeded]')
    system.closeUps.find(actors[1]!.id)!.end('hand')
    begin(actors[0]!)
    expect(system.closeUps.running).toHaveLength(closeUpDefaults.most)
  })

  test('a second one of the same actor makes the first last as long', async () => {
    const { system, settle, clock } = createWorld()
    const ref = system.spawn(doer) as unknown as Actor
    await settle()
    const closeUp = system.closeUps.begin(ref, 1_000)
    await clock.advanceAsync(500)
    expect(system.closeUps.begin(ref, 2_000)).toBe(closeUp)
    expect(system.closeUps.begin(ref, 10)).toBe(closeUp)
    await clock.advanceAsync(1_900)
    expect(closeUp.over).toBeUndefined()
    await clock.advanceAsync(200)
    expect(closeUp.over).toBe('time')
  })

  test('none of the dead, and none without an end', async () => {
    const { system, settle } = createWorld()
    const ref = system.spawn(doer) as unknown as Actor
    await settle()
    for (const ms of [0, -1, Number.NaN, Infinity, closeUpDefaults.mostMs + 1]) {
      expect(() => system.closeUps.begin(ref, ms)).toThrow('[option_invalid]')
    }
    ref.stop()
    await settle()
    expect(() => system.closeUps.begin(ref)).toThrow('[actor_dead]')
  })

  test('of those that are over the newest few are kept', async () => {
    const { system, settle } = createWorld()
    const actors = Array.from({ length: closeUpDefaults.kept + 1 }, () => system.spawn(doer))
    await settle()
    for (const actor of actors) system.closeUps.begin(actor as unknown as Actor).end('hand')
    expect(actors.map(({ id }) => system.closeUps.find(id) !== undefined)).toEqual([
      false,
      ...actors.slice(1).map(() => true),
    ])
    expect(system.wheel.size).toBe(closeUpDefaults.kept)
  })
})
