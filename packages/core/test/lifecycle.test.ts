import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createActor, transition } from 'xstate'
import { createTestModel, getShortestPaths, getSimplePaths } from 'xstate/graph'
import { compile } from '../src/compile.ts'
import {
  Event,
  eventCount,
  eventNames,
  lifecycle,
  State,
  type StateName,
  states,
} from '../src/lifecycle.ts'

// XState warns of events that a stopped actor gets; here it gets them on purpose.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))

const table = compile(lifecycle, { states, events: eventNames })
const every = states.flatMap((state) => eventNames.map((event) => ({ state, event })))

/** A way to each state that a live actor can go. */
const ways = new Map(
  getShortestPaths(lifecycle, { events: eventNames.map((type) => ({ type })) }).map((path) => [
    path.state.value,
    path.steps.map((step) => step.event).filter(({ type }) => !type.startsWith('xstate.')),
  ]),
)

test('codes are places in the lists of names', () => {
  expect(states.map((name) => State[name])).toEqual([0, 1, 2, 3])
  expect(eventNames.map((name) => Event[name])).toEqual([0, 1, 2, 3, 4])
  expect([Object.keys(State), Object.keys(Event), eventCount]).toEqual([states, eventNames, 5])
})

test('the life, written out', () => {
  const life: Record<StateName, Partial<Record<(typeof eventNames)[number], StateName>>> = {
    idle: { take: 'running', wait: 'waiting', end: 'dead' },
    running: { settle: 'idle', wait: 'waiting', end: 'dead' },
    waiting: { take: 'running', settle: 'idle', wait: 'waiting', resume: 'running', end: 'dead' },
    dead: {},
  }
  for (const { state, event } of every) {
    expect(states[table.step(State[state], Event[event])]).toBe(life[state][event] ?? state)
  }
  expect(table.initial).toBe(State.idle)
})

describe('the table and XState agree', () => {
  test.each(every)('on $event in $state', ({ state, event }) => {
    const expected = states[table.step(State[state], Event[event])]

    const status = state === 'dead' ? 'done' : 'active'
    const [after] = transition(lifecycle, lifecycle.resolveState({ value: state, status }), {
      type: event,
    })
    expect(after.value).toBe(expected)

    const actor = createActor(lifecycle).start()
    for (const step of ways.get(state)!) actor.send(step)
    expect(actor.getSnapshot().value).toBe(state)
    actor.send({ type: event })
    expect(actor.getSnapshot().value).toBe(expected)
    expect(actor.getSnapshot().status).toBe(expected === 'dead' ? 'done' : 'active')
  })

  test('on every path without a circle', () => {
    const paths = getSimplePaths(lifecycle, { events: eventNames.map((type) => ({ type })) })
    expect(paths.length).toBeGreaterThan(10)
    for (const { steps, state } of paths) {
      const events = steps.map(({ event }) => event.type).filter(isEvent)
      const end = events.reduce<number>(
        (code, event) => table.step(code, Event[event]),
        table.initial,
      )
      expect(states[end]).toBe(state.value)
    }
  })

  test('on every path of the test model, with a real table under test', async () => {
    const model = createTestModel(lifecycle, { events: eventNames.map((type) => ({ type })) })
    const paths = model.getShortestPaths()
    const seen = new Set<string>()
    for (const path of paths) {
      let code = table.initial
      await path.test({
        states: Object.fromEntries(
          states.map((name) => [
            name,
            () => {
              seen.add(name)
              expect(states[code]).toBe(name)
            },
          ]),
        ),
        events: Object.fromEntries(
          eventNames.map((name) => [name, () => void (code = table.step(code, Event[name]))]),
        ),
      })
    }
    expect([...seen].toSorted()).toEqual([...states].toSorted())
  })
})

function isEvent(type: string): type is (typeof eventNames)[number] {
  return Object.hasOwn(Event, type)
}
