import { describe, expect, test } from 'vitest'
import { blockedActors } from '../../src/inspect/map/blocked.ts'
import { diffDumps } from '../../src/inspect/diff/diff.ts'
import type { Dump } from '../../src/inspect/dump.ts'
import { spawnLines } from '../../src/inspect/map/lineage.ts'
import { lintDump, type LintOptions } from '../../src/inspect/lints/lints.ts'
import { readText } from '../../src/inspect/text/read-text.ts'
import { stateMap } from '../../src/inspect/map/state-map.ts'
import { takeDump } from '../../src/inspect/take/take.ts'
import { printActors, printGroups } from '../../src/inspect/text/text.ts'
import { waitGraph } from '../../src/inspect/map/wait-graph.ts'
import { open } from '../actors.ts'
import { createWorld, never } from '../world.ts'

/** A node of some hours that leaks: before, and half an hour later. */
async function leaking(): Promise<[Dump, Dump]> {
  const world = createWorld()
  const source = world.system.spawn(open('source'))
  const leak = (count: number): void => {
    source.tell(function leakMore(self) {
      for (let i = 0; i < count; i++) self.spawn(open('job')).tell(() => never())
    })
  }
  const [a, b] = [world.system.spawn(open('auction')), world.system.spawn(open('bank'))]
  leak(100)
  await world.clock.advanceAsync(9_000_000)
  const before = takeDump(world.system)
  leak(500)
  a.tell((self) => b.ask(() => () => {}, { self, timeoutMs: 3_600_000 }))
  b.tell((self) => a.ask(() => () => {}, { self, timeoutMs: 3_600_000 }))
  const room = world.system.spawn(open('room'))
  room.tell((self) => {
    for (let i = 0; i < 2_000; i++) self.after(7_200_000, () => undefined)
    return self.wait('redis', 'publish', never())
  })
  for (let i = 0; i < 700; i++) room.tell(() => {})
  await world.clock.advanceAsync(1_800_000)
  return [before, takeDump(world.system)]
}

const names = (dump: Dump, options?: LintOptions): [string, number][] =>
  lintDump(dump, options).results.map(({ lint, count }) => [lint, count])

describe('a dump that was read back from its text', () => {
  test('has the findings of the one that was printed', async () => {
    const [before, after] = await leaking()
    const [textBefore, textAfter] = [readText(printActors(before)), readText(printActors(after))]
    expect(names(after)).toEqual([
      ['stuck-handler', 600],
      ['lost-wakeup', 1],
      ['deadlock', 1],
      ['deep-mailbox', 1],
      ['timer-flood', 1],
      ['hot-site', 1],
    ])
    expect(names(textAfter)).toEqual(names(after))
    expect(names(textAfter, { before: textBefore })).toEqual(names(after, { before }))
  })

  test('is compared as the one that was printed', async () => {
    const [before, after] = await leaking()
    const diff = diffDumps(before, after)
    const read = diffDumps(readText(printActors(before)), readText(printActors(after)))
    expect(diff.verdict.level).toBe('leak')
    expect(read.verdict).toEqual(diff.verdict)
    expect(read.kinship).toBe('same')
    expect(read.betweenMs).toBe(diff.betweenMs)
    expect(read.groups.map(({ before: b, after: a, behavior }) => [behavior, b, a])).toEqual(
      diff.groups.map(({ before: b, after: a, behavior }) => [behavior, b, a]),
    )
    const { stayed, born, gone, olderCount } = diff.actors!
    expect(read.actors).toMatchObject({ stayed, born, gone, olderCount })
  })

  test('has the same blocks, waits, lines and map', async () => {
    const [, after] = await leaking()
    const read = readText(printActors(after))
    const counts = (dump: Dump) => ({
      blocked: blockedActors(dump).families.map(({ family, count }) => [family, count]),
      cycles: waitGraph(dump).cycles.map(({ actors }) => actors.map(({ id }) => id)),
      lines: spawnLines(dump).map(({ line, count, sample }) => [line, count, sample]),
      parked: stateMap(dump).parked,
      clusters: stateMap(dump).clustering.clusters.map(({ count }) => count),
    })
    expect(counts(read)).toEqual(counts(after))
  })

  test('in groups only is compared by these', async () => {
    const [before, after] = await leaking()
    const diff = diffDumps(readText(printGroups(before)), readText(printGroups(after)))
    expect(diff.groups[0]).toMatchObject({ behavior: 'job', before: 100, after: 600 })
    expect(diff.verdict.level).toBe('suspect')
    expect(diff.actors).toBeUndefined()
  })
})
