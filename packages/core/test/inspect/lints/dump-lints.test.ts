import { describe, expect, test } from 'vitest'
import type { Self } from '../../../src/behavior.ts'
import { createEnd } from '../../../src/ends.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { inert, open, type Run } from '../../actors.ts'
import { createWorld, never } from '../../world.ts'
import { lint, spawn } from '../lint.ts'
import { dumpOf, row } from '../rows.ts'

describe('lints about a dump', () => {
  test('unknown-end: a death has no reason', async () => {
    const world = createWorld()
    for (const name of ['job', 'job', 'other']) {
      spawn(world, name).tell((self) => {
        self.context.cancel(createEnd(name === 'job' ? 'unknown' : 'stopped'))
      })
    }
    await world.clock.advanceAsync(3_000)
    expect(lint(world).get('unknown-end')).toEqual({
      lint: 'unknown-end',
      severity: 'fault',
      count: 2,
      summary: '2 deaths have no reason',
      findings: ['1', '2'].map((id) => ({
        sentence: `job ${id} died 3 s ago, and nobody knows why`,
        ids: [id],
      })),
    })
  })

  test('deadlock: actors wait on each other in a circle', async () => {
    const world = createWorld()
    const [a, b] = [spawn(world, 'auction'), spawn(world, 'bank')]
    a.tell((self) => b.ask(() => () => {}, { self }))
    b.tell((self) => a.ask(() => () => {}, { self }))
    await world.clock.advanceAsync(500)
    expect(lint(world).has('deadlock')).toBe(false)
    await world.clock.advanceAsync(1_500)
    expect(lint(world).get('deadlock')).toMatchObject({
      summary: '1 circle of actors that wait on each other',
      findings: [
        {
          sentence: 'auction 1 waits on bank 2 (ask, 2 s), which waits on auction 1 (ask, 2 s)',
          ids: ['1', '2'],
        },
      ],
    })
  })

  test('stalled-loop: the loop stands outside of any actor', () => {
    const stack = [{ function: 'render', at: 'page.ts:7' }]
    expect(lint(dumpOf([row('1')], { stack })).get('stalled-loop')!.findings[0]!.sentence).toBe(
      'the loop stands in render at page.ts:7, outside of any actor',
    )
    const running = row('1', { state: 'running', ms: 10 })
    expect(lint(dumpOf([running], { stack })).has('stalled-loop')).toBe(false)
  })

  test('unbalanced-books: sockets are open that no actor owns', async () => {
    const world = createWorld()
    const edge = world.system.spawn({ ...open('edge'), describe: () => ({ sockets: 40 }) })
    edge.tell((self) => {
      for (let i = 0; i < 21; i++) self.spawn(inert)
    })
    await world.settle()
    const dump = takeDump(world.system)
    expect(lint(dump).get('unbalanced-books')!.findings[0]!.sentence).toBe(
      'edge 1 has 40 sockets and 21 children: 19 sockets without an actor',
    )
    expect(lint({ ...dump, total: 1_000 }).has('unbalanced-books')).toBe(false)
    expect(lint(dump, { books: 20 }).has('unbalanced-books')).toBe(false)
  })

  test('forced-end: an actor did not stop in time', async () => {
    const world = createWorld({ graceMs: 1_000 })
    const stubborn = world.system.spawn({ ...open('stubborn'), stop: never })
    await world.settle()
    stubborn.stop('drain')
    await world.clock.advanceAsync(4_000)
    expect(lint(world).get('forced-end')!.findings[0]!.sentence).toBe(
      '3 s ago: stubborn 1: did not stop in time ← stubborn 1: drain',
    )
    await world.clock.advanceAsync(600_000)
    expect(lint(world).has('forced-end')).toBe(false)
  })

  test('hot-site and never-received: one line spawns without end what nobody talks to', async () => {
    const world = createWorld()
    spawn(world, 'source').tell((self) => {
      for (let i = 0; i < 1_000; i++) self.spawn(inert)
    })
    // Whoever has children or timers is there for these.
    const keeper = {
      ...open('keeper'),
      start: (self: Self<Run>) => (self.spawn(open('kept')), self),
    }
    const ticker = {
      ...open('ticker'),
      start: (self: Self<Run>) => (self.after(90_000, () => undefined), self),
    }
    for (let i = 0; i < 110; i++) {
      world.system.spawn(keeper)
      world.system.spawn(ticker)
    }
    await world.clock.advanceAsync(61_000)
    const found = lint(world, { many: ['kept'] })
    expect([...found.keys()]).toEqual(['hot-site', 'never-received'])
    expect(found.get('hot-site')!.findings[0]!.sentence).toMatch(
      /^1,000 actors by one line \(75 %\): inert spawned by source at dump-lints\.test\.ts:\d+$/,
    )
    expect(found.get('never-received')!.findings[0]).toEqual({
      sentence: expect.stringMatching(
        /^1,000 × inert spawned by source at dump-lints\.test\.ts:\d+, not one message in 60 s$/,
      ),
      ids: expect.arrayContaining([expect.any(String)]),
    })
    expect(lint(world, { many: ['kept', 'inert'] }).size).toBe(0)
  })
})
