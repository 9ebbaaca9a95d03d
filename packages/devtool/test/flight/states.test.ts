import type { StateName } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { longestRuns, nextMoment, rowsAround, statesAt } from '../../src/data/flight/states.ts'
import { stalledActor } from '../../src/data/flight/stalled.ts'
import { final, histories, longest, row } from './histories.ts'

const dead = { state: 'dead', wait: '' }

const moments = fc.integer({ min: 1, max: longest })

describe('the states of a moment', () => {
  test('are those that everybody had then', () => {
    fc.assert(
      fc.property(histories, moments, ({ rows, finals, lives }, at) => {
        const lived = [...lives].flatMap(([id, life]) => {
          const then = life.findLast(({ agoMs }) => agoMs >= at)
          // When the dead were born, nobody tells: they count as idle until they did something.
          const { state, wait } = then ?? (life.at(-1)!.state === 'dead' ? life[0]! : dead)
          return state === 'dead' ? [] : [[id, state, wait]]
        })
        const read = [...statesAt(rows, finals, at).values()].map(({ actor, state, wait }) => [
          actor,
          state,
          wait,
        ])
        const sorted = (list: unknown[][]): unknown[][] =>
          list.toSorted(([a], [b]) => Number(a) - Number(b))
        expect(sorted(read)).toEqual(sorted(lived))
      }),
      { numRuns: 1_000 },
    )
  })

  test('replayed forward, are those of now', () => {
    fc.assert(
      fc.property(histories, moments, ({ rows, finals }, at) => {
        const states = new Map(
          [...statesAt(rows, finals, at)].map(([id, { state }]) => [id, state] as const),
        )
        const steps: [StateName | undefined, StateName][] = []
        for (const { actor, agoMs, from, to } of rows) {
          if (agoMs >= at || !states.has(actor)) continue
          steps.push([states.get(actor), from])
          states.set(actor, to)
        }
        for (const [stood, from] of steps) expect(stood).toBe(from)
        const living = [...states].filter(([, state]) => state !== 'dead')
        const old = finals.filter(({ ageMs }) => ageMs >= at)
        expect(new Map(living)).toEqual(new Map(old.map(({ id, state }) => [id, state])))
      }),
    )
  })

  test('say since when, and what for, as far as the rows reach', () => {
    const rows = [
      row(900, '1', 'idle', 'running'),
      row(700, '1', 'running', 'waiting', 'redis'),
      row(200, '1', 'waiting', 'idle'),
      row(100, '2', 'running', 'idle'),
    ]
    const finals = [final('1', 'idle', 200), final('2', 'idle', 100), final('3', 'waiting', 5_000)]
    expect([...statesAt(rows, finals, 500).values()]).toEqual([
      { actor: '1', behavior: 'b1', state: 'waiting', wait: 'redis', since: 700 },
      { actor: '2', behavior: 'b2', state: 'running', wait: '', since: undefined },
      { actor: '3', behavior: 'b3', state: 'waiting', wait: 'ask', since: 5_000 },
    ])
  })

  test('believe a transition more than an age, which older dumps read a moment later', () => {
    const rows = [row(520, '1', 'idle', 'running')]
    expect([...statesAt(rows, [final('1', 'running', 500, 500)], 520).values()]).toEqual([
      { actor: '1', behavior: 'b1', state: 'running', wait: '', since: 520 },
    ])
  })

  test('are known of those that moved, where nobody lists the actors of now', () => {
    const rows = [row(900, '1', 'idle', 'running'), row(100, '2', 'idle', 'running')]
    expect([...statesAt(rows, [], 500).values()].map(({ actor, state }) => [actor, state])).toEqual(
      [
        ['2', 'idle'],
        ['1', 'running'],
      ],
    )
  })
})

describe('the longest runs', () => {
  test('are told with those that go on, and those that had begun before', () => {
    const rows = [
      row(900, '1', 'idle', 'running'),
      row(850, '1', 'running', 'idle'),
      row(800, '2', 'running', 'waiting', 'ask'),
      row(600, '3', 'idle', 'running'),
      row(500, '2', 'waiting', 'running'),
      row(490, '2', 'running', 'idle'),
    ]
    expect(longestRuns(rows, 3)).toEqual([
      { actor: '3', behavior: 'b3', from: 600, to: 0 },
      { actor: '2', behavior: 'b2', from: 900, to: 800 },
      { actor: '1', behavior: 'b1', from: 900, to: 850 },
    ])
    expect(longestRuns([], 3)).toEqual([])
  })
})

test('rows around a moment are those before it and those after it', () => {
  const rows = [900, 700, 500, 300].map((agoMs) => row(agoMs, '1', 'idle', 'running'))
  const { before, after: later } = rowsAround(rows, 500, 2)
  expect(before.map(({ agoMs }) => agoMs)).toEqual([700, 500])
  expect(later.map(({ agoMs }) => agoMs)).toEqual([300])
  expect(rowsAround(rows, 100, 1)).toEqual({ before: [rows[3]], after: [] })
  expect([nextMoment(rows, 500, true), nextMoment(rows, 500, false)]).toEqual([300, 700])
  expect([nextMoment(rows, 300, true), nextMoment(rows, 900, false)]).toEqual([
    undefined,
    undefined,
  ])
})

test('who held the loop is the one whom the reason of a stall names', () => {
  const actors = [final('1', 'idle', 1), { ...final('8', 'running', 1), behavior: 'busy' }] as never
  const of = (trigger: 'stall' | 'slo', detail: string) =>
    stalledActor({ actors, reason: { trigger, detail } })
  expect(of('stall', 'busy 8 in spin (busy.ts:30)')).toBe('8')
  expect(of('stall', 'busy 8')).toBe('8')
  expect(of('stall', 'busy 80 in spin (busy.ts:30)')).toBeUndefined()
  expect(of('stall', 'in spin (busy.ts:30)')).toBeUndefined()
  expect(of('slo', 'busy 8')).toBeUndefined()
  expect(stalledActor({ actors })).toBeUndefined()
})
