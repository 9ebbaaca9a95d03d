import type { ActorRow } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pageSize } from '../../src/data/pages.ts'
import {
  few,
  keyOf,
  kindsOfRows,
  type Tree,
  toggled,
  treeOf,
  withChildren,
  withList,
} from '../../src/data/tree/tree.ts'
import { type Line, lineAt, linesOf, needsOf, numberOf } from '../../src/data/tree/lines.ts'

const row = (id: string, parent: string, more: Partial<ActorRow> = {}): ActorRow => ({
  id,
  parent,
  behavior: 'worker',
  label: '',
  state: 'idle',
  ms: 0,
  ageMs: 0,
  mailbox: 0,
  handled: 0,
  restarts: 0,
  site: 0,
  ...more,
})

const root = row('0', '', { behavior: 'root' })

/** A node of which all is known to the test, and nothing to the tree that looks at it. */
class World {
  readonly rows: ActorRow[] = [root]
  readonly #byParent = new Map<string, ActorRow[]>([['0', []]])

  add(parent: string, behavior: string): void {
    const one = row(this.rows.length.toString(16), parent, { behavior })
    this.rows.push(one)
    this.#byParent.get(parent)!.push(one)
    this.#byParent.set(one.id, [])
  }

  children(of: string): readonly ActorRow[] {
    return this.#byParent.get(of) ?? []
  }

  /** Answers one of the needs of what is in sight. */
  answer(tree: Tree, need: ReturnType<typeof needsOf>[number]): Tree {
    if ('top' in need) return treeOf(root, tree)
    if ('of' in need) {
      const all = this.children(need.of)
      return withChildren(tree, need.of, kindsOfRows(all), all)
    }
    const all = 'search' in need.list ? this.rows : this.#alike(need.list)
    const from = need.page * pageSize
    const page = { rows: all.slice(from, from + pageSize), above: this.rows }
    return withList(tree, keyOf(need.list), need.page, page, all.length)
  }

  #alike({ of, behavior }: { of: string; behavior: string }): ActorRow[] {
    return this.children(of).filter((one) => one.behavior === behavior)
  }
}

/** Answers all that is needed for some lines, until no more is. */
function looked(world: World, tree: Tree, first = 0, last = 50): Tree {
  const answered = new Set<string>()
  let at = tree
  for (;;) {
    const needs = needsOf(linesOf(at), first, last).filter(({ key }) => !answered.has(key))
    if (needs.length === 0) return at
    for (const need of needs) {
      answered.add(need.key)
      at = world.answer(at, need)
    }
  }
}

const all = (tree: Tree): Line[] => {
  const lines = linesOf(tree)
  return Array.from({ length: lines.count }, (_, at) => lineAt(lines, at)!)
}

const words = (line: Line): string => {
  const lead = '  '.repeat(line.depth)
  if (line.what === 'actor') return `${lead}${line.actor.behavior} ${line.actor.id}`
  if (line.what === 'kind') return `${lead}${line.kind.count} × ${line.kind.behavior}`
  return `${lead}${line.what}`
}

describe('a tree', () => {
  function large(): { world: World; tree: Tree } {
    const world = new World()
    world.add('0', 'rooms')
    for (let i = 0; i < 100_000; i++) world.add('1', 'room')
    world.add('3', 'timer')
    world.add('1', 'keeper')
    return { world, tree: looked(world, treeOf(root)) }
  }

  test('begins with its root, open, and one level below it', () => {
    const { tree } = large()
    expect(all(tree).map(words)).toEqual(['root 0', '  rooms 1'])
  })

  test('has many that are alike in one line, behind those that are few', () => {
    const { world, tree } = large()
    const open = looked(world, toggled(tree, '1'))
    expect(all(open).map(words)).toEqual([
      'root 0',
      '  rooms 1',
      '    keeper 186a3',
      '    100000 × room',
    ])
  })

  test('has a line for each of 100,000 when they are opened, and few of them here', () => {
    const { world, tree } = large()
    const list = keyOf({ of: '1', behavior: 'room', state: 'idle' })
    const open = looked(world, toggled(toggled(tree, '1'), list))
    const lines = linesOf(open)
    expect(lines.count).toBe(100_004)
    expect(lines.stretches.length).toBeLessThan(10)
    expect(words(lineAt(lines, 4)!)).toBe('      room 2')
    expect(lineAt(lines, 100_003)).toMatchObject({ what: 'awaited', position: 99_999 })
    const end = looked(world, open, 99_960, 100_004)
    expect(words(lineAt(linesOf(end), 100_003)!)).toBe('      room 186a1')
    expect(lineAt(linesOf(end), 100_004)).toBeUndefined()
    const inner = looked(world, toggled(open, '3'))
    expect(all(inner).slice(4, 8).map(words)).toEqual([
      '      room 2',
      '      room 3',
      '        timer 186a2',
      '      room 4',
    ])
    expect(lineAt(linesOf(inner), 6)?.above).toBe(5)
  })

  test('that is searched has what was found, with its path', () => {
    const { world } = large()
    const tree = looked(world, treeOf({ search: 'x' }))
    expect(lineAt(linesOf(tree), 5)).toMatchObject({
      actor: { id: '5' },
      depth: 0,
      size: 100_004,
      path: [{ id: '0' }, { id: '1' }],
    })
  })

  test('says that there is nobody, and that nobody was asked yet', () => {
    const world = new World()
    const before = treeOf(root)
    expect(all(before)).toMatchObject([{ what: 'actor' }, { what: 'empty', asked: false }])
    const after = looked(world, before)
    expect(all(after)).toMatchObject([{ what: 'actor' }, { what: 'empty', asked: true }])
    expect(all(treeOf({ search: 'x' }))).toMatchObject([{ what: 'empty', asked: false }])
    const found = withList(treeOf({ search: 'x' }), 'search x', 0, { rows: [] }, 0)
    expect(all(found)).toMatchObject([{ what: 'empty', asked: true }])
  })

  test('keeps alike ones in one line when most of them are gone', () => {
    const many = Array.from({ length: few + 1 }, (_, i) => row(`${i + 1}`, '0'))
    const folded = withChildren(treeOf(root), '0', kindsOfRows(many), many)
    const two = many.slice(0, 2)
    const left = withChildren(folded, '0', kindsOfRows(two), two)
    expect(all(left).map(words)).toEqual(['root 0', '  2 × worker'])
    const none = withChildren(left, '0', [], [])
    const back = withChildren(none, '0', kindsOfRows(two), two)
    expect(all(back).map(words)).toEqual(['root 0', '  worker 1', '  worker 2'])
  })

  test('finds a line again when others came and went before it', () => {
    const list = { of: '0', behavior: 'worker', state: 'idle' }
    const key = keyOf(list)
    const rows = Array.from({ length: 50 }, (_, i) => row((i + 1).toString(16), '0'))
    const before = withList(
      toggled(withChildren(treeOf(root), '0', kindsOfRows(rows), rows), key),
      key,
      0,
      { rows },
      50,
    )
    const line = lineAt(linesOf(before), 12)!
    expect(line).toMatchObject({ actor: { id: 'b' } })
    const fewer = rows.slice(3)
    const after = withList(before, key, 0, { rows: fewer }, 47)
    expect(numberOf(linesOf(after), line)).toBe(9)
    const without = fewer.filter(({ id }) => id !== 'b')
    // While pages come one after the other it may be in two of them: the nearer one is meant.
    const twice = withList(before, key, 1, { rows: rows.slice(10) }, 140)
    expect(numberOf(linesOf(twice), line)).toBe(12)
    expect(numberOf(linesOf(twice), { ...line, position: 99 })).toBe(102)
    const gone = withList(before, key, 0, { rows: without }, 46)
    expect(numberOf(linesOf(gone), line)).toBe(12)
    expect(numberOf(linesOf(toggled(after, key)), line)).toBeUndefined()
  })
})

