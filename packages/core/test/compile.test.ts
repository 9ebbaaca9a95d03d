import * as fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { type AnyStateMachine, createActor, createMachine, transition } from 'xstate'
import { compile } from '../src/compile.ts'

// XState warns of events that a stopped actor gets; here it gets them on purpose.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))

/** A machine from a config that the types would refuse, too. */
function machine(config: object): AnyStateMachine {
  return createMachine({ id: 'm', initial: 'a', ...config })
}

/** Two states; `a` has what is given besides. */
function withState(a: object, rest: object = {}): AnyStateMachine {
  return machine({ states: { a, b: {}, ...rest } })
}

describe('a compiled machine', () => {
  test('has codes in the order of the machine, or in the order asked for', () => {
    const turnstile = machine({
      initial: 'locked',
      states: {
        open: { on: { push: 'locked' } },
        locked: { on: { coin: 'open', push: { description: 'nothing happens' } } },
      },
    })
    const table = compile(turnstile)
    expect([table.states, table.events, table.initial]).toEqual([
      ['open', 'locked'],
      ['push', 'coin'],
      1,
    ])
    expect([...table.next]).toEqual([1, 0, 1, 0])
    expect(table.step(1, 1)).toBe(0)

    const asked = compile(turnstile, {
      states: ['locked', 'open'],
      events: ['coin', 'kick', 'push'],
    })
    expect(asked.initial).toBe(0)
    expect([...asked.next]).toEqual([1, 0, 0, 1, 1, 0])
  })

  test('refuses codes that do not fit the machine', () => {
    const two = withState({ on: { go: 'b' } })
    expect(() => compile(two, { states: ['a'] })).toThrow(
      '[option_invalid] compile.states: b has no code',
    )
    expect(() => compile(two, { states: ['a', 'b', 'c'] })).toThrow(
      'compile.states: machine m has no c',
    )
    expect(() => compile(two, { events: [] })).toThrow('compile.events: go has no code')
    expect(() => compile(two, { events: ['go', 'go'] })).toThrow(
      'compile.events: a name has two codes',
    )
  })

  test('takes what changes nothing: texts, tags, empty lists, a target that is left out', () => {
    const plain = withState({
      entry: [],
      tags: ['calm'],
      meta: { colour: 'blue' },
      on: {
        go: {
          target: 'b',
          actions: [],
          guard: undefined,
          description: 'on',
          meta: {},
          reenter: true,
        },
        stay: undefined,
        none: [],
        'dotted.name': 'b',
      },
    })
    const table = compile(plain)
    expect(table.events).toEqual(['go', 'stay', 'none', 'dotted.name'])
    expect([...table.next]).toEqual([1, 0, 0, 1, 1, 1, 1, 1])
  })

  test('any flat machine and its table give the same answers, step by step and over a life', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const events = ['e1', 'e2', 'e3', 'e4']
    const target = fc.option(fc.constantFrom(...names, '#other'), { nil: undefined })
    const on = fc.dictionary(
      fc.constantFrom(...events),
      fc.oneof(
        target,
        fc.record({ target, reenter: fc.boolean() }),
        fc.tuple(fc.record({ target })),
      ),
    )
    const state = fc.oneof(
      { weight: 4, arbitrary: fc.record({ on }) },
      { weight: 1, arbitrary: fc.constant({ type: 'final' }) },
    )
    const states = fc.tuple(...names.map(() => state))
    fc.assert(
      fc.property(states, fc.array(fc.nat({ max: 3 }), { maxLength: 20 }), (given, life) => {
        const m = machine({
          states: {
            ...Object.fromEntries(names.map((name, i) => [name, given[i]])),
            other: { id: 'other', on: { e1: 'a' } },
          },
        })
        const table = compile(m, { events })
        for (const [code, value] of table.states.entries()) {
          const status = m.states[value]?.type === 'final' ? 'done' : 'active'
          for (const [event, type] of events.entries()) {
            const [after] = transition(m, m.resolveState({ value, status, context: {} }), { type })
            expect(table.states[table.step(code, event)]).toBe(after.value)
          }
        }
        const actor = createActor(m).start()
        let code = table.initial
        for (const event of life) {
          actor.send({ type: events[event]! })
          code = table.step(code, event)
          expect(table.states[code]).toBe(actor.getSnapshot().value)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('what a table cannot do is refused, with the state and the key', () => {
  const action = (): void => {}
  const to = (go: object): AnyStateMachine => withState({ on: { go } })
  test.each<[string, () => AnyStateMachine, string]>([
    [
      'nested states',
      () => withState({ initial: 'x', states: { x: {} } }),
      'm.a: type is compound',
    ],
    [
      'a parallel state',
      () => withState({ type: 'parallel', states: { x: {} } }),
      'm.a: type is parallel',
    ],
    [
      'a parallel root',
      () => machine({ initial: undefined, type: 'parallel', states: { a: {} } }),
      'm: type',
    ],
    ['no states', () => machine({ initial: undefined }), 'm: type'],
    ['a history state', () => withState({}, { h: { type: 'history' } }), 'm.h: type is history'],
    ['a guard', () => to({ target: 'b', guard: () => true }), 'm.a: on.go.guard'],
    ['an action', () => to({ target: 'b', actions: action }), 'm.a: on.go.actions'],
    ['an action without a target', () => to({ actions: [action] }), 'm.a: on.go.actions'],
    [
      'several to choose from',
      () => withState({ on: { go: ['b', 'a'] } }),
      'm.a: on.go has several',
    ],
    ['several targets', () => to({ target: ['a', 'b'] }), 'm.a: on.go.target names several'],
    ['the root as a target', () => to({ target: '#m' }), 'm.a: on.go.target is not a state'],
    ['entry', () => withState({ entry: action }), 'm.a: entry'],
    ['exit', () => withState({ exit: action }), 'm.a: exit'],
    ['invoke', () => withState({ invoke: { src: 'x' } }), 'm.a: invoke'],
    ['after', () => withState({ after: { 100: 'b' } }), 'm.a: after'],
    ['always', () => withState({ always: 'b' }), 'm.a: always'],
    ['onDone', () => withState({ onDone: 'b' }), 'm.a: onDone'],
    ['a wildcard', () => withState({ on: { '*': 'b' } }), 'm.a: on.* is a wildcard'],
    ['a partial wildcard', () => withState({ on: { 'go.*': 'b' } }), 'm.a: on.go.* is a wildcard'],
    ["XState's own events", () => withState({ on: { 'xstate.init': 'b' } }), 'm.a: on.xstate.init'],
    [
      'events of a final state',
      () => withState({}, { f: { type: 'final', on: { go: 'a' } } }),
      'm.f: on',
    ],
    [
      'output of a final state',
      () => withState({}, { f: { type: 'final', output: 1 } }),
      'm.f: output',
    ],
    ['output of the machine', () => machine({ states: { a: {} }, output: 1 }), 'm: output'],
    ['context', () => machine({ states: { a: {} }, context: { n: 1 } }), 'm: context'],
    ['events of the root', () => machine({ states: { a: {} }, on: { go: '.a' } }), 'm: on'],
    ['entry of the root', () => machine({ states: { a: {} }, entry: action }), 'm: entry'],
    ['invoke of the root', () => machine({ states: { a: {} }, invoke: { src: 'x' } }), 'm: invoke'],
    [
      'always of the root',
      () => machine({ states: { a: {} }, always: { actions: action } }),
      'm: always',
    ],
    ['after of the root', () => machine({ states: { a: {} }, after: { 5: '.a' } }), 'm: after'],
    [
      'actions at the start',
      () => machine({ initial: { target: 'a', actions: action }, states: { a: {} } }),
      'm: initial',
    ],
    ['a key of a later XState', () => withState({ route: {} }), 'm.a: route'],
    [
      'more states than a byte',
      () =>
        machine({
          initial: 's0',
          states: Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`s${i}`, {}])),
        }),
      'm: states',
    ],
  ])('%s', (_, make, message) => {
    expect(() => compile(make())).toThrow(`[machine_unsupported] ${message}`)
  })
})
