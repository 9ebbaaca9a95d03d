import { defineBehavior, type Hold, type Ref } from '@sluice/core'
import { describe, expect, test } from 'vitest'
import { startTestNode } from '../http/harness.ts'

const quiet = defineBehavior<never, null>({
  name: 'quiet',
  start: () => null,
  receive: () => undefined,
})
const waiter = defineBehavior<never, Hold, Ref>({
  name: 'waiter',
  start: (self, holder) => self.hold('lock', holder),
  receive: () => undefined,
})

describe('an actor in full', () => {
  test('tells how many wait on it, and some of them', async () => {
    const { system, urls } = await startTestNode()
    const [holder, other] = [system.spawn(quiet), system.spawn(quiet)]
    for (let i = 0; i < 10; i++) system.spawn(waiter, holder)
    await new Promise<void>((resolve) => system.atTurnEnd({ run: resolve }))
    const waitersOf = async ({ id }: Ref): Promise<unknown> => {
      const detail = (await (await fetch(`${urls.admin}/debug/actors/${id}`)).json()) as object
      return 'waiters' in detail && detail.waiters
    }
    expect(await waitersOf(holder)).toMatchObject({
      count: 10,
      sample: Array.from({ length: 8 }, () => ({ behavior: 'waiter' })),
    })
    expect(await waitersOf(other)).toEqual({ count: 0, longestMs: 0, sample: [] })
  })
})