describe('whatever is opened, closed and looked at', () => {
  const behaviors = ['room', 'user']

  /** A world of up to 300, most of whose actors have the same few parents. */
  const worlds = fc
    .array(fc.tuple(fc.nat(), fc.nat(5), fc.constantFrom(...behaviors)), {
      minLength: 80,
      maxLength: 200,
    })
    .map((added) => {
      const world = new World()
      for (const [where, near, behavior] of added) {
        const at = near === 0 ? where % world.rows.length : where % Math.min(3, world.rows.length)
        world.add(world.rows[at]!.id, behavior)
      }
      return world
    })
  const step = fc.oneof(
    fc.record({ toggle: fc.nat() }),
    fc.record({ look: fc.nat() }),
    fc.constant({ answer: true }),
  )
  const tops = fc.constantFrom(root, { search: 'x' })

  test('lines are numbered without a gap, belong where their depth says, and stay findable', () => {
    fc.assert(
      fc.property(worlds, tops, fc.array(step, { maxLength: 30 }), (world, top, steps) => {
        let tree = looked(world, treeOf(top))
        let first = 0
        for (const one of steps) {
          const lines = linesOf(tree)
          if ('toggle' in one) {
            const can = all(tree).filter((line) => 'open' in line)
            const line = can[one.toggle % can.length]
            if (line?.what === 'actor') tree = toggled(tree, line.actor.id)
            if (line?.what === 'kind') tree = toggled(tree, line.list)
          } else if ('look' in one) first = one.look % lines.count
          else tree = looked(world, tree, first, first + 20)
          expect(faultsOf(tree)).toEqual([])
        }
      }),
      { numRuns: 200 },
    )
  })

  test('opened and looked at in full, each actor of a small world has its line', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        let tree = treeOf(root)
        for (let round = 0; round < 400; round++) {
          tree = looked(world, tree, 0, 1_000)
          const closed = all(tree).find((line) => 'open' in line && !line.open)
          if (closed === undefined) break
          tree = toggled(
            tree,
            closed.what === 'kind' ? closed.list : closed.place.split(' ')[0]!,
            true,
          )
          if (closed.what === 'actor') tree = toggled(tree, closed.actor.id, true)
        }
        const ids = all(tree).flatMap((line) => (line.what === 'actor' ? [line.actor.id] : []))
        expect(ids.toSorted()).toEqual(world.rows.map(({ id }) => id).toSorted())
      }),
      { numRuns: 10 },
    )
  })

  /** Lines that do not fit to those around them. */
  function faultsOf(tree: Tree): string[] {
    const lines = linesOf(tree)
    const every = all(tree)
    const sum = lines.stretches.reduce((count, stretch) => count + stretch.count, 0)
    const faults = every.length === lines.count && sum === lines.count ? [] : ['count']
    const open: Line[] = []
    const places: number[] = []
    for (const [at, line] of every.entries()) {
      // Whoever it belongs to is the last line before it that is one less deep.
      const above = line.depth === 0 ? undefined : open[line.depth - 1]
      const fits =
        line.above === (above === undefined ? -1 : places[line.depth - 1]) &&
        (above === undefined || ('open' in above && above.open)) &&
        line.position < line.size &&
        (line.what !== 'actor' ||
          above?.what !== 'actor' ||
          line.actor.parent === above.actor.id) &&
        numberOf(lines, line) === at
      if (!fits) faults.push(`${at}: ${words(line)}`)
      open[line.depth] = line
      places[line.depth] = at
    }
    return faults
  }
})
