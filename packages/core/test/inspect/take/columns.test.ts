import { expect, test } from 'vitest'
import { blockedActors, printBlocked } from '../../../src/inspect/map/blocked.ts'
import { diffDumps } from '../../../src/inspect/diff/diff.ts'
import { printDiff } from '../../../src/inspect/diff/diff-text.ts'
import type { ActorRow, Dump } from '../../../src/inspect/dump.ts'
import {
  lineageOf,
  printLineage,
  printSpawnLines,
  spawnLines,
} from '../../../src/inspect/map/lineage.ts'
import { lintDump, printLints } from '../../../src/inspect/lints/lints.ts'
import { printStateMap, stateMap } from '../../../src/inspect/map/state-map.ts'
import { printWaitGraph, waitGraph } from '../../../src/inspect/map/wait-graph.ts'
import { dumpOf, row, waiting } from '../rows.ts'

const name = 'a-behaviour-of-some-length'
const label = 'rooms/of a customer with a long name, told by people \u001b[31m'

/** Names of the length that people give, many of everything, and something that is wrong of each kind. */
function crowded(factor: number): Dump {
  const many = (make: (id: string, i: number) => ActorRow, from: number, count: number) =>
    Array.from({ length: count * factor }, (_, i) => make((from + i).toString(16), i))
  const long = { behavior: name, label }
  const sites = Object.fromEntries(
    [1, 2, 3].map((code) => [
      code,
      {
        code,
        parent: code - 1,
        behavior: name,
        spawner: `another-${name}`,
        message: `a-message-type-${code}`,
        line: `a-source-file-of-some-length.ts:${code}00`,
      },
    ]),
  )
  const actors = [
    ...many(
      (id) =>
        waiting(
          id,
          { class: 'socket', target: 'peer', ms: 1e7 },
          { ...long, more: { queue: 9e6, 'a long column': 12_345_678 } },
        ),
      0x10000,
      40,
    ),
    ...many(
      (id) =>
        waiting(
          id,
          { class: 'ask', target: name, actor: '10001', ms: 1e6, leftMs: -5e5 },
          { ...long, site: 2 },
        ),
      0x20000,
      30,
    ),
    ...many(
      (id, i) =>
        waiting(
          id,
          { class: 'lock', target: name, actor: `f${i}`, dead: true, ms: 1e6 },
          { ...long, site: 3 },
        ),
      0x30000,
      20,
    ),
    ...many(
      (id) =>
        row(id, { ...long, site: 3, orphan: true, endedMs: 1e6, ending: `${label} ${label}` }),
      0x40000,
      10,
    ),
    waiting(
      'a1',
      { class: 'ask', target: name, actor: 'a2', ms: 1e6 },
      { ...long, mailbox: 5_000 * factor },
    ),
    waiting('a2', { class: 'ask', target: name, actor: 'a1', ms: 1e6 }, long),
  ]
  return dumpOf(actors, {
    sites,
    takenAt: `2026-01-01T00:0${factor}:00.000Z`,
    uptimeMs: factor * 60_000,
    counters: { spawned: 100 * factor, handled: 12_345 * factor, aCounterOfSomeLength: 7 * factor },
  })
}

test('what analyses print fits into 80 columns, and holds nothing that moves a cursor', () => {
  const [before, after] = [crowded(1), crowded(3)]
  const printed = {
    blocked: printBlocked(blockedActors(after)),
    waits: printWaitGraph(waitGraph(after)),
    map: printStateMap(stateMap(after)),
    lineage: printLineage(lineageOf(after, '30000')!),
    lines: printSpawnLines(spawnLines(after), after.total),
    lints: printLints(lintDump(after, { before })),
    diff: printDiff(diffDumps(before, after)),
  }
  for (const lines of Object.values(printed)) {
    expect(lines.length).toBeGreaterThan(3)
    for (const line of lines) {
      expect(line).toMatch(/^.{0,80}$/u)
      // oxlint-disable-next-line no-control-regex -- this is what must not be there
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    }
  }
})
