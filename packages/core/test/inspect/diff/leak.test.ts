import { describe, expect, test } from 'vitest'
import { diffDumps } from '../../../src/inspect/diff/diff.ts'
import type { ActorRow, Dump } from '../../../src/inspect/dump.ts'
import { dumpOf, row } from '../rows.ts'

/** Jobs with these numbers; each has handled `handled`. */
function jobs(from: number, to: number, handled = 1): ActorRow[] {
  return Array.from({ length: to - from }, (_, i) =>
    row((0x1000 + from + i).toString(16), { behavior: 'job', handled, ageMs: 60_000 }),
  )
}

/** An edge with so many sockets, and as many connections unless told otherwise. */
function edge(sockets: number, connections = sockets): ActorRow[] {
  return [
    row('1', { behavior: 'edge', parent: '0', site: 0, more: { sockets } }),
    ...Array.from({ length: connections }, (_, i) =>
      row((0x90000 + i).toString(16), { parent: '1', site: 2 }),
    ),
  ]
}

/** The verdict on what is 30 s apart. */
function verdict(before: ActorRow[], after: ActorRow[], more: Partial<Dump> = {}) {
  const from = dumpOf(before, { takenAt: '2026-01-01T00:01:00.000Z', uptimeMs: 60_000 })
  const to = dumpOf(after, { takenAt: '2026-01-01T00:01:30.000Z', uptimeMs: 90_000, ...more })
  return diffDumps(from, to).verdict
}

describe('a kind of actor', () => {
  test('leaks when it grew, nobody went, all are still there and do nothing', () => {
    expect(verdict(jobs(0, 100), jobs(0, 200))).toMatchObject({
      level: 'leak',
      reason:
        'job: 100 → 200 in 30 s, 100 came and 0 went, 100 % of the earlier ones are still there, 100 % of those did nothing meanwhile',
    })
  })

  test('is steady when the earlier ones have ended, however many there are now', () => {
    expect(verdict(jobs(0, 100), jobs(95, 900))).toMatchObject({
      level: 'steady',
      reason:
        '100 → 805 actors in 30 s: job grew 100 → 805, but 95 % of the earlier ones have ended',
    })
    expect(verdict(jobs(0, 100), jobs(80, 900)).level).toBe('suspect')
    // Of a handful nothing follows.
    expect(verdict(jobs(0, 10), jobs(10, 900)).level).toBe('suspect')
  })

  test('is suspect, not more, when ends keep up with spawns', () => {
    // 200 came and 100 went; in the second, 90.
    expect(verdict(jobs(0, 1_000), jobs(100, 1_200)).level).toBe('suspect')
    expect(verdict(jobs(0, 1_000), jobs(90, 1_200)).level).toBe('leak')
  })

  test('is steady within what comes and goes by chance', () => {
    // 42 came and 20 went: 22 more, of which chance makes up to 23.
    expect(verdict(jobs(0, 100), jobs(20, 142)).level).toBe('steady')
    expect(verdict(jobs(0, 100), jobs(10, 142)).level).toBe('leak')
    expect(verdict(jobs(0, 100), jobs(0, 119)).level).toBe('steady')
  })

  test('is suspect when the earlier ones end, or work', () => {
    expect(verdict(jobs(0, 100), jobs(30, 200)).level).toBe('suspect')
    expect(verdict(jobs(0, 100), [...jobs(0, 100, 2), ...jobs(100, 200)]).level).toBe('suspect')
  })

  test('is suspect when sockets came meanwhile that may be why, and steady when each has one', () => {
    const before = [...edge(10), ...jobs(0, 100)]
    expect(verdict(before, [...edge(210), ...jobs(0, 200)])).toMatchObject({
      level: 'suspect',
      reason: expect.stringMatching(/200 sockets came meanwhile, which may be why$/),
    })
    expect(verdict(before, [...edge(60), ...jobs(0, 200)]).level).toBe('leak')
    expect(verdict(before, [...edge(5_000), ...jobs(0, 100)])).toMatchObject({
      level: 'steady',
      reason: '111 → 5,101 actors in 30 s: connection grew 10 → 5,000 with its sockets',
    })
  })
})

