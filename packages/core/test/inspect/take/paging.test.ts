// A part of a long list: found by a search, and a page at a time.

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Behavior, defineBehavior } from '../../../src/behavior.ts'
import type { DumpOptions } from '../../../src/inspect/take/assemble.ts'
import type { Dump } from '../../../src/inspect/dump.ts'
import { dumpSystem, takeDump } from '../../../src/inspect/take/take.ts'
import { open, type Run } from '../../actors.ts'
import { countTurns, createWorld, type World } from '../../world.ts'

const named = (name: string): Behavior<never, string, string> =>
  defineBehavior({
    name,
    start: (_self, label: string) => label,
    receive: () => undefined,
    label: (label) => label,
  })

const [user, bot] = [named('user'), named('bot')]

/** A root, a parent, and below that these. */
async function family(labels: readonly string[]): Promise<World> {
  const world = createWorld()
  world.system.spawn(open('parent')).tell((self) => {
    for (const [i, label] of labels.entries()) self.spawn(i % 3 === 0 ? bot : user, label)
  })
  await world.settle()
  return world
}

const idsOf = ({ actors }: Pick<Dump, 'actors'>): string[] => actors.map(({ id }) => id)

describe('a page of a dump', () => {
  test('put together, all pages are the whole, whatever their size and however they are chosen', async () => {
    const labels = Array.from({ length: 60 }, (_, i) => `n${i % 7}`)
    const { system } = await family(labels)
    const chosen = fc.record(
      {
        filter: fc.constantFrom({ behavior: 'bot' }, { parent: '1' }, { state: 'idle' as const }),
        search: fc.constantFrom('n3', 'user', '1', ''),
        // Many of them are equal.
        rank: fc.constantFrom(
          (row: number) => row % 4,
          () => 0,
          (row: number) => -row,
        ),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(chosen, fc.integer({ min: 1, max: 70 }), (options, limit) => {
        const whole = takeDump(system, options)
        const pages: Dump[] = []
        for (let skip = 0; skip < whole.actors.length; skip += limit) {
          pages.push(takeDump(system, { ...options, skip, limit }))
        }
        expect(pages.flatMap(idsOf)).toEqual(idsOf(whole))
        expect(pages.map(({ matched }) => matched)).toEqual(pages.map(() => whole.matched))
      }),
    )
  })

  test('behind the last one is empty', async () => {
    const { system } = await family(['a', 'b'])
    const filter = { parent: '1' }
    expect(takeDump(system, { filter, skip: 2 })).toMatchObject({ matched: 2, actors: [] })
    expect(takeDump(system, { filter, skip: 2, rank: (row) => row })).toMatchObject({
      matched: 2,
      actors: [],
    })
  })
})

describe('a search', () => {
  test('finds by id, behaviour and label, large and small letters being alike', async () => {
    const { system } = await family(['Ann', 'ben', 'Änne', 'Zoë'])
    const found = (search: string): [number | undefined, string[]] => {
      const dump = takeDump(system, { search })
      return [dump.matched, dump.actors.map(({ label, behavior }) => label || behavior)]
    }
    expect(found('ann')).toEqual([1, ['Ann']])
    expect(found('ÄNN')).toEqual([1, ['Änne']])
    expect(found('USER')).toEqual([2, ['ben', 'Änne']])
    expect(found('5')).toEqual([1, ['Zoë']])
    expect(found('nobody')).toEqual([0, []])
    expect(found('')).toEqual([6, ['root', 'parent', 'Ann', 'ben', 'Änne', 'Zoë']])
  })

  test('asks for a label only where the table says that it could matter', async () => {
    let asked = 0
    const shy = { ...user, label: (label: string) => (asked++, label) }
    const world = createWorld()
    world.system.spawn(open('parent')).tell((self) => {
      for (let i = 0; i < 10; i++) self.spawn(shy, `${i}`)
    })
    await world.settle()
    expect(takeDump(world.system, { search: 'user', limit: 2 }).matched).toBe(10)
    expect(asked).toBe(2)
    expect(takeDump(world.system, { search: '9', filter: { behavior: 'parent' } }).matched).toBe(0)
    expect(asked).toBe(2)
  })

  test('of many lets the loop turn, finds what is still there, and no one who came later', async () => {
    const world = await family(Array.from({ length: 3_000 }, (_, i) => `n${i}`))
    // Every slice is over when it begins.
    const taking = dumpSystem(world.system, { search: 'N2999', sliceMs: 0 })
    const turns = countTurns(world, taking)
    world.system.find('3')!.stop('for the test')
    world.system.spawn(user, 'n2999 late')
    await world.settle()
    expect(await taking).toMatchObject({ matched: 1, total: 3_002, actors: [{ label: 'n2999' }] })
    // As many as 4 are had by one that looks at all rows in one go.
    expect(turns()).toBeGreaterThan(4)
  })

  test('counts groups of what it finds', async () => {
    const { system } = await family(['a1', 'a2', 'b1', 'a3'])
    const { groups, matched } = takeDump(system, {
      search: 'a',
      groups: true,
      filter: { parent: '1' },
    })
    expect(groups?.map(({ behavior, count }) => [behavior, count])).toEqual([
      ['bot', 2],
      ['user', 1],
    ])
    expect(matched).toBe(3)
  })
})

describe('the family of a page', () => {
  const options: DumpOptions = { family: true }

  test('is those above it, the nearest first, and how many are below each', async () => {
    const world = createWorld()
    const below = (name: string, children: Run): void =>
      void world.system.spawn(open(name)).tell(children)
    below('left', (self) => {
      for (const label of ['a', 'b', 'c']) self.spawn(user, label)
    })
    below('right', (self) => void self.spawn(user, 'd'))
    await world.settle()
    const { actors, above } = takeDump(world.system, {
      ...options,
      search: 'user',
      skip: 1,
      limit: 3,
    })
    expect(actors.map(({ label, children }) => [label, children])).toEqual([
      ['b', 0],
      ['c', 0],
      ['d', 0],
    ])
    expect(above?.map(({ behavior, children }) => [behavior, children])).toEqual([
      ['left', 3],
      ['root', 2],
      ['right', 1],
    ])
  })

  test('is not told twice of who is in the page', async () => {
    const { system } = await family(['a', 'b'])
    expect(takeDump(system, options)).toMatchObject({
      actors: [{ children: 1 }, { children: 2 }, {}, {}],
      above: [],
    })
    expect(takeDump(system)).not.toHaveProperty('above')
    expect(takeDump(system).actors[0]).not.toHaveProperty('children')
  })

  test('of a deep tree ends after 1,000', async () => {
    const world = createWorld()
    const link = open('link')
    const dig =
      (left: number): Run =>
      (self) =>
        void (left > 0 && self.spawn(link).tell(dig(left - 1)))
    world.system.spawn(link).tell(dig(1_500))
    await world.settle()
    const { above } = takeDump(world.system, { ...options, skip: 1_501 })
    expect(above).toHaveLength(1_000)
  })
})

test('the place of an actor in a list is how many of the list are before it', async () => {
  const { system } = await family(Array.from({ length: 50 }, (_, i) => `${i}`))
  const list: DumpOptions = { filter: { behavior: 'user', parent: '1' } }
  const ids = idsOf(takeDump(system, list))
  for (const [place, before] of ids.entries()) {
    const found = takeDump(system, { filter: { ...list.filter, before }, limit: 1 })
    expect(found.matched).toBe(place)
  }
})
