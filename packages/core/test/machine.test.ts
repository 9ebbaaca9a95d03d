import { describe, expect, test } from 'vitest'
import { assign, createMachine, fromPromise, setup } from 'xstate'
import { formatEnd } from '../src/ends.ts'
import { takeDump } from '../src/inspect/take/take.ts'
import { fromMachine } from '../src/machine.ts'
import { inert } from './actors.ts'
import { createWorld, deferred, expectNothingLeft, type World } from './world.ts'

type Bid = { type: 'bid'; amount: number } | { type: 'withdraw' }

/** Bids must rise; an hour after the last one the hammer falls. */
const auction = setup({
  types: {
    context: {} as { price: number; bids: number },
    events: {} as Bid,
    input: {} as { start: number },
  },
  guards: { higher: ({ context, event }) => event.type === 'bid' && event.amount > context.price },
  delays: { hour: 3_600_000 },
}).createMachine({
  id: 'auction',
  context: ({ input }) => ({ price: input.start, bids: 0 }),
  initial: 'open',
  states: {
    open: {
      after: { hour: 'sold' },
      on: {
        bid: {
          guard: 'higher',
          target: 'open',
          reenter: true,
          actions: assign({
            price: ({ event }) => event.amount,
            bids: ({ context }) => context.bids + 1,
          }),
        },
        withdraw: { target: 'withdrawn', guard: ({ context }) => context.bids === 0 },
      },
    },
    sold: { type: 'final' },
    withdrawn: { type: 'final' },
  },
})

const behavior = fromMachine(auction, {
  describe: ({ context }) => ({ price: context.price, bids: context.bids }),
})

function describeOf(world: World, ref: { id: string }): unknown {
  return takeDump(world.system).actors.find(({ id }) => id === ref.id)?.more
}

/** Sends what no type lets through. */
function force(ref: object, message: unknown): void {
  ;(ref as { tell: (message: unknown) => void }).tell(message)
}

describe('a machine as a behaviour', () => {
  test('runs with its input, guards and context, and shows its state', async () => {
    const world = createWorld()
    const ref = world.system.spawn(behavior, { start: 10 })
    for (const amount of [5, 20, 15, 30]) ref.tell({ type: 'bid', amount })
    await world.settle()
    expect(describeOf(world, ref)).toEqual({ substate: 'open', price: 30, bids: 2 })
    expect(ref.behavior.accepts).toEqual(['bid', 'withdraw'])
    expect(world.system.counters.ends.failed).toBe(0)
  })

  test('shows the states that it is in by their paths', async () => {
    const world = createWorld()
    const machine = createMachine({
      id: 'door',
      type: 'parallel',
      states: {
        lock: { initial: 'open', states: { open: {} } },
        light: { initial: 'on', states: { on: { initial: 'dim', states: { dim: {} } } } },
      },
    })
    const ref = world.system.spawn(fromMachine(machine))
    await world.settle()
    expect(describeOf(world, ref)).toEqual({ substate: 'lock.open light.on.dim' })
  })

  test('follows the system’s clock, starts its delays over, and is completed when it is done', async () => {
    const world = createWorld()
    const ref = world.system.spawn(behavior, { start: 10 })
    await world.settle()
    expect(world.system.wheel.size).toBe(1)
    await world.clock.advanceAsync(3_500_000)
    ref.tell({ type: 'bid', amount: 20 })
    await world.clock.advanceAsync(3_500_000)
    expect([ref.alive, world.system.wheel.size]).toEqual([true, 1])
    await world.clock.advanceAsync(100_000)
    expect(world.all('actor.ended').map(({ end }) => [end.code, formatEnd(end)])).toEqual([
      ['completed', `auction ${ref.id}: done`],
    ])
    expect(world.system.wheel.size).toBe(0)
  })

  test('is completed by an event as well, before it takes another', async () => {
    const world = createWorld()
    const ref = world.system.spawn(behavior, { start: 10 })
    ref.tell({ type: 'withdraw' })
    ref.tell({ type: 'bid', amount: 20 })
    await world.settle()
    expect(world.system.counters).toMatchObject({ deadLetters: 1 })
    expect(world.system.counters.ends.completed).toBe(1)
  })

  test('leaves nothing on the wheel when it is stopped', async () => {
    const world = createWorld()
    const ref = world.system.spawn(behavior, { start: 10 })
    await world.settle()
    ref.stop()
    await world.settle()
    expect([ref.alive, world.system.wheel.size]).toEqual([false, 0])
    void world.system.stop()
    await world.settle()
    expectNothingLeft(world.system)
  })

  test('makes its input of the actor’s, where it is told how', async () => {
    const world = createWorld()
    const made = fromMachine(auction, {
      name: 'sale',
      input: (self, given: { price: number }) => ({ start: given.price + self.row }),
    })
    const ref = world.system.spawn(made, { price: 100 })
    await world.settle()
    expect(ref.behavior.name).toBe('sale')
    ref.tell({ type: 'bid', amount: 101 })
    ref.tell({ type: 'bid', amount: 102 })
    await world.settle()
    const { state } = world.system.find(ref.id)!
    const { context } = (state as { snapshot(): { context: unknown } }).snapshot()
    expect(context).toEqual({ price: 102, bids: 1 })
  })
})

