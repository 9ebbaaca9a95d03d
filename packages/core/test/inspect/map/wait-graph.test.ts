import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Ref } from '../../../src/behavior.ts'
import type { ActorRow } from '../../../src/inspect/dump.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { printWaitGraph, waitGraph } from '../../../src/inspect/map/wait-graph.ts'
import { open, type Run } from '../../actors.ts'
import { createWorld, never } from '../../world.ts'
import { row, waiting } from '../rows.ts'

const on = (id: string, actor: string, ms = 0): ActorRow =>
  waiting(id, { target: 'connection', actor, ms })

describe('the wait graph of a real system', () => {
  test('names two actors that ask each other, and who waits behind them', async () => {
    const world = createWorld()
    const [a, b, c] = ['auction', 'bank', 'client'].map((name) => world.system.spawn(open(name)))
    const ask = (from: Ref<Run>, to: Ref<Run>): void => {
      from.tell((self) => to.ask(() => () => {}, { self }))
    }
    ask(a!, b!)
    ask(b!, a!)
    await world.clock.advanceAsync(1_000)
    ask(c!, a!)
    await world.clock.advanceAsync(2_000)
    const graph = waitGraph(takeDump(world.system))
    expect(graph).toMatchObject({
      count: 3,
      roots: [],
      cycles: [{ ms: 3_000, behind: 1, actors: [{ id: '1' }, { id: '2' }] }],
      edges: [
        { from: '1', to: '2', cycle: true },
        { from: '2', to: '1', cycle: true },
        { from: '3', to: '1', class: 'ask', ms: 2_000 },
      ],
    })
    expect(printWaitGraph(graph)).toEqual([
      'deadlock: auction 1 waits on bank 2 (ask, 3 s), which waits on auction 1 (ask,',
      '    3 s); 1 actor behind',
    ])
  })

  test('finds the one at the root of most waits, and the dead', async () => {
    const world = createWorld()
    const room = world.system.spawn(open('room'))
    room.tell((self) => self.wait('redis', 'history', never()))
    const members = Array.from({ length: 5 }, () => world.system.spawn(open('member')))
    for (const member of members) {
      member.tell((self) => room.ask(() => () => {}, { self, timeoutMs: 60_000 }))
    }
    const guest = world.system.spawn(open('guest'))
    guest.tell((self) => self.wait('lock', members[0]!, never()))
    const gone = world.system.spawn(open('holder'))
    const orphaned = world.system.spawn(open('member'))
    orphaned.tell((self) => self.wait('lock', gone, never()))
    await world.clock.advanceAsync(1_000)
    gone.stop()
    await world.clock.advanceAsync(11_000)
    const { roots, cycles } = waitGraph(takeDump(world.system))
    expect(cycles).toEqual([])
    expect(roots.map(({ words }) => words)).toEqual([
      '6 actors wait, directly or not, on room 1 [waiting: redis history, 12 s]',
      '1 actor waits on holder 8, which is dead',
    ])
    expect(roots[0]).toMatchObject({ kind: 'alive', direct: 5, all: 6, longest: 2, ms: 12_000 })
  })
})

describe('the wait graph', () => {
  test('says of whom the dump does not list that it does not', () => {
    const { roots } = waitGraph({ actors: [on('1', '9')] })
    expect(roots).toMatchObject([
      { kind: 'unlisted', words: '1 actor waits on connection 9, which this dump does not list' },
    ])
  })

  test('has a circle of one: an actor that waits on itself', () => {
    const graph = waitGraph({ actors: [on('1', '1', 4_000)] })
    expect(graph.cycles[0]!.words).toBe('connection 1 waits on itself (ask, 4 s)')
  })

  test('takes a chain of 100,000, and a circle of as many', () => {
    const many = 100_000
    const chain = Array.from({ length: many }, (_, i) => on(String(i), String(i + 1)))
    const last = row(String(many), { state: 'running', ms: 12_000 })
    expect(waitGraph({ actors: [...chain, last] }).roots).toMatchObject([
      { id: String(many), all: many, direct: 1, longest: many },
    ])
    const circle = chain.with(-1, on(String(many - 1), '0', 5_000))
    const { cycles } = waitGraph({ actors: circle })
    expect(cycles).toMatchObject([{ actors: { length: many }, behind: 0, ms: 0 }])
    expect(cycles[0]!.words).toMatch(/and so on over 99,992 more, back to the first$/)
  })

  test('is cut to a limit, and says what it leaves out', () => {
    const pairs = Array.from({ length: 10 }, (_, i) => on(`a${i}`, `b${i}`, i))
    const loops = Array.from({ length: 4 }, (_, i) => on(`c${i}`, `c${i}`, i))
    const graph = waitGraph({ actors: [...pairs, ...loops] }, { limit: 2 })
    expect(graph).toMatchObject({ count: 14, rootCount: 10, cycleCount: 4 })
    expect([graph.roots, graph.cycles, graph.edges].map((list) => list.length)).toEqual([2, 2, 2])
    expect(printWaitGraph(graph).filter((line) => line.endsWith('more'))).toEqual([
      '2 deadlocks more',
    ])
    expect(printWaitGraph(graph).at(-1)).toBe('8 others waited on')
  })

  test('counts what a walk along every wait counts', () => {
    const targets = fc.array(fc.option(fc.nat(30), { nil: undefined }), { maxLength: 25 })
    fc.assert(
      fc.property(targets, (list) => {
        const actors = list.map((to, i) =>
          to === undefined ? row(String(i)) : on(String(i), String(to), i),
        )
        const graph = waitGraph({ actors }, { limit: Infinity })
        const ends = new Map<number, number>()
        const inCircle = new Set<number>()
        list.forEach((to, i) => {
          if (to === undefined) return
          const seen = new Set<number>()
          let at: number = i
          while (list[at] !== undefined && !seen.has(at)) {
            seen.add(at)
            at = list[at]!
          }
          if (list[at] === undefined) ends.set(at, (ends.get(at) ?? 0) + 1)
          else if (list[at] !== undefined) inCircle.add(at)
        })
        expect(new Map(graph.roots.map(({ id, all }) => [Number(id), all]))).toEqual(ends)
        const named = graph.cycles.flatMap(({ actors: members }) => members.map(({ id }) => id))
        expect(new Set(named).size).toBe(named.length)
        for (const at of inCircle) expect(named).toContain(String(at))
        const behind = graph.cycles.reduce((sum, cycle) => sum + cycle.behind, 0)
        const rooted = [...ends.values()].reduce((sum, count) => sum + count, 0)
        expect(named.length + behind + rooted).toBe(graph.count)
        for (const { actors: members } of graph.cycles) {
          members.forEach((member, i) => {
            expect(member.wait!.actor).toBe(members[(i + 1) % members.length]!.id)
          })
        }
      }),
      { numRuns: 500 },
    )
  })
})
