import { describe, expect, test } from 'vitest'
import { defineBehavior, type Self } from '../../../src/behavior.ts'
import {
  lineageOf,
  printLineage,
  printSpawnLines,
  spawnLines,
} from '../../../src/inspect/map/lineage.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { inert } from '../../actors.ts'
import { createWorld } from '../../world.ts'
import { dumpOf, row } from '../rows.ts'

interface Bid {
  type: 'bid' | 'open'
}

/** Spawns children from two lines: one a bid, and an auction of its own. */
const auction = defineBehavior({
  name: 'auction',
  start: (_self: Self<Bid>) => 0,
  receive(_state, message: Bid, self: Self<Bid>) {
    if (message.type === 'open') self.spawn(auction)
    else for (let i = 0; i < 1_000; i++) self.spawn(inert)
  },
})

async function auctions() {
  const world = createWorld()
  world.system.sites.sample = 0.001
  world.system.spawn(auction).tell({ type: 'open' })
  await world.settle()
  const inner = world.system.find('2')!
  inner.tell({ type: 'bid' } as never)
  await world.clock.advanceAsync(3_000)
  return takeDump(world.system)
}

describe('lineage', () => {
  test('goes from an actor back to the handler that caused it, with lines, counts and a stack', async () => {
    const dump = await auctions()
    const lineage = lineageOf(dump, '4')!
    expect(lineage.steps).toMatchObject([
      { behavior: 'inert', spawner: 'auction', message: 'bid', alive: 1_000, below: 1_000 },
      { behavior: 'auction', spawner: 'auction', message: 'open', alive: 1, below: 1_001 },
      { behavior: 'auction', spawner: '', message: '', alive: 1, below: 1_002 },
    ])
    expect(lineage.source).toMatchObject({ spawner: 'auction', message: 'open' })
    expect(lineage.owners.map(({ id }) => id)).toEqual(['2', '1', '0'])
    expect(lineage.stackOf).not.toBe('4')
    expect(lineage.stack![0]).toMatchObject({ function: 'Object.receive' })
    const text = printLineage(lineage)
      .join('\n')
      .replaceAll(/\.ts:\d+/g, '.ts:N')
    expect(text).toContain(`\
inert 4 [idle, 3 s]
    spawned by auction on bid                    at lineage.test.ts:N
        inert: 1,000 alive
    started by auction on open                   at lineage.test.ts:N
        auction: 1 alive, 1,001 with those below
    started by the system                        at lineage.test.ts:N
        auction: 1 alive, 1,002 with those below
    source: auction handling open at lineage.test.ts:N
    owned by auction 2 ← auction 1 ← root 0
    stack of ${lineage.stackOf}, from the same site:
        Object.receive lineage.test.ts:N`)
    const own = printLineage(lineageOf(dump, lineage.stackOf!)!)
    expect(own).toContain('    stack of its spawn:')
  })

  test('of an actor that is not listed is none', async () => {
    expect(lineageOf(await auctions(), 'ffff')).toBeUndefined()
  })

  test('of a dump with a circle in it comes to an end', () => {
    const site = { behavior: 'a', spawner: 'a', message: '', line: '' }
    const sites = { 1: { ...site, code: 1, parent: 2 }, 2: { ...site, code: 2, parent: 1 } }
    const dump = dumpOf([row('1', { parent: '2' }), row('2', { parent: '1' })], { sites })
    const { steps, owners } = lineageOf(dump, '1')!
    expect([steps.length, owners.length]).toEqual([2, 1])
    expect(steps.map(({ below }) => below)).toEqual([2, 2])
  })
})

describe('lines of source', () => {
  test('are counted: 1,000 actors by one line', async () => {
    const dump = await auctions()
    const lines = spawnLines(dump)
    expect(lines[0]).toMatchObject({
      behavior: 'inert',
      spawner: 'auction',
      message: 'bid',
      line: expect.stringMatching(/^lineage\.test\.ts:\d+$/),
      count: 1_000,
      sites: 1,
      sample: ['3', '4', '5', '6', '7'],
    })
    expect(printSpawnLines(lines, dump.total).slice(0, 3)).toEqual([
      expect.stringMatching(
        /^1,000 actors by one line \(99 %\): inert spawned by auction on bid at$/,
      ),
      expect.stringMatching(/^ {4}lineage\.test\.ts:\d+, age 3 s$/),
      '    such as 3 4 5 6 7',
    ])
  })

  test('are one although several handlers come to it, and apart where the line is not known', () => {
    const site = { code: 0, parent: 0, behavior: 'job' }
    const sites = {
      1: { ...site, code: 1, spawner: 'a', message: 'x', line: 'pool.ts:7' },
      2: { ...site, code: 2, spawner: 'b', message: 'y', line: 'pool.ts:7' },
      3: { ...site, code: 3, spawner: 'c', message: 'z', line: '' },
      4: { ...site, code: 4, spawner: 'd', message: 'z', line: '' },
    }
    const actors = [1, 2, 3, 4].map((code) => row(String(code), { behavior: 'job', site: code }))
    expect(spawnLines(dumpOf(actors, { sites })).map(({ count, sites: n }) => [count, n])).toEqual([
      [2, 2],
      [1, 1],
      [1, 1],
    ])
  })
})
