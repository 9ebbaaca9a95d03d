import { describe, expect, test } from 'vitest'
import { layOutMachine } from '../src/data/machine-layout.ts'

const state = (path: string, now = false) => ({ path, final: false, now })
const step = (from: string, event: string, to: string, guarded = false) => ({
  from,
  event,
  to,
  guarded,
})

describe('the picture of a machine', () => {
  const { boxes, arrows } = layOutMachine({
    states: [state('open', true), state('closing'), state('sold'), state('never')],
    transitions: [
      step('open', 'bid', 'open', true),
      step('open', 'after 1 s', 'closing'),
      step('closing', 'bid', 'open', true),
      step('closing', 'look', 'open'),
      step('closing', 'after 1 s', 'sold'),
    ],
  })

  test('goes to the right with each step from the first state', () => {
    const byX = boxes.toSorted((a, b) => a.x - b.x).map(({ path }) => path)
    expect(byX).toEqual(['open', 'closing', 'sold', 'never'])
  })

  test('draws one arrow between two states, and words where nothing moves', () => {
    expect(arrows.map(({ from, to, words, back }) => [from.path, to.path, words, back])).toEqual([
      ['open', 'closing', 'after 1 s', false],
      ['closing', 'open', 'bid ?, look', true],
      ['closing', 'sold', 'after 1 s', false],
    ])
    expect(boxes.map(({ stays }) => stays)).toEqual(['bid ?', '', '', ''])
  })
})
