import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { defineBehavior, type Ref, type Self } from '../../../src/behavior.ts'
import { lintDefaults } from '../../../src/inspect/lints/lint.ts'
import { lintDump, lintNames, printLints } from '../../../src/inspect/lints/lints.ts'
import { printNumber } from '../../../src/inspect/phrases.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { open, type Run } from '../../actors.ts'
import { createWorld, never, type World } from '../../world.ts'
import { dumpOf, row } from '../rows.ts'

/** A gateway in good health: everything that lints look at is there, within its limits. */
async function healthy(): Promise<World> {
  const world = createWorld({ graceMs: 2_000 })
  const { system, clock } = world
  const edge = system.spawn(
    defineBehavior({
      name: 'edge',
      start: (self: Self<Run>) => self,
      receive: (self, run: Run) => run(self) as Promise<void>,
      describe: () => ({ sockets: 600 }),
    }),
  )
  const connection = {
    ...open('connection'),
    restart: 'transient' as const,
    describe: () => ({ queue: 1_000 }),
  }
  const sockets: Ref<Run>[] = []
  edge.tell((self) => {
    for (let i = 0; i < 600; i++) sockets.push(self.spawn(connection))
  })
  await clock.advanceAsync(300_000)
  const [first, second, third, fourth, fifth] = sockets
  first!.tell(() => {
    throw new Error('once')
  })
  await clock.advanceAsync(10_000)
  first!.tell((self) => void self.hold('socket', 'peer', 500))
  second!.tell((self) => third!.ask(() => () => {}, { self }))
  third!.tell((self) => second!.ask(() => () => {}, { self }))
  fourth!.tell((self) => {
    for (let i = 1; i <= 10; i++) self.after(i * 60_000, () => undefined)
    return never()
  })
  for (let i = 0; i < 20; i++) fourth!.tell(() => {})
  fifth!.tell((self) => void self.hold('lock', 'permit', 30_000))
  system.spawn({ ...open('stopping'), stop: never }).stop()
  await clock.advanceAsync(200)
  return world
}

test('a healthy system is left alone', async () => {
  const world = await healthy()
  const before = takeDump(world.system)
  await world.clock.advanceAsync(50)
  const dump = takeDump(world.system)
  expect(dump.population.waiting).toBeGreaterThan(4)
  expect(printLints(lintDump(dump, { before }))).toEqual(['nothing found'])
})

describe('a report', () => {
  test('has faults first, true counts, and few sentences', () => {
    const slow = (i: number) =>
      row(`a${i}`, {
        state: 'waiting',
        wait: { class: 'socket', target: 'peer', ms: 10_000 + i * 1_000 },
      })
    const actors = [
      ...Array.from({ length: 45 }, (_, i) => slow(i)),
      row('9', { orphan: true, ending: 'edge 1: draining' }),
    ]
    const report = lintDump(dumpOf(actors, { total: 100 }), { limit: 2 })
    expect(printLints(report).join('\n')).toBe(`\
1 fault, 1 warning, 0 hints, of 46 listed actors

fault orphan: 1 actor lives on although its context ended
    connection 9 lives on: edge 1: draining

warning slow-consumer: 45 peers do not read fast enough
    connection a44: its peer has been behind for 54 s
    connection a43: its peer has been behind for 53 s
    43 more`)
    expect(printLints(lintDump(dumpOf([], { total: 3 })))).toEqual([
      'nothing found, of 0 listed actors',
    ])
  })

  test('fits into 80 columns', () => {
    const actors = Array.from({ length: 9 }, (_, i) =>
      row(`${i}`, {
        label: 'a label of some length for people',
        orphan: true,
        ending: 'x '.repeat(99),
      }),
    )
    for (const line of printLints(lintDump(dumpOf(actors)))) expect(line.length).toBeLessThan(81)
  })

  test('has every lint and threshold in docs/lints.md, with its default', async () => {
    const docs = await readFile(new URL('../../../../../docs/lints.md', import.meta.url), 'utf8')
    expect(
      docs
        .match(/(?<=^\| `)[a-z-]+(?=` +\| \S)/gm)!
        .slice(0, lintNames.length)
        .toSorted(),
    ).toEqual([...lintNames].toSorted())
    const { many, ...figures } = lintDefaults
    for (const [name, value] of Object.entries(figures)) {
      expect(docs).toContain(`\`${name}\` (${printNumber(value)})`)
    }
    for (const behavior of many) expect(docs).toContain(`\`${behavior}\``)
  })
})
