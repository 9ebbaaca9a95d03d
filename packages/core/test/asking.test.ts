import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Reply } from '../src/ask.ts'
import { defineBehavior, type Ref, type Self } from '../src/behavior.ts'
import { takeDump } from '../src/inspect/take/take.ts'
import type { Delivery, Overflow } from '../src/mailbox.ts'
import { open, type Run } from './actors.ts'
import { createWorld, expectConsistent, never, type World } from './world.ts'

type Question = { type: 'question'; n: number; reply: Reply<number> }

/** Answers with the double; 0 never, 13 with a fault, 7 with a failure. */
const doubler = defineBehavior({
  name: 'doubler',
  start: () => 0,
  receive(_s, { n, reply }: Question) {
    if (n === 13) throw new Error('unlucky')
    if (n === 7) reply.fail(new Error('not 7'))
    else if (n !== 0) reply.tell(n * 2)
  },
})

const question =
  (n: number) =>
  (reply: Reply<number>): Question => ({ type: 'question', n, reply })

/** What became of a promise, without a rejection that nobody hears. */
function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    (value) => String(value),
    (error: { code: string }) => error.code,
  )
}

describe('an ask', () => {
  test('settles with the answer, the failure, the fault, or the deadline', async () => {
    const world = createWorld({ askTimeoutMs: 300 })
    const ref = world.system.spawn(doubler)
    const asked = [4, 7, 0].map((n) => outcome(ref.ask(question(n))))
    asked.push(outcome(ref.ask(question(13))))
    await world.clock.advanceAsync(299)
    expect(world.system.wheel.size).toBe(0)
    expect(await Promise.all(asked)).toEqual(['8', 'ask_failed', 'actor_dead', 'handler_failed'])
  })

  test('times out at its own deadline, the default, or that of the asker, whichever is first', async () => {
    const world = createWorld({ askTimeoutMs: 300 })
    const ref = world.system.spawn(doubler)
    const settled: string[] = []
    const note = (name: string, promise: Promise<unknown>): void =>
      void outcome(promise).then((what) => settled.push(`${name} ${what} at ${world.clock.now()}`))
    note('own', ref.ask(question(0), { timeoutMs: 100 }))
    note('default', ref.ask(question(0)))
    const asker = world.system.spawn(open())
    asker.tell((self) => {
      self.context.setDeadline(200)
      note('asker', ref.ask(question(0), { self, timeoutMs: 1_000 }))
    })
    await world.clock.advanceAsync(1_000)
    expect(settled).toEqual([
      'own ask_timeout at 100',
      'asker ask_timeout at 200',
      'default ask_timeout at 300',
    ])
    expect(world.system.wheel.size).toBe(0)
  })

  test('goes with its asker, which shows what it waits for', async () => {
    const world = createWorld()
    const ref = world.system.spawn(doubler)
    const asker = world.system.spawn(open())
    let what: Promise<string> | undefined
    asker.tell((self) => (what = outcome(ref.ask(question(0), { self, timeoutMs: 2_000 }))))
    await world.clock.advanceAsync(500)
    const row = takeDump(world.system).actors.find(({ id }) => id === asker.id)
    expect(row).toMatchObject({
      state: 'waiting',
      wait: { class: 'ask', target: 'doubler', actor: ref.id, ms: 500, leftMs: 1_500 },
    })
    asker.stop()
    await world.settle()
    expect(await what).toBe('context_ended')
    expect(world.system.wheel.size).toBe(0)
    expectConsistent(world.system)
  })

  test('is answered once: what comes second or late does nothing', async () => {
    const world = createWorld()
    const replies: Reply<number>[] = []
    const keeper = defineBehavior({
      name: 'keeper',
      start: () => 0,
      receive: (_s, { reply }: Question) => void replies.push(reply),
    })
    const ref = world.system.spawn(keeper)
    const first = ref.ask(question(1))
    const second = outcome(ref.ask(question(2), { timeoutMs: 10 }))
    await world.settle()
    expect(replies.map((reply) => reply.open)).toEqual([true, true])
    replies[0]!.tell(1)
    replies[0]!.tell(2)
    replies[0]!.fail(new Error('no'))
    await world.clock.advanceAsync(20)
    replies[1]!.tell(3)
    expect(replies.map((reply) => reply.open)).toEqual([false, false])
    expect([await first, await second]).toEqual([1, 'ask_timeout'])
  })

  test('can fail with anything, also with what has no text', async () => {
    const world = createWorld()
    const ref = world.system.spawn(
      defineBehavior({
        name: 'odd',
        start: () => 0,
        receive: (_s, { reply }: Question) => reply.fail(Object.create(null)),
      }),
    )
    const what = outcome(ref.ask(question(1)))
    await world.settle()
    expect(await what).toBe('ask_failed')
  })

  test('is rejected at once by the dead, the ending, and the full', async () => {
    const world = createWorld()
    const ref = world.system.spawn({ ...doubler, mailbox: { capacity: 1 } })
    const kept = outcome(ref.ask(question(4)))
    expect(await outcome(ref.ask(question(4)))).toBe('mailbox_full')
    await world.settle()
    expect(await kept).toBe('8')
    ref.stop()
    await world.settle()
    expect(await outcome(ref.ask(question(4)))).toBe('actor_dead')
    expect(world.system.wheel.size).toBe(0)
  })

  test('that was displaced by a younger message hears of it at once', async () => {
    const world = createWorld()
    const ref = world.system.spawn({
      ...doubler,
      mailbox: { capacity: 1, overflow: 'drop-oldest' },
    })
    const old = outcome(ref.ask(question(1)))
    const young = outcome(ref.ask(question(2)))
    await world.settle()
    expect([await old, await young]).toEqual(['mailbox_full', '4'])
  })

  test('whose message cannot be made rejects, and leaves no timer', async () => {
    const world = createWorld()
    const ref = world.system.spawn(doubler)
    const what = outcome(
      ref.ask(() => {
        throw new Error('cannot')
      }),
    )
    expect(await what).toBe('ask_failed')
    expect(world.system.wheel.size).toBe(0)
  })

  test('is refused to an asker that has ended, but not to its stop hook', async () => {
    const world = createWorld()
    const ref = world.system.spawn(doubler)
    const answers: string[] = []
    const asker = world.system.spawn(
      defineBehavior({
        name: 'asker',
        start: (self: Self<Run>) => self,
        receive: (self, run: Run) => run(self) as Promise<void>,
        async stop(_state, _end, self) {
          answers.push(await outcome(ref.ask(question(5), { self })))
        },
      }),
    )
    asker.tell(async (self) => {
      self.context.setDeadline(self.now + 50)
      await self.wait('promise', 'nothing', never()).catch(() => {})
      answers.push(await outcome(ref.ask(question(4), { self })))
    })
    await world.clock.advanceAsync(100)
    expect(answers).toEqual(['deadline_exceeded', '10'])
    expect(asker.alive).toBe(false)
  })
})

