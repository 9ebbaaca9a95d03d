import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../src/errors.ts'
import { diffDumps } from '../../src/inspect/diff/diff.ts'
import { printDiff } from '../../src/inspect/diff/diff-text.ts'
import type { Dump } from '../../src/inspect/dump.ts'
import { lintDump } from '../../src/inspect/lints/lints.ts'
import { blockedActors, printBlocked } from '../../src/inspect/map/blocked.ts'
import { printWaitGraph, waitGraph } from '../../src/inspect/map/wait-graph.ts'
import { readDump } from '../../src/inspect/read-dump.ts'
import { printActors, printGroups } from '../../src/inspect/text/text.ts'
import { arbitraryDump } from './arbitrary-dump.ts'

const json = (dump: unknown): string => JSON.stringify(dump)

const small = {
  schema: 'sluice.dump/1',
  takenAt: '2026-11-26T12:00:00.000Z',
  uptimeMs: 1,
  tookMs: 1,
  total: 1,
  actors: [],
  population: { idle: 1, running: 0, waiting: 0, dead: 0 },
  orphans: 0,
  sites: {},
  ends: {},
  counters: {},
  tombstones: [],
}

const actor = {
  id: '1',
  behavior: 'b',
  label: '',
  state: 'idle',
  ms: 1,
  ageMs: 1,
  parent: '',
  mailbox: 0,
  handled: 0,
  restarts: 0,
  site: 0,
}

/** All that is made of a dump. */
function use(dump: Dump, other: Dump): void {
  lintDump(dump)
  printGroups(dump)
  printActors(dump)
  printBlocked(blockedActors(dump))
  printWaitGraph(waitGraph(dump))
  printDiff(diffDumps(dump, other))
}

/** What stands in the place of another value. */
const wrong = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 'x', '__proto__', -1, 0.5, 1e300, true, [], {}),
  fc.constantFrom<unknown>([null], [[]], { __proto__: null }, { toString: 1 }, 'constructor'),
  fc.jsonValue({ maxDepth: 2 }),
)

/** Puts it in the place of one of all values, however deep; those of objects and lists, too. */
function spoil(value: unknown, pick: number, by: unknown): unknown {
  const places: [Record<string, unknown>, string][] = []
  const holder = { all: value }
  const look = (within: Record<string, unknown>): void => {
    for (const [key, each] of Object.entries(within)) {
      places.push([within, key])
      if (typeof each === 'object' && each !== null) look(each as Record<string, unknown>)
    }
  }
  look(holder)
  const [within, key] = places[pick % places.length]!
  if (by === undefined) delete within[key]
  else within[key] = by
  return holder.all
}

describe('a dump that is read', () => {
  test('is the one that was written, as JSON and as text', () => {
    fc.assert(
      fc.property(arbitraryDump, (dump) => {
        expect(json(readDump(json(dump)))).toBe(json(dump))
        expect(printActors(readDump(printActors(dump)))).toBe(printActors(dump))
      }),
    )
  })

  test('may be of an older version, which tells less, and of a newer one, which tells more', () => {
    expect(readDump(json({ ...small, actors: [actor] })).actors).toEqual([actor])
    const newer = { ...small, weather: 'fine', actors: [{ ...actor, mood: { good: true } }] }
    expect(json(readDump(json(newer)))).toBe(json(newer))
  })

  test.each([
    ['no JSON', '{', /^\[dump_unreadable\] .*JSON/],
    ['no schema', '{}', 'expected a dump with the schema sluice.dump/1, got undefined'],
    ['another schema', '{"schema":"other/1"}', 'the schema sluice.dump/1, got other/1'],
    ['nothing else', '{"schema":"sluice.dump/1"}', 'takenAt: expected a text, got nothing'],
    ['no list', json({ ...small, actors: 'many' }), 'actors: expected a list, got "many"'],
    ['no actor', json({ ...small, actors: [null] }), 'actors[0]: expected an object, got null'],
    [
      'a state that is none',
      json({ ...small, actors: [actor, { ...actor, state: 'asleep' }] }),
      'actors[1].state: expected one of idle, running, waiting, dead, got "asleep"',
    ],
    [
      'a text for a number',
      json({ ...small, actors: [{ ...actor, wait: { class: 'ask', target: '', ms: '9' } }] }),
      'actors[0].wait.ms: expected a number, got "9"',
    ],
    ['an empty node', json({ ...small, node: {} }), 'node.name: expected a text, got nothing'],
    ['less than none', json({ ...small, total: -1 }), 'expected a whole number from 0, got -1'],
    ['a picture', 'GIF89a', '[dump_unreadable]'],
    ['nothing at all', '', '[dump_unreadable]'],
  ])('is refused when it is none, with what is wrong and where: %s', (_, given, message) => {
    expect(() => readDump(given)).toThrow(message)
  })

  test('is as good as one just taken, or refused, whatever is wrong in it', () => {
    fc.assert(
      fc.property(arbitraryDump, fc.nat(), wrong, (dump, pick, by) => {
        const spoilt = spoil(JSON.parse(json(dump)), pick, by)
        let read: Dump
        try {
          read = readDump(json(spoilt) ?? '')
        } catch (error) {
          if (error instanceof SluiceError && error.code === 'dump_unreadable') return
          throw error
        }
        expect(() => use(read, dump)).not.toThrow()
        expect(() => use(dump, read)).not.toThrow()
      }),
      { numRuns: 2_000 },
    )
  }, 60_000)
})
