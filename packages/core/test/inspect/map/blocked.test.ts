import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blockedActors, familyOf, printBlocked } from '../../../src/inspect/map/blocked.ts'
import type { ActorRow } from '../../../src/inspect/dump.ts'
import { groupActors } from '../../../src/inspect/map/groups.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { waitClasses } from '../../../src/table.ts'
import { open } from '../../actors.ts'
import { createWorld, never } from '../../world.ts'
import { row, waiting } from '../rows.ts'

describe('blocked actors', () => {
  test('are told by family and target, from a real system', async () => {
    const world = createWorld()
    const spawn = (name: string) => world.system.spawn(open(name))
    for (let i = 0; i < 3; i++) spawn('connection').tell((self) => void self.hold('socket', 'peer'))
    const room = spawn('room')
    room.tell((self) => self.wait('redis', 'publish', never()))
    const other = spawn('room')
    other.tell(() => never())
    for (const to of [room, room, other]) {
      spawn('client').tell((self) => to.ask(() => () => {}, { self, timeoutMs: 9_000 }))
    }
    spawn('client').tell((self) => void self.hold('lock', 'permit', 1_000))
    await world.clock.advanceAsync(5_000)
    const blocked = blockedActors(takeDump(world.system))
    expect(blocked).toMatchObject({ of: 10, count: 9 })
    expect(
      blocked.families.map(({ family, count, targets }) => [
        family,
        count,
        ...targets.map(({ class: wait, target }) => `${wait} ${target}`),
      ]),
    ).toEqual([
      ['network', 4, 'socket peer', 'redis publish'],
      ['message', 3, 'ask room'],
      ['contention', 1, 'lock permit'],
      ['other', 1, 'promise '],
    ])
    expect(blocked.families[1]!.targets[0]).toMatchObject({
      ms: { min: 5_000, max: 5_000 },
      on: 2,
      most: [
        { actor: '4', count: 2 },
        { actor: '5', count: 1 },
      ],
    })
    expect(printBlocked(blocked).join('\n')).toBe(`\
blocked: 9 of 10 actors

network: 4 (44 %)
    socket peer: 3, 5 s
        such as 1 2 3
    redis publish: 1, 5 s
        such as 4

message: 3 (33 %)
    ask room: 3, 5 s, on 2 actors, 2 of them on 4
        such as 6 7 8

contention: 1 (11 %)
    lock permit: 1, 5 s, 1 past the deadline
        such as 9

other: 1 (11 %)
    promise, an await that nobody named: 1, 5 s
        such as 5`)
  })

  test('are also those that wait for a loop which one handler holds', () => {
    const busy = row('1', { behavior: 'game', state: 'running', ms: 900, message: 'tick' })
    const late = [row('2', { mailbox: 3, ms: 900 }), row('3', { mailbox: 1, ms: 2_000 })]
    const blocked = blockedActors({ actors: [busy, ...late, row('4')] })
    expect(printBlocked(blocked).slice(2)).toEqual([
      'contention: 3 (100 %)',
      '    loop: their turn, while another runs: 2, 900 ms … 2 s',
      '        such as 3 2',
      '    running tick: 1, 900 ms',
      '        such as 1',
    ])
    const soon = blockedActors({ actors: [{ ...busy, ms: 20 }, ...late] })
    expect(soon.count).toBe(0)
    expect(blockedActors({ actors: [{ ...busy, ms: 20 }] }, { runningMs: 10 }).count).toBe(1)
  })

  test('that wait on the dead are counted', () => {
    const actors = ['1', '2', '3'].map((id) =>
      waiting(id, { target: 'room', actor: '9', ...(id !== '3' && { dead: true }) }),
    )
    const lines = printBlocked(blockedActors({ actors }))
    expect(lines).toContain('    ask room: 3, 0 ms, all on 9, 2 on the dead')
  })

  test('are cut to a limit of targets, and say so', () => {
    const actors = Array.from({ length: 30 }, (_, i) => waiting(String(i), { target: `t${i}` }))
    const blocked = blockedActors({ actors }, { limit: 5, samples: 1 })
    expect(blocked.families[1]).toMatchObject({ count: 30, unlisted: 25 })
    expect(printBlocked(blocked).at(-1)).toBe('    25 targets more, not listed')
  })

  test('are all that wait, each in one family', () => {
    const classes = waitClasses.filter((name) => name !== 'none')
    const actor = fc.record({
      class: fc.constantFrom(...classes),
      target: fc.constantFrom('', 'peer', 'room'),
      ms: fc.nat(10_000),
      waits: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(actor), (made) => {
        const actors = made.map(({ waits, ...wait }, i): ActorRow =>
          waits ? waiting(String(i), wait) : row(String(i)),
        )
        const { count, families } = blockedActors({ actors }, { limit: Infinity })
        expect(count).toBe(made.filter(({ waits }) => waits).length)
        for (const family of families) {
          const sum = family.targets.reduce((all, target) => all + target.count, 0)
          expect(sum).toBe(family.count)
          for (const target of family.targets) expect(familyOf(target.class)).toBe(family.family)
        }
        expect(families.reduce((all, family) => all + family.count, 0)).toBe(count)
      }),
    )
  })

  test('are counted by groups where a dump has these only', () => {
    const actors = [
      ...['1', '2'].map((id) => waiting(id, { class: 'socket', target: 'peer', ms: 7_000 })),
      waiting('3', { class: 'socket', target: 'peer', ms: 9_000 }, { site: 2 }),
      waiting('4', { class: 'lock', target: 'permit 4', ms: 20 }),
      row('5', { state: 'running', ms: 900 }),
      row('6', { state: 'running', ms: 20, site: 2 }),
      row('7'),
    ]
    const blocked = blockedActors({ actors: [], groups: groupActors({ actors }) })
    expect(printBlocked(blocked).join('\n')).toBe(`\
blocked: 5 of 7 actors

network: 3 (60 %)
    socket peer: 3, 7 s … 9 s
        such as 1 2 3

contention: 2 (40 %)
    lock permit: 1, 20 ms
        such as 4
    running: 1, 900 ms
        such as 5`)
  })

  test('of nobody are none', () => {
    expect(printBlocked(blockedActors({ actors: [] }))).toEqual(['blocked: 0 of 0 actors'])
  })
})
