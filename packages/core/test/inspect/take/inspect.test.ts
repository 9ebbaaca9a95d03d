import { describe, expect, test, vi } from 'vitest'
import { createMachine } from 'xstate'
import { type AnyBehavior, defineBehavior, type Self } from '../../../src/behavior.ts'
import { inspectActor } from '../../../src/inspect/take/inspect.ts'
import { dumpSystem, takeDump } from '../../../src/inspect/take/take.ts'
import { fromMachine } from '../../../src/machine.ts'
import { inert } from '../../actors.ts'
import { createWorld, never } from '../../world.ts'

async function inspect(behavior: AnyBehavior): Promise<unknown> {
  const world = createWorld()
  const { id } = world.system.spawn(behavior)
  await world.settle()
  return inspectActor(world.system.find(id)!)
}

describe('what a behaviour shows of an actor', () => {
  test('is asked for when somebody looks at that one, and by no dump', async () => {
    const world = createWorld()
    const shown = vi.fn<(state: unknown) => object>((state) => ({ state }))
    const ref = world.system.spawn({ ...inert, start: () => 7, inspect: shown })
    await world.settle()
    takeDump(world.system)
    await Promise.all([dumpSystem(world.system), world.settle()])
    expect(shown).not.toHaveBeenCalled()
    expect(inspectActor(world.system.find(ref.id)!)).toEqual({ state: 7 })
  })

  test('is nothing where it shows nothing, or has not started', async () => {
    expect(await inspect(inert)).toBeUndefined()
    expect(await inspect({ ...inert, start: never, inspect: () => 1 })).toBeUndefined()
  })

  test('is said to have failed when it throws', async () => {
    const fault = (): never => {
      throw new Error('redis://ann:hunter2@host is gone')
    }
    expect(await inspect({ ...inert, inspect: fault })).toBe(
      'failed: Error: redis://[redacted]@host is gone',
    )
    // Nobody hears of the rejection.
    expect(
      await inspect({ ...inert, inspect: async () => await Promise.reject(new Error('late')) }),
    ).toBe('[Promise]')
  })

  test('has the kernel’s own objects by name, and nothing of other actors', async () => {
    const secret = 'hunter2'
    const behavior = defineBehavior({
      name: 'holder',
      start: (self: Self<unknown>) => ({
        self,
        child: self.spawn({ ...inert, start: () => secret }),
        context: self.context,
        timer: self.after(1_000, secret),
        hold: self.hold('lock', 'permit'),
        told: new Map([[self, 1]]),
      }),
      receive: () => undefined,
      inspect: (state) => state,
    })
    const json = await inspect(behavior)
    expect(json).toEqual({
      self: 'holder 1',
      child: 'inert 2',
      context: '[Context]',
      timer: '[Timer]',
      hold: '[Hold]',
      told: [['holder 1', 1]],
    })
    expect(JSON.stringify(json)).not.toContain(secret)
  })

  test('is made of the snapshot, for a machine', async () => {
    const machine = createMachine({
      id: 'lamp',
      initial: 'off',
      context: { watts: 7 },
      states: { off: {} },
    })
    const behavior = fromMachine(machine, {
      inspect: ({ value, context }) => ({ value, context }),
      tab: 'Lamps',
    })
    expect(await inspect(behavior)).toEqual({ value: 'off', context: { watts: 7 } })
    expect(behavior).toMatchObject({ name: 'lamp', tab: 'Lamps' })
    expect(await inspect(fromMachine(machine))).toBeUndefined()
  })
})
