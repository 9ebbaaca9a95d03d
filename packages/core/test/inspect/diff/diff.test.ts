import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Ref } from '../../../src/behavior.ts'
import { diffDumps } from '../../../src/inspect/diff/diff.ts'
import { printDiff } from '../../../src/inspect/diff/diff-text.ts'
import type { Dump } from '../../../src/inspect/dump.ts'
import { groupActors } from '../../../src/inspect/map/groups.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { inert, open, type Run } from '../../actors.ts'
import { createWorld, never, type World } from '../../world.ts'
import { dumpOf, row, waiting } from '../rows.ts'

/** What happens in half a minute between two dumps of one system. */
async function between(
  world: World,
  meanwhile: () => unknown,
): Promise<{ before: Dump; after: Dump }> {
  await world.settle()
  const before = takeDump(world.system)
  await meanwhile()
  await world.clock.advanceAsync(30_000)
  return { before, after: takeDump(world.system) }
}

/** An actor with 100 children that wait for somebody who does not come. */
async function leaky(): Promise<{ world: World; source: Ref<Run>; more: (count: number) => void }> {
  const world = createWorld()
  const source = world.system.spawn(open('source'))
  const more = (count: number): void => {
    source.tell(function leak(self) {
      for (let i = 0; i < count; i++) self.spawn(open('job')).tell(() => never())
    })
  }
  more(100)
  await world.clock.advanceAsync(10_000)
  return { world, source, more }
}

