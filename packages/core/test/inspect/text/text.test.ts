import { describe, expect, test } from 'vitest'
import type { Dump } from '../../../src/inspect/dump.ts'
import { readText } from '../../../src/inspect/text/read-text.ts'
import { printActors, printGroups, printMs } from '../../../src/inspect/text/text.ts'

const quiet = { label: '', parent: '1', mailbox: 0, handled: 0, restarts: 0, site: 2 }

const dump: Dump = {
  schema: 'sluice.dump/1',
  takenAt: '2026-01-01T00:01:00.000Z',
  uptimeMs: 60_000,
  tookMs: 1.234,
  total: 4,
  actors: [
    {
      ...quiet,
      id: '1',
      behavior: 'edge',
      state: 'idle',
      ms: 59_000,
      ageMs: 60_000,
      parent: '0',
      site: 1,
    },
    {
      ...quiet,
      id: '7f3a',
      behavior: 'connection',
      label: 'user 42',
      state: 'waiting',
      ms: 43_000,
      ageMs: 55_000,
      wait: { class: 'socket', target: 'peer', ms: 43_000, leftMs: 300 },
      mailbox: 12,
      handled: 345,
      restarts: 2,
      deadlineMs: 1_500,
      ending: 'edge 1: context ended ← SIGTERM',
      restarted: 'connection 7f3a: write failed',
      more: { queue: 812_345, paused: true },
    },
    {
      ...quiet,
      id: '7f3b.1',
      behavior: 'connection',
      state: 'waiting',
      ms: 5_000,
      ageMs: 5_100,
      wait: { class: 'ask', target: 'room', actor: '3f', dead: true, ms: 5_000, leftMs: -20 },
    },
    { ...quiet, id: '7f3c', behavior: 'connection', state: 'running', ms: 0.4, ageMs: 9_000 },
  ],
  population: { idle: 1, running: 1, waiting: 2, dead: 0 },
  orphans: 0,
  sites: {
    1: { code: 1, parent: 0, behavior: 'edge', spawner: '', message: '', line: 'node.ts:41' },
    2: {
      code: 2,
      parent: 1,
      behavior: 'connection',
      spawner: 'edge',
      message: 'upgraded',
      line: 'edge.ts:88',
    },
  },
  ends: { completed: 7, stopped: 0, killed: 1 },
  counters: { spawned: 12, handled: 345 },
  tombstones: [
    {
      id: '9',
      behavior: 'connection',
      label: 'user 7',
      parent: '1',
      code: 'killed',
      end: 'connection 9: did not stop in time ← edge 1: draining',
      agoMs: 130_000,
      livedMs: 8_000_000,
      handled: 3,
      restarts: 0,
      trail: ['running', 'waiting(socket)', 'dead'],
    },
    {
      id: 'a',
      behavior: 'connection',
      label: '',
      code: 'completed',
      end: 'connection a: completed',
      agoMs: 999,
      livedMs: 1_000,
      handled: 0,
      restarts: 0,
      trail: [],
    },
  ],
}

