import { describe, expect, test } from 'vitest'
import type { Ref } from '../../../src/behavior.ts'
import type { Run } from '../../actors.ts'
import { createWorld, never, type World } from '../../world.ts'
import { lint, spawn } from '../lint.ts'
import { dumpOf, row, waiting } from '../rows.ts'

/** So many ask this one, and will not hear from it within a minute. */
function crowd(world: World, asked: Ref<Run>, many: number): void {
  for (let i = 0; i < many; i++) {
    spawn(world, 'picker').tell((self) =>
      asked.ask(() => () => {}, { self, timeoutMs: 60_000 }).then(undefined, () => {}),
    )
  }
}

/** Four wait on the middle one, who waits on the last. */
const chain = (last: ReturnType<typeof row>, ms = 10_000) =>
  dumpOf([
    last,
    waiting('2', { actor: '1', ms }),
    ...['3', '4', '5', '6'].map((id) => waiting(id, { actor: '2', ms })),
  ])

describe('held-up', () => {
  test('names the idle one on whom many wait, directly or not', async () => {
    const world = createWorld()
    const [holder, clerk] = [spawn(world, 'auditor'), spawn(world, 'clerk')]
    clerk.tell((self) => self.wait('lock', holder, never()))
    crowd(world, clerk, 4)
    await world.clock.advanceAsync(2_500)
    expect(lint(world).has('held-up')).toBe(false)
    await world.clock.advanceAsync(1_500)
    expect(lint(world).get('held-up')).toEqual({
      lint: 'held-up',
      severity: 'warning',
      count: 1,
      summary: '1 actor holds up many others',
      findings: [
        {
          sentence: '5 actors wait, directly or not, on auditor 1 [idle, 4 s]; the longest for 4 s',
          ids: ['1'],
        },
      ],
    })
  })

  test('names the one who waits itself for what does not come', async () => {
    const world = createWorld()
    const room = spawn(world, 'room')
    room.tell((self) => self.wait('redis', 'subscribe', never()))
    crowd(world, room, 5)
    await world.clock.advanceAsync(10_000)
    expect(lint(world).get('held-up')!.findings).toEqual([
      {
        sentence: '5 actors wait on room 1 [waiting: redis subscribe, 10 s]; the longest for 10 s',
        ids: ['1'],
      },
    ])
  })

  test('lets a room alone that many ask at once, and that gets to them in its time', async () => {
    const world = createWorld()
    const room = spawn(world, 'room')
    for (let second = 0; second < 30; second++) {
      for (let i = 0; i < 20; i++) {
        spawn(world, 'picker').tell((self) =>
          room.ask<number>((reply) => (own) => own.after(4_000, () => reply.tell(1)), { self }),
        )
      }
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await world.clock.advanceAsync(1_000)
      expect(lint(world).has('held-up')).toBe(false)
    }
  })

  test('needs as many as it says, and as old as it says', () => {
    const idle = row('1', { behavior: 'auditor', ms: 10_000 })
    expect(lint(chain(idle)).has('held-up')).toBe(true)
    expect(lint(chain(idle), { held: 6 }).has('held-up')).toBe(false)
    expect(lint(chain(idle, 2_999)).has('held-up')).toBe(false)
    expect(lint(chain(idle), { heldMs: 10_001 }).has('held-up')).toBe(false)
    expect(lint(chain(row('1', { ms: 2_999 }))).has('held-up')).toBe(false)
    expect(lint(chain(waiting('1', { class: 'redis', ms: 2_999 }))).has('held-up')).toBe(false)
  })

  test('leaves to other lints who runs, who is about to, who is dead, and who is in a circle', () => {
    expect(lint(chain(row('1', { state: 'running', ms: 10_000 }))).has('held-up')).toBe(false)
    expect(lint(chain(row('1', { ms: 10_000, mailbox: 1 }))).has('held-up')).toBe(false)
    expect(lint(chain(row('7', { ms: 10_000 }))).has('held-up')).toBe(false)
    const circle = lint(chain(waiting('1', { actor: '2', ms: 10_000 })))
    expect([circle.has('held-up'), circle.has('deadlock')]).toEqual([false, true])
  })
})