describe('a diff of two dumps of one life', () => {
  test('names the group that grew, as a leak, and why', async () => {
    const { world, more } = await leaky()
    const { before, after } = await between(world, () => more(1_000))
    const diff = diffDumps(before, after)
    expect(diff).toMatchObject({
      kinship: 'same',
      betweenMs: 30_000,
      total: { before: 102, after: 1_102 },
      states: { waiting: { before: 100, after: 1_100 } },
      counted: { spawned: 1_000, handled: 1_001 },
      unknown: [],
      groups: [{ change: 'grew', behavior: 'job', wait: 'promise', before: 100, after: 1_100 }],
      actors: { stayed: 102, born: 1_000, gone: 0, olderCount: 100 },
      verdict: { level: 'leak', suspects: [{ level: 'leak', ids: ['2', '3', '4', '5', '6'] }] },
    })
    const text = printDiff(diff)
      .join('\n')
      .replaceAll(/diff\.test\.ts:\d+/g, 'diff.test.ts:N')
    expect(text.split('\n').slice(0, 18).join('\n')).toBe(`\
from 2026-01-01T00:00:10.000Z: 102 actors
to   2026-01-01T00:00:40.000Z: 1,102 actors, 30 s later

leak: job by source at diff.test.ts:N: 100 → 1,100 in 30 s, 1,000 came and 0
    went, 100 % of the earlier ones are still there, 100 % of those did nothing
    meanwhile
        such as 2 3 4 5 6

actors 102 → 1,102: idle 2, running 0, waiting 100 → 1,100; orphans 0
counters: spawned +1,000, handled +1,001

by line of source:
    +1,000 (100 → 1,100) job by source at diff.test.ts:N

by group, 1 changed:
    +1,000 (100 → 1,100) job [waiting: promise] by source at diff.test.ts:N,
        30 s
        such as 2 3 4 5 6`)
  })

  test('is steady where as many end as begin', async () => {
    const world = createWorld()
    const refs: Ref<unknown>[] = []
    const spawn = (count: number): void => {
      for (let i = 0; i < count; i++) refs.push(world.system.spawn(inert))
    }
    spawn(500)
    const { before, after } = await between(world, () => {
      for (const ref of refs.splice(0, 300)) ref.stop()
      spawn(330)
    })
    const { verdict, actors } = diffDumps(before, after)
    expect(actors).toMatchObject({ stayed: 201, born: 330, gone: 300 })
    expect(verdict).toEqual({
      level: 'steady',
      reason: '501 → 531 actors in 30 s: no kind grew beyond what comes and goes',
      suspects: [],
    })
  })

  test('is steady where connections come with their sockets, and a leak where they stay without', async () => {
    const world = createWorld()
    let sockets = 50
    const edge = world.system.spawn({ ...open('edge'), describe: () => ({ sockets }) })
    const connect = (count: number): void => {
      edge.tell((self) => {
        for (let i = 0; i < count; i++) self.spawn(inert)
      })
    }
    connect(50)
    const filled = await between(world, () => {
      connect(950)
      sockets += 950
    })
    expect(diffDumps(filled.before, filled.after).verdict).toMatchObject({
      level: 'steady',
      reason: expect.stringMatching(
        /^52 → 1,002 actors in 30 s: inert by edge at .* grew 50 → 1,000 with its sockets$/,
      ),
    })
    const emptied = await between(world, () => {
      sockets -= 500
    })
    expect(diffDumps(emptied.before, emptied.after).verdict).toMatchObject({
      level: 'leak',
      reason: 'edge 1 has 500 sockets and 1,000 children: 500 actors without a socket (0 before)',
    })
  })

  test('suspects what grows no faster than the sockets, or was not there before', async () => {
    const world = createWorld()
    let sockets = 0
    const edge = world.system.spawn({ ...open('edge'), describe: () => ({ sockets }) })
    const rooms = world.system.spawn(open('rooms'))
    const { before, after } = await between(world, () => {
      sockets = 200
      edge.tell((self) => {
        for (let i = 0; i < 200; i++) self.spawn(inert)
      })
      rooms.tell((self) => {
        for (let i = 0; i < 40; i++) self.spawn(open('room'))
      })
    })
    const { level, reason } = diffDumps(before, after).verdict
    expect(level).toBe('suspect')
    expect(reason).toMatch(
      /^room by rooms at .*: 0 → 40 in 30 s, 40 came and 0 went, there was none before, 200 sockets came/,
    )
  })

  test('tells timers that one actor sets without end', async () => {
    const world = createWorld()
    const ref = world.system.spawn(open('leaky'))
    const set = (count: number): void => {
      ref.tell((self) => {
        for (let i = 0; i < count; i++) self.after(3_600_000, () => undefined)
      })
    }
    set(500)
    const { before, after } = await between(world, () => set(1_500))
    expect(diffDumps(before, after)).toMatchObject({
      verdict: { level: 'leak', reason: 'leaky 1: timers 500 → 2,000 in 30 s' },
      actors: { grown: [{ figure: 'timers', before: 500, after: 2_000 }], grownCount: 1 },
    })
  })

  test('tells who has been at the same thing all the time, and whose mailbox grew', async () => {
    const world = createWorld()
    const room = world.system.spawn(open('room'))
    room.tell((self) => self.wait('redis', 'history', never()))
    const asker = world.system.spawn(open('asker'))
    const { before, after } = await between(world, async () => {
      await world.clock.advanceAsync(1_000)
      asker.tell((self) => self.wait('redis', 'history', never()))
      for (let i = 0; i < 200; i++) room.tell(() => {})
    })
    const diff = diffDumps(before, after)
    expect(diff.verdict).toMatchObject({
      level: 'suspect',
      reason: 'room 1: mailbox 0 → 200 in 31 s',
    })
    expect(printDiff(diff).slice(-7)).toEqual([
      'by actor: 3 stayed, 0 new, 0 gone',
      '',
      'at the same thing in both, 1:',
      '    room 1 [waiting: redis history, 31 s]',
      '',
      'grown, 1:',
      '    room 1: mailbox 0 → 200',
    ])
  })
})