describe('a dump as text', () => {
  test('has every actor, as operators know it from Go', () => {
    expect(printActors(dump)).toBe(`\
actors: total 4 (idle 1, running 1, waiting 2), orphans 0
taken 2026-01-01T00:01:00.000Z, up 60 s, held the loop 1.2 ms
ends: completed 7, killed 1
counters: spawned 12, handled 345

edge 1 [idle, 59 s] mailbox 0 handled 0
    spawned by the system                        at node.ts:41
    child of 0, age 60 s

connection 7f3a [waiting: socket peer, 43 s, deadline in 300 ms] user 42 mailbox 12 handled 345 restarts 2 queue 812345 paused true
    spawned by edge on upgraded                  at edge.ts:88
    started by the system                        at node.ts:41
    child of 1, age 55 s
    context: deadline in 2 s
    ending: edge 1: context ended ← SIGTERM
    restarted after connection 7f3a: write failed

connection 7f3b.1 [waiting: ask room 3f (dead), 5 s, deadline in 0 ms] mailbox 0 handled 0
    spawned by edge on upgraded                  at edge.ts:88
    started by the system                        at node.ts:41
    child of 1, age 5 s

connection 7f3c [running, 0 ms] mailbox 0 handled 0
    spawned by edge on upgraded                  at edge.ts:88
    started by the system                        at node.ts:41
    child of 1, age 9 s

dead, the newest first:

connection 9 [dead: killed, 2 min ago] user 7 handled 3
    connection 9: did not stop in time ← edge 1: draining
    lived 2 h below 1: running → waiting(socket) → dead

connection a [dead: completed, 999 ms ago] handled 0
    connection a: completed
    lived 1 s: no transition kept
`)
  })

  test('tells of a stall what held the loop, why it was written, and what came before', () => {
    const [, actor] = dump.actors
    const text = printActors({
      ...dump,
      node: { name: 'node 1', uid: 'f00', pid: 7, host: 'h', version: '1.2' },
      reason: { trigger: 'slo', detail: 'actors > 5000', value: 6_000, threshold: 5_000 },
      described: 'never',
      matched: 2,
      ends: {},
      counters: {},
      notes: ['no labels'],
      facts: { sockets: 12, link: 'up', since: '2026-01-01' },
      error: 'TypeError: x\n    at y',
      actors: [
        {
          ...actor!,
          label: 'two\nlines',
          message: 'join room',
          endedMs: 5_000,
          orphan: true,
          timers: 2,
          stack: [{ function: '', at: 'edge.ts:88' }],
          later: 'moved',
          more: { topic: 'a "b"', id: '12', restarts: 3 },
        },
      ],
      tombstones: [],
      stack: [{ function: 'countToNothing', at: 'busy.ts:12' }],
      flight: [
        { agoMs: 4_200, actor: '3f', behavior: 'room', event: 'take', from: 'idle', to: 'running' },
        {
          agoMs: 12,
          actor: '3f',
          behavior: 'room',
          event: 'wait',
          from: 'running',
          to: 'waiting',
          wait: 'redis',
        },
      ],
    })
    expect(text).toBe(`\
actors: total 4, 2 match, 1 shown (idle 1, running 1, waiting 2), orphans 0
taken 2026-01-01T00:01:00.000Z, up 60 s, held the loop 1.2 ms, described never
ends: not counted
counters: not counted
node: "node 1" uid f00 pid 7 host h version 1.2
reason: slo "actors > 5000" value 6000 threshold 5000
error: "TypeError: x\\n    at y"
note: no labels
fact: sockets 12
fact: link up
fact: since "2026-01-01"

the loop is held by:
    countToNothing at busy.ts:12

connection 7f3a [waiting: socket peer, 43 s, deadline in 300 ms] "two\\nlines" mailbox 12 handled 345 restarts 2 topic "a \\"b\\"" id "12" "restarts" 3
    spawned by edge on upgraded                  at edge.ts:88
    started by the system                        at node.ts:41
    handling "join room"
    child of 1, age 55 s
    context: deadline in 2 s
    context: ended 5 s ago, orphan
    ending: edge 1: context ended ← SIGTERM
    restarted after connection 7f3a: write failed
    timers 2
    in (anonymous) at edge.ts:88
    later: moved

the last transitions, the newest last:
    4 s ago room 3f take: idle → running
    12 ms ago room 3f wait: running → waiting(redis)
`)
    expect(printActors(readText(text))).toBe(text)
  })

  test('is no longer for a lineage without end', () => {
    const sites = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [
        i + 1,
        { ...dump.sites[1]!, code: i + 1, parent: i },
      ]),
    )
    const [actor] = dump.actors
    const text = printActors({ ...dump, sites, actors: [{ ...actor!, site: 10_000 }] })
    expect(text.match(/ at node\.ts:41/g)).toHaveLength(24)
    expect(text).toContain('at node.ts:41\n    …\n    child of 0')
  })

  test('has groups, the largest first', () => {
    expect(printGroups(dump)).toBe(`\
actors: total 4 (idle 1, running 1, waiting 2), orphans 0
taken 2026-01-01T00:01:00.000Z, up 60 s, held the loop 1.2 ms
ends: completed 7, killed 1
counters: spawned 12, handled 345

1 × connection [running] 0 ms … 0 ms … 0 ms
    spawned by edge on upgraded                  at edge.ts:88
    started by the system                        at node.ts:41
    such as 7f3c
1 × connection [waiting: ask room] 5 s … 5 s … 5 s
    spawned by edge on upgraded                  at edge.ts:88
    started by the system                        at node.ts:41
    such as 7f3b.1
1 × connection [waiting: socket peer] 43 s … 43 s … 43 s
    spawned by edge on upgraded                  at edge.ts:88
    started by the system                        at node.ts:41
    such as 7f3a
1 × edge [idle] 59 s … 59 s … 59 s
    spawned by the system                        at node.ts:41
    such as 1
`)
  })

  test('says how many it does not show, and that nothing has ended', () => {
    const cut = { ...dump, actors: dump.actors.slice(0, 1), ends: { completed: 0 }, tombstones: [] }
    const text = printActors(cut)
    expect(text).toContain('actors: total 4, 1 shown (idle 1')
    expect(text).toContain('ends: none')
    expect(text).not.toContain('dead, the newest')
    const uncounted = printActors({ ...cut, ends: {}, counters: {} })
    expect(uncounted).toContain('ends: not counted\ncounters: not counted\n')
  })

  test('writes durations as people read them', () => {
    const given = [0, 0.6, 999.4, 999.6, 1_000, 59_499, 119_999, 120_000, 7_199_999, 7_200_000, 1e9]
    expect(given.map(printMs)).toEqual([
      '0 ms',
      '1 ms',
      '999 ms',
      '1 s',
      '1 s',
      '59 s',
      '2 min',
      '2 min',
      '2 h',
      '2 h',
      '278 h',
    ])
  })
})