describe('an event that a machine does not declare', () => {
  const refused = [
    { type: 'nonsense' },
    { type: 'xstate.stop' },
    { type: 'xstate.init' },
    { type: 'xstate.error.actor.x', error: 'x' },
    { type: 'xstate.after.hour.auction.open' },
    { type: '*' },
    { type: '' },
    { type: 7 },
    {},
    'bid',
    null,
  ]
  test.each(refused)('is a fault of that actor only: %j', async (event) => {
    const world = createWorld()
    const beside = world.system.spawn(behavior, { start: 1 })
    const ref = world.system.spawn(behavior, { start: 1 })
    await world.settle()
    force(ref, event)
    await world.settle()
    expect([ref.alive, beside.alive]).toEqual([false, true])
    expect(world.system.counters.ends.failed).toBe(1)
    beside.stop()
    await world.settle()
    expect(world.system.wheel.size).toBe(0)
  })

  test('is one that no descriptor matches, where the machine has wildcards', async () => {
    const seen: string[] = []
    const note = ({ event }: { event: { type: string } }): void => void seen.push(event.type)
    const wild = createMachine({
      id: 'wild',
      initial: 'a',
      states: { a: { on: { 'bid.*': { actions: note }, ignored: {} } } },
    })
    const made = fromMachine(wild)
    expect(made.accepts).toBeUndefined()
    const world = createWorld()
    const ref = world.system.spawn(made)
    for (const type of ['bid.made', 'bid.made.twice', 'bid', 'ignored']) ref.tell({ type })
    await world.settle()
    expect([ref.alive, seen]).toEqual([true, ['bid.made', 'bid.made.twice', 'bid']])
    ref.tell({ type: 'bidding' })
    await world.settle()
    expect(ref.alive).toBe(false)

    const all = createMachine({ id: 'all', on: { '*': { actions: note } } })
    const open = world.system.spawn(fromMachine(all))
    open.tell({ type: 'whatever' })
    await world.settle()
    expect([open.alive, seen.at(-1)]).toEqual([true, 'whatever'])
    open.tell({ type: 'xstate.stop' })
    await world.settle()
    expect([open.alive, seen.at(-1)]).toEqual([false, 'whatever'])
    expect(world.system.counters.ends).toMatchObject({ failed: 2, completed: 0 })
  })
})

describe('a fault of a machine', () => {
  const boom = (): never => {
    throw new Error('boom')
  }

  test.each([
    ['an action', { on: { go: { actions: boom } } }],
    [
      'a guard',
      { on: { go: { guard: boom, target: '.b' } }, initial: 'a', states: { a: {}, b: {} } },
    ],
    ['an entry', { on: { go: '.b' }, initial: 'a', states: { a: {}, b: { entry: boom } } }],
  ])('in %s fails its actor', async (_what, config) => {
    const world = createWorld()
    const beside = world.system.spawn(inert)
    const made = fromMachine(createMachine({ id: 'faulty', ...config } as never))
    const ref = world.system.spawn(made)
    ref.tell({ type: 'go' })
    await world.settle()
    expect([ref.alive, beside.alive]).toEqual([false, true])
    expect(world.all('actor.ended').map(({ end }) => `${end.code} ${end.detail}`)[0]).toMatch(
      /^failed Error: (boom|Unable to evaluate guard .*)/,
    )
  })

  test('in its very first state fails the start', async () => {
    const world = createWorld()
    const made = fromMachine(createMachine({ id: 'stillborn', entry: boom }))
    const ref = world.system.spawn(made)
    await world.settle()
    expect([ref.alive, world.system.counters.ends.failed]).toEqual([false, 1])
  })

  test('in a delay, or in what it invokes, is seen although nobody sends anything', async () => {
    for (const invokes of [false, true]) {
      const asked = deferred<number>()
      const config = invokes
        ? { invoke: { src: fromPromise(() => asked.promise) } }
        : { initial: 'a', states: { a: { after: { 50: 'b' } }, b: { entry: boom } } }
      const world = createWorld()
      const made = fromMachine(createMachine({ id: 'alone', ...config } as never))
      const ref = world.system.spawn(made)
      await world.clock.advanceAsync(10)
      expect(ref.alive).toBe(true)
      if (invokes) asked.reject(new Error('refused'))
      await world.clock.advanceAsync(100)
      expect([ref.alive, world.system.counters.ends.failed]).toEqual([false, 1])
      expect(world.system.wheel.size).toBe(0)
    }
  })

  test('begins anew where it is to be restarted', async () => {
    const world = createWorld()
    const counting = setup({ types: { context: {} as { n: number } } }).createMachine({
      id: 'counting',
      context: { n: 0 },
      on: {
        add: { actions: assign({ n: ({ context }) => context.n + 1 }) },
        go: { actions: boom },
      },
    })
    const made = fromMachine(counting, {
      restart: 'permanent',
      describe: ({ context }) => ({ n: context.n }),
    })
    const ref = world.system.spawn(made)
    for (const type of ['add', 'add', 'go', 'add']) ref.tell({ type })
    await world.clock.advanceAsync(100)
    expect(describeOf(world, ref)).toMatchObject({ n: 1 })
  })
})

describe('a machine that moves by itself', () => {
  test('has its end noticed also when its mailbox is full', async () => {
    const world = createWorld()
    const brief = createMachine({
      id: 'brief',
      initial: 'a',
      states: { a: { after: { 50: 'b' }, on: { x: {} } }, b: { type: 'final' } },
    })
    const made = fromMachine(brief, { mailbox: { capacity: 1 } })
    const ref = world.system.spawn(made)
    await world.settle()
    // In the very moment in which the delay is over.
    world.clock.after(50, () => ref.tell({ type: 'x' }))
    await world.clock.advanceAsync(60)
    expect([ref.alive, world.system.counters.ends.completed]).toEqual([false, 1])
  })

  test('is completed when it is done before it began', async () => {
    const world = createWorld()
    const made = fromMachine(
      createMachine({ id: 'done', initial: 'a', states: { a: { type: 'final' } } }),
    )
    const ref = world.system.spawn(made)
    await world.settle()
    expect([ref.alive, world.system.counters.ends.completed]).toEqual([false, 1])
  })
})