describe('a diff', () => {
  const at = (seconds: number, dump: Partial<Dump> = {}): Partial<Dump> => ({
    takenAt: new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString(),
    uptimeMs: seconds * 1_000,
    ...dump,
  })
  const many = (count: number, first = 0) =>
    Array.from({ length: count }, (_, i) => row((first + i).toString(16), { ageMs: 1_000 }))
  const node = { name: 'a', uid: 'u1', pid: 1, host: 'h', version: '1' }

  test('takes an orphan for a leak, whatever else', () => {
    const orphan = row('9', { orphan: true })
    const diff = diffDumps(dumpOf([], at(60)), dumpOf([orphan], at(90)))
    expect(diff.verdict).toMatchObject({
      level: 'leak',
      reason: '1 actor lives on although its context ended (0 before)',
      suspects: [{ ids: ['9'] }],
    })
  })

  test('recognises a restart by counters that went back, by the uptime, and by the name of the life', () => {
    const before = dumpOf(many(10), at(100, { counters: { spawned: 50 }, node }))
    const restarts = [
      dumpOf(many(500), at(190, { counters: { spawned: 49 }, node })),
      dumpOf(many(500), at(190, { counters: { spawned: 600 }, uptimeMs: 20_000, node })),
      dumpOf(many(500), at(190, { counters: { spawned: 600 }, node: { ...node, uid: 'u2' } })),
    ]
    for (const after of restarts) {
      const diff = diffDumps(before, after)
      expect(diff).toMatchObject({
        kinship: 'restarted',
        actors: undefined,
        counted: {},
        verdict: {
          level: 'unknown',
          reason: 'the node started anew: growth cannot be judged',
        },
        groups: [{ before: 10, after: 500 }],
      })
      expect(printDiff(diff)).toContain(
        'not told: the node started anew in between: neither actors nor counters compare',
      )
    }
    const other = { ...restarts[0]!, node: { ...node, name: 'b', uid: 'u3' } }
    expect(diffDumps(before, other)).toMatchObject({
      kinship: 'other',
      verdict: { level: 'unknown', reason: 'the dumps are of two nodes: growth cannot be judged' },
    })
  })

  test('says what cut lists hide, and judges by the totals then', () => {
    const cut = (total: number, seconds: number, spawned: number, ended: number) =>
      dumpOf(many(10), at(seconds, { total, counters: { spawned }, ends: { completed: ended } }))
    const grown = diffDumps(cut(100, 60, 150, 50), cut(1_100, 90, 1_200, 100))
    expect(grown).toMatchObject({
      groups: [],
      kinds: [],
      actors: { stayed: 10, born: undefined, gone: undefined },
      verdict: {
        level: 'suspect',
        reason:
          '100 → 1,100 actors in 30 s: 1,050 spawned and 50 ended; of which kind they are, cut lists do not tell',
      },
    })
    const lines = printDiff(grown)
    expect(lines.slice(7, 9)).toEqual([
      'not told: the second dump lists 10 of 1,100 actors: it does not tell how groups',
      '    changed',
    ])
    expect(lines.at(-1)).toBe('by actor: 10 stayed, new not told, gone not told')
    expect(diffDumps(cut(100, 60, 150, 50), cut(110, 90, 600, 490)).verdict).toMatchObject({
      level: 'steady',
      reason: '100 → 110 actors in 30 s: in total no more than comes and goes; lists are cut',
    })
  })

  test('of groups alone compares these, and suspects what grew', async () => {
    const { world, more } = await leaky()
    const { before, after } = await between(world, () => more(1_000))
    const groupsOnly = (dump: Dump): Dump => ({ ...dump, actors: [], groups: groupActors(dump) })
    const whole = diffDumps(before, after)
    const diff = diffDumps(groupsOnly(before), groupsOnly(after))
    expect(diff.groups).toEqual(whole.groups)
    expect(diff.actors).toBeUndefined()
    expect(diff.unknown[0]).toBe(
      'the first dump lists 0 of 102 actors: it does not tell who came, went and stayed',
    )
    expect(diff.verdict.level).toBe('suspect')
    expect(diff.verdict.reason).toMatch(
      /^job by source at .*: 100 → 1,100 in 30 s, who came, went and stayed is not told$/,
    )
  })

  test('takes who came to the same wait again for no older', () => {
    const wait = (id: string, ms: number) => waiting(id, { class: 'redis', target: 'publish', ms })
    const before = dumpOf([wait('1', 1_000), wait('2', 1_000), wait('3', 60_000)], at(60))
    const after = dumpOf([wait('1', 31_000), wait('2', 5_000), wait('3', 25_000)], at(90))
    expect(diffDumps(before, after).actors!.older.map(({ id }) => id)).toEqual(['1'])
  })

  test('says of each group whether it is new, grew, got older, shrank or is gone', () => {
    const group = (behavior: string, count: number, ms: number) =>
      Array.from({ length: count }, (_, i) =>
        waiting(`${behavior}${i}`, { class: 'redis', target: 'publish', ms }, { behavior }),
      )
    const before = [
      ...[group('a', 2, 1_000), group('b', 3, 1_000), group('c', 4, 5_000), group('d', 4, 0)],
      ...[group('f', 2, 0), group('e', 5, 5_000)],
    ]
    const after = [
      ...[group('g', 1, 0), group('b', 9, 0), group('c', 4, 35_000), group('d', 1, 0)],
      ...[group('f', 2, 900), group('e', 5, 20_000)],
    ]
    const diff = diffDumps(dumpOf(before.flat(), at(60)), dumpOf(after.flat(), at(90)))
    expect(diff.groups.map(({ behavior, change }) => [behavior, change])).toEqual([
      ['b', 'grew'],
      ['d', 'shrank'],
      ['a', 'gone'],
      ['g', 'new'],
      ['c', 'older'],
    ])
    expect(printDiff(diff)).toContain('    older (4) c [waiting: redis publish], 5 s → 35 s')
  })

  test('compares in the order of time', () => {
    const [early, late] = [dumpOf(many(10), at(60)), dumpOf(many(200), at(90))]
    const diff = diffDumps(late, early)
    expect(diff.total).toEqual({ before: 10, after: 200 })
    expect(diff.unknown[0]).toBe(
      'the dumps came in reverse; they are compared in the order of time',
    )
    expect(diffDumps(early, late)).toEqual({ ...diff, unknown: [] })
  })

  test('tells groups by their words, as a site has another number after a restart', () => {
    const site = { parent: 0, behavior: 'room', spawner: 'rooms', message: 'join', line: 'd.ts:9' }
    const room = (code: number) => row('1', { behavior: 'room', site: code })
    const one = dumpOf([room(4)], at(60, { sites: { 4: { ...site, code: 4 } } }))
    const other = dumpOf(
      [room(7)],
      at(10, { sites: { 7: { ...site, code: 7 } }, takenAt: '2026-01-01T01:00:00.000Z' }),
    )
    expect(diffDumps(one, other)).toMatchObject({ kinship: 'restarted', groups: [] })
  })

  test('of a dump with itself has no change; of any two, groups and kinds add up', () => {
    const actor = fc.record({
      id: fc.nat(40).map((id) => id.toString(16)),
      behavior: fc.constantFrom('a', 'b', 'c'),
      waits: fc.boolean(),
      ms: fc.nat(50_000),
    })
    const dump = (seconds: number) =>
      fc.uniqueArray(actor, { selector: ({ id }) => id, maxLength: 40 }).map((actors) =>
        dumpOf(
          actors.map(({ id, behavior, waits, ms }) =>
            waits ? waiting(id, { ms }, { behavior }) : row(id, { behavior, ms }),
          ),
          at(seconds),
        ),
      )
    fc.assert(
      fc.property(dump(60), dump(90), (one, other) => {
        const none = diffDumps(one, one)
        expect(none.groups.every(({ change }) => change === 'older')).toBe(true)
        expect(none.actors).toMatchObject({ born: 0, gone: 0 })
        expect(none.verdict.level).toBe('steady')
        const diff = diffDumps(one, other, { limit: Infinity })
        const growth = other.total - one.total
        for (const list of [diff.groups, diff.kinds]) {
          expect(list.reduce((sum, { before, after }) => sum + after - before, 0)).toBe(growth)
        }
        const { stayed, born, gone } = diff.actors!
        expect([stayed + born!, stayed + gone!]).toEqual([other.total, one.total])
        expect(
          diffDumps(one, JSON.parse(JSON.stringify(other)) as Dump, { limit: Infinity }),
        ).toEqual(diff)
        for (const line of printDiff(diff)) expect(line.length).toBeLessThan(81)
      }),
    )
  })
})