describe('a full mailbox', () => {
  const deliveries = (overflow: Overflow): { given: Delivery[]; seen: () => Promise<number[]> } => {
    const world = createWorld()
    const seen: number[] = []
    const ref = world.system.spawn(
      defineBehavior({
        name: 'small',
        start: () => 0,
        receive: (_s, n: number) => void seen.push(n),
        mailbox: { capacity: 2, overflow },
      }),
    )
    return {
      given: [1, 2, 3, 4].map((n) => ref.tell(n)),
      seen: async () => {
        await world.settle()
        expect(world.system.counters.overflowed).toBe(2)
        return seen
      },
    }
  }

  test.each<[Overflow, Delivery, number[]]>([
    ['reject', 'full', [1, 2]],
    ['drop-newest', 'dropped', [1, 2]],
    ['drop-oldest', 'displaced', [3, 4]],
    ['suspend', 'full', [1, 2]],
  ])('that is to %s says %s', async (overflow, delivery, seen) => {
    const result = deliveries(overflow)
    expect(result.given).toEqual(['accepted', 'accepted', delivery, delivery])
    expect(await result.seen()).toEqual(seen)
  })
})

describe('a sender to a mailbox that suspends', () => {
  /** Takes one message a second. */
  function slow(world: World, seen: unknown[], capacity = 1) {
    return defineBehavior({
      name: 'slow',
      start: () => 0,
      receive: (_s, m: unknown) =>
        new Promise<void>((done) => {
          seen.push(m)
          world.clock.after(1_000, () => done())
        }),
      mailbox: { capacity, overflow: 'suspend' },
    })
  }

  test('waits in line with that name, in order, until there is space', async () => {
    const world = createWorld()
    const seen: unknown[] = []
    const sent: unknown[] = []
    const got: Delivery[] = []
    const receiver = world.system.spawn(slow(world, seen, 3))
    for (const name of ['a', 'b', 'c']) {
      world.system.spawn(open()).tell(async (self) => {
        for (const part of [1, 2, 3]) {
          sent.push(name + part)
          got.push(await self.send(receiver, name + part))
        }
      })
    }
    await world.clock.advanceAsync(500)
    const waits = takeDump(world.system)
      .actors.filter(({ behavior }) => behavior === 'open')
      .map(({ state, wait }) => [state, wait?.class, wait?.actor, wait?.ms])
    const inLine = ['waiting', 'mailbox', receiver.id, 500]
    expect(waits).toEqual([inLine, inLine, inLine])
    await world.clock.advanceAsync(20_000)
    expect(seen).toHaveLength(9)
    expect(seen).toEqual(sent)
    expect(new Set(got)).toEqual(new Set(['accepted']))
    expectConsistent(world.system)
  })

  test('is woken by the receiver’s death, and told dead', async () => {
    const world = createWorld()
    const receiver = world.system.spawn(slow(world, []))
    const got: Delivery[] = []
    const sender = world.system.spawn(open())
    sender.tell(async (self) => {
      for (let i = 0; i < 3; i++) got.push(await self.send(receiver, i))
    })
    await world.clock.advanceAsync(10)
    receiver.stop()
    await world.clock.advanceAsync(10_000)
    expect(got).toEqual(['accepted', 'accepted', 'dead'])
    expect(sender.alive).toBe(true)
    expectConsistent(world.system)
  })

  test('leaves the line with its own end', async () => {
    const world = createWorld()
    const seen: unknown[] = []
    const receiver = world.system.spawn(slow(world, seen, 2))
    for (const m of ['x', 'y', 'z']) receiver.tell(m)
    await world.settle()
    receiver.tell('z')
    const [a] = ['a', 'b'].map((name) => {
      const sender = world.system.spawn(open())
      sender.tell((self) => self.send(receiver, name))
      return sender
    })
    await world.settle()
    a!.stop()
    await world.clock.advanceAsync(10_000)
    expect([a!.alive, seen]).toEqual([false, ['x', 'y', 'z', 'b']])
  })

  test('is told full when as many wait already as the mailbox holds', async () => {
    const world = createWorld()
    const receiver = world.system.spawn(slow(world, []))
    const got: Delivery[] = []
    for (let i = 0; i < 4; i++) {
      world.system.spawn(open()).tell(async (self) => {
        got.push(await self.send(receiver, i))
      })
    }
    await world.clock.advanceAsync(10_000)
    expect(got.toSorted()).toEqual(['accepted', 'accepted', 'full', 'full'])
  })
})