describe('a dump of a thread that saw no columns', () => {
  /** As the watchdog has it: rows without columns, and the node's figures. */
  const seen = (sockets: number | undefined, jobsAlive: number): Dump => {
    const actors = [...edge(sockets ?? 500), ...jobs(0, jobsAlive)].map((actor) => {
      const { more, ...rest } = actor
      return more === undefined ? actor : rest
    })
    return dumpOf(actors, {
      described: 'never',
      ...(sockets !== undefined && { facts: { sockets } }),
    })
  }
  const later = (dump: Dump): Dump => ({
    ...dump,
    takenAt: '2026-01-01T00:01:30.000Z',
    uptimeMs: 90_000,
  })

  test('has connections explained by the sockets of the node', () => {
    expect(diffDumps(seen(20, 0), later(seen(500, 0))).verdict).toMatchObject({
      level: 'steady',
      reason: expect.stringMatching(/connection grew 20 → 500 with its sockets$/),
    })
    expect(diffDumps(seen(500, 100), later(seen(500, 200))).verdict.level).toBe('leak')
    // As many as sockets by chance, and not before.
    expect(diffDumps(seen(20, 100), later(seen(500, 500))).verdict).toMatchObject({
      level: 'suspect',
      reason: expect.stringMatching(/^job: 100 → 500/),
    })
  })

  test('is no more than suspect where these are not known', () => {
    const before = dumpOf(jobs(0, 100))
    const after = later({ ...seen(undefined, 200), actors: jobs(0, 200), total: 200 })
    expect(diffDumps(before, after).verdict.level).toBe('suspect')
  })
})

describe('the books', () => {
  test('leak while they drift apart, and are suspect where they stay so', () => {
    expect(verdict(edge(100), edge(160, 100))).toMatchObject({
      level: 'leak',
      reason: 'edge 1 has 160 sockets and 100 children: 60 sockets without an actor (0 before)',
    })
    expect(verdict(edge(100, 160), edge(100, 160)).level).toBe('suspect')
    expect(verdict(edge(100), edge(105, 100)).level).toBe('steady')
  })
})

describe('timers', () => {
  const timers = (count: number) => [row('7', { timers: count })]

  test('leak when they double, are suspect when they grow by as many, and steady else', () => {
    expect(verdict(timers(1_000), timers(3_000)).level).toBe('leak')
    expect(verdict(timers(5_000), timers(6_500)).level).toBe('suspect')
    expect(verdict(timers(0), timers(900)).level).toBe('steady')
  })

  test('did not grow where the earlier dump could not see them', () => {
    const before = dumpOf(timers(0), { described: 'never', uptimeMs: 60_000 })
    const after = dumpOf(timers(5_000), { takenAt: '2026-01-01T00:01:30.000Z', uptimeMs: 90_000 })
    expect(diffDumps(before, after)).toMatchObject({
      verdict: { level: 'steady' },
      actors: { grown: [] },
    })
  })
})

test('the worst comes first, and all are told', () => {
  const before = [...jobs(0, 100), row('7', { mailbox: 0 })]
  const after = [...jobs(0, 200), row('7', { mailbox: 500 }), row('8', { orphan: true })]
  expect(verdict(before, after).suspects.map(({ level, ids }) => [level, ids[0]])).toEqual([
    ['leak', '8'],
    ['leak', '1000'],
    ['suspect', '7'],
  ])
})

test('a node that has not been up since the first dump has started anew, whatever its counters', () => {
  const from = dumpOf([], { takenAt: '2026-01-01T00:00:00.000Z', uptimeMs: 5_000 })
  const to = dumpOf([], { takenAt: '2026-01-01T00:05:00.000Z', uptimeMs: 80_000 })
  expect(diffDumps(from, to).kinship).toBe('restarted')
  expect(diffDumps(from, { ...to, uptimeMs: 304_000 }).kinship).toBe('same')
  // As text rounds it.
  expect(diffDumps(from, { ...to, uptimeMs: 300_000 }).kinship).toBe('same')
})
