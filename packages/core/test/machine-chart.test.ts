import { describe, expect, test } from 'vitest'
import { createMachine } from 'xstate'
import { fromMachine } from '../src/machine.ts'
import { readMachine } from '../src/machine-chart.ts'
import { inert } from './actors.ts'
import { createWorld } from './world.ts'

const door = createMachine({
  id: 'door',
  initial: 'closed',
  on: { blast: '.gone' },
  states: {
    closed: { on: { open: { target: 'ajar', guard: () => true } } },
    ajar: {
      initial: 'still',
      after: { 5_000: 'closed' },
      states: { still: { on: { push: 'swinging' } }, swinging: { on: { push: {} } } },
    },
    gone: { type: 'final' },
  },
})

async function chartOf(...events: string[]) {
  const world = createWorld()
  const ref = world.system.spawn(fromMachine(door))
  for (const type of events) ref.tell({ type })
  await world.clock.advanceAsync(1)
  return readMachine(world.system.find(ref.id)?.state)
}

describe('the chart of a machine', () => {
  test('tells its innermost states, and which of them it is in', async () => {
    expect((await chartOf())?.states).toEqual([
      { path: 'closed', final: false, now: true },
      { path: 'ajar.still', final: false, now: false },
      { path: 'ajar.swinging', final: false, now: false },
      { path: 'gone', final: true, now: false },
    ])
    expect((await chartOf('open', 'push'))?.states.filter(({ now }) => now)).toMatchObject([
      { path: 'ajar.swinging' },
    ])
  })

  test('tells where each event leads, also those of the states around, delays and such as change nothing', async () => {
    const lines = (await chartOf())?.transitions.map(
      ({ from, to, event, guarded }) => `${from} ${event}${guarded ? '?' : ''} ${to}`,
    )
    expect(lines).toEqual([
      'closed blast gone',
      'ajar.still blast gone',
      'ajar.swinging blast gone',
      'gone blast gone',
      'closed open? ajar.still',
      'ajar.still after 5000 ms closed',
      'ajar.swinging after 5000 ms closed',
      'ajar.still push ajar.swinging',
      'ajar.swinging push ajar.swinging',
    ])
  })

  test('is none for an actor that is no machine', () => {
    const world = createWorld()
    const ref = world.system.spawn(inert)
    expect(readMachine(world.system.find(ref.id)?.state)).toBeUndefined()
    expect([null, 1, {}, { snapshot: () => ({}) }].map(readMachine)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})