test('every ask settles exactly once, whatever becomes of those who ask and answer', async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('ask' as const),
      from: fc.nat({ max: 3 }),
      to: fc.nat({ max: 3 }),
      n: fc.constantFrom(0, 1, 7, 13),
      timeoutMs: fc.constantFrom(10, 200, Infinity),
    }),
    fc.record({ do: fc.constant('stop' as const), who: fc.nat({ max: 3 }) }),
    fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 5, 50) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const world = createWorld()
      type Told = Question | Run
      const peer = defineBehavior({
        name: 'peer',
        start: (self: Self<Told>) => self,
        receive(self, message: Told) {
          if (typeof message === 'function') return message(self as never) as void
          return doubler.receive(0, message, self as never) as void
        },
        mailbox: { capacity: 3, overflow: 'drop-oldest' },
        restart: 'permanent',
      })
      const refs = [0, 1, 2, 3].map(() => world.system.spawn(peer))
      let asked = 0
      let settled = 0
      const ask = (to: Ref<Told>, n: number, timeoutMs: number, self?: Self<never>): void => {
        asked++
        void outcome(to.ask(question(n), { timeoutMs, ...(self && { self }) })).then(
          () => settled++,
        )
      }
      for (const one of steps) {
        if (one.do === 'stop') refs[one.who]!.stop()
        else if (one.do === 'advance') await world.clock.advanceAsync(one.ms)
        else if (one.from === 0) ask(refs[one.to]!, one.n, one.timeoutMs)
        else refs[one.from]!.tell((self) => ask(refs[one.to]!, one.n, one.timeoutMs, self))
      }
      await world.settle()
      expectConsistent(world.system)
      void world.system.stop()
      await world.clock.advanceAsync(20_000)
      expect(settled).toBe(asked)
      expect(world.system.wheel.size).toBe(0)
    }),
    { numRuns: 100 },
  )
})
