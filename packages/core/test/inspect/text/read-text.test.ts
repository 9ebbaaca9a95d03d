import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupActors } from '../../../src/inspect/map/groups.ts'
import { readText } from '../../../src/inspect/text/read-text.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { printActors, printGroups } from '../../../src/inspect/text/text.ts'
import { inert, open } from '../../actors.ts'
import { createWorld, never } from '../../world.ts'
import { arbitraryDump } from '../arbitrary-dump.ts'

describe('the text of a dump', () => {
  test('reads back to what prints the same, whatever things are called', () => {
    fc.assert(
      fc.property(arbitraryDump, (dump) => {
        const text = printActors(dump)
        expect(printActors(readText(text))).toBe(text)
        const groups = printGroups(dump)
        expect(printGroups(readText(groups))).toBe(groups)
      }),
      { numRuns: 200 },
    )
  })

  test('has lines of a bounded length, and ends no line within a name', () => {
    fc.assert(
      fc.property(arbitraryDump, (dump) => {
        const text = printActors(dump)
        // oxlint-disable-next-line no-control-regex -- these are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/)
        expect(text.isWellFormed()).toBe(true)
        for (const line of text.split('\n')) expect(line.length).toBeLessThan(25_000)
      }),
    )
  })

  test('reads back to the dump, but for what it does not tell', async () => {
    const world = createWorld({ graceMs: 60_000 })
    const room = {
      ...open('room'),
      label: () => 'rooms/lobby',
      describe: () => ({ members: 3, topic: 'a "b"\nc', open: true, owner: null }),
    }
    const keeper = world.system.spawn(open('keeper'))
    keeper.tell((self) => {
      const child = self.spawn(room)
      child.tell((own) => own.wait('redis', 'publish lobby', never()))
      child.tell(() => {})
      self.hold('ask', child, 90_000)
    })
    const gone = world.system.spawn({ ...inert, label: () => 'two\nlines' })
    await world.clock.advanceAsync(3_000)
    gone.stop('not\nneeded')
    world.system.spawn({ ...room, stop: never }).stop('closed')
    await world.clock.advanceAsync(2_000)
    const dump = {
      ...takeDump(world.system),
      node: { name: 'node-1', uid: 'x y', pid: 7, host: 'h', version: '1' },
      reason: { trigger: 'slo' as const, detail: 'actors > 5', value: 7.5, threshold: 5 },
      stack: [{ function: 'async spin', at: 'busy.ts:1' }],
      facts: { sockets: 12, link: 'up', strange: '12' },
      notes: ['no figures: Error: a\nb'],
      error: 'TypeError: x\n    at y',
    }
    const read = readText(printActors(dump))
    // Numbers of sites are the reader's own, and a waiting actor's time in its state is not told.
    expect(read).toEqual({
      ...dump,
      actors: dump.actors.map((actor) => ({ ...actor, site: expect.any(Number) })),
      sites: expect.any(Object),
    })
    const chains = ({ actors, sites }: typeof dump): unknown[] =>
      actors.map(({ site }) => [sites[site]?.line, sites[site]?.spawner, sites[site]?.behavior])
    expect(chains(read as typeof dump)).toEqual(chains(dump))
    const grouped = readText(printGroups(dump)).groups!
    expect(grouped).toEqual(
      groupActors(dump).map((group) => ({ ...group, site: expect.any(Number) })),
    )
  })

  test('that is none is refused with the line and what was expected there', () => {
    const good = printActors(takeDump(createWorld().system)).split('\n')
    const bad = (at: number, line: string): string => good.toSpliced(at, 1, line).join('\n')
    expect(() => readText('goroutine profile: total 7\n')).toThrow(
      '[dump_unreadable] line 1, column 1: expected "actors: total "',
    )
    expect(() => readText('')).toThrow('[dump_unreadable] line 1, column 1')
    expect(() => readText(good.slice(0, 2).join('\n'))).toThrow(
      '[dump_unreadable] line 3: the text ends too early',
    )
    expect(() => readText(bad(1, 'taken when, up a while'))).toThrow(
      '[dump_unreadable] line 2, column 16: expected a duration',
    )
    expect(() => readText(bad(4, 'weather: fine'))).toThrow(
      '[dump_unreadable] line 5, column 1: expected a line of the header',
    )
    expect(() => readText(bad(5, 'root 0 [idle, 0 ms] "open'))).toThrow(
      '[dump_unreadable] line 6, column 21: expected a whole string',
    )
    expect(() => readText(bad(6, '    sings'))).toThrow(
      '[dump_unreadable] line 7, column 5: expected what an actor has',
    )
  })
})
