import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createMachine } from 'xstate'
import { lifecyclePage, printLifecycle } from '../../../scripts/diagram.ts'
import { diagram } from '../src/diagram.ts'

test('docs/lifecycle.md is what scripts/diagram.ts writes', () => {
  expect(readFileSync(lifecyclePage, 'utf8')).toBe(printLifecycle())
})

describe('a diagram', () => {
  test('draws flat states, and one arrow for all events between two of them', () => {
    const machine = createMachine({
      initial: 'off',
      states: {
        off: { on: { press: 'on', hold: 'on', look: {} } },
        on: { on: { press: 'off' }, after: { 5000: 'broken' } },
        broken: { type: 'final' },
      },
    })
    expect(diagram(machine)).toBe(`stateDiagram-v2
  [*] --> off
  broken --> [*]
  off --> on : press, hold
  on --> off : press
  on --> broken : after 5000
`)
  })

  test('draws nested states in boxes, and an arrow into its own box from the states within', () => {
    const machine = createMachine({
      initial: 'open',
      states: {
        open: {
          initial: 'quiet',
          on: { reset: '.quiet', close: 'sold', pause: 'not paid' },
          onDone: 'sold',
          states: {
            quiet: { on: { bid: { target: 'hot', guard: 'higher' }, log: { actions: 'note' } } },
            hot: {
              always: {
                target: 'quiet',
                guard: function cold() {
                  return true
                },
              },
            },
            last: { type: 'final' },
            before: { type: 'history' },
          },
        },
        sold: { invoke: { src: 'pay', id: 'payment', onDone: 'open', onError: 'not paid' } },
        'not paid': { on: { back: 'open.before', 'odd: "#1"; ': 'open' } },
      },
    })
    expect(diagram(machine)).toBe(`stateDiagram-v2
  [*] --> open
  state open {
    [*] --> s2
    state "quiet" as s2
    state "hot" as s3
    state "last" as s4
    s4 --> [*]
    state "before (history)" as s5
  }
  state "not paid" as s7
  s2 --> s2 : reset, log
  s3 --> s2 : reset, always [cold]
  open --> sold : close, done
  open --> s7 : pause
  s2 --> s3 : bid [higher]
  sold --> open : done payment
  sold --> s7 : error payment
  s7 --> s5 : back
  s7 --> open : odd 1
`)
  })

  test('draws parallel regions apart, in a box even at the root', () => {
    const region = { initial: 'x', states: { x: { on: { go: 'y' } }, y: {} } }
    const machine = createMachine({
      id: 'both',
      type: 'parallel',
      on: { reset: '.left.x' },
      states: { left: region, right: region },
    })
    expect(diagram(machine)).toBe(`stateDiagram-v2
  state "both" as s0
  state s0 {
    state left {
      [*] --> s2
      state "x" as s2
      state "y" as s3
    }
    --
    state right {
      [*] --> s5
      state "x" as s5
      state "y" as s6
    }
  }
  s2 --> s2 : reset
  s3 --> s2 : reset
  s2 --> s3 : go
  s5 --> s6 : go
`)
  })

  test('gives a number to a state whose name mermaid cannot read', () => {
    const machine = createMachine({
      initial: 'end',
      states: { end: { on: { a: '1st' } }, '1st': { on: { b: 's9' } }, s9: {} },
    })
    expect(diagram(machine)).toBe(`stateDiagram-v2
  [*] --> s1
  state "end" as s1
  state "1st" as s2
  state "s9" as s3
  s1 --> s2 : a
  s2 --> s3 : b
`)
  })
})
