import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RuleWatch, type SloRule } from '../../src/seeing/slo.ts'

/** The times at which dumps were due, of a figure that is looked at each second. */
function dumps(watch: RuleWatch, values: readonly number[], from = 0): number[] {
  return values.flatMap((value, i) =>
    watch.look((from + i) * 1_000, value) === undefined ? [] : [from + i],
  )
}

const level: SloRule = { name: 'level', figure: 'loopLagMs', above: 10, forMs: 0 }
const many = (value: number, seconds: number): number[] =>
  Array.from({ length: seconds }, () => value)

describe('a rule about a level', () => {
  test('is broken above it, not at it', () => {
    expect(dumps(new RuleWatch(level, 1_000), [10])).toEqual([])
    expect(dumps(new RuleWatch(level, 1_000), [11])).toEqual([0])
    expect(dumps(new RuleWatch(level, 1_000), [Number.NaN])).toEqual([])
  })

  test('is broken only after so long without a break', () => {
    const rule = { ...level, forMs: 3_000 }
    expect(dumps(new RuleWatch(rule, 60_000), [11, 11, 11, 10, 11, 11, 11, 11])).toEqual([7])
  })

  test('says what it saw', () => {
    expect(new RuleWatch({ ...level, above: 10 }, 0).look(0, 12.4)).toEqual({
      detail: 'level: loopLagMs 12, above 10',
      value: 12.4,
      threshold: 10,
    })
  })

  test('asks for a second dump a cooldown later, and no more as long as it lasts', () => {
    expect(dumps(new RuleWatch(level, 5_000), many(11, 100))).toEqual([0, 5])
  })

  test('asks anew after it was calm for a cooldown, not after a moment', () => {
    const watch = new RuleWatch(level, 5_000)
    expect(dumps(watch, many(11, 10))).toEqual([0, 5])
    expect(dumps(watch, [...many(0, 4), ...many(11, 10)], 10)).toEqual([])
    expect(dumps(watch, [...many(0, 6), ...many(11, 10)], 24)).toEqual([30, 35])
  })

  test('does not count time in which nobody could look', () => {
    const watch = new RuleWatch({ ...level, forMs: 60_000 }, 0)
    expect(watch.look(0, 11)).toBeUndefined()
    // As after a laptop's sleep.
    expect(watch.look(600_000, 11)).toBeUndefined()
    expect(dumps(watch, many(11, 60), 601)).toEqual([660])
  })
})

describe('a rule with a slope', () => {
  // The rule of the incident: more than 5,000 actors for two minutes, and 150 more within 30 s.
  const rule: SloRule = {
    name: 'crowd',
    figure: 'actors',
    above: 5_000,
    forMs: 120_000,
    growsBy: 150,
    growsInMs: 30_000,
  }
  const growing = (from: number, perSecond: number, seconds: number): number[] =>
    Array.from({ length: seconds }, (_, i) => from + i * perSecond)

  test('is broken when both hold', () => {
    const watch = new RuleWatch(rule, 60_000)
    const times = growing(5_001, 6, 200)
    expect(dumps(watch, times)).toEqual([120, 180])
    expect(new RuleWatch(rule, 60_000).look(0, 9_000)).toBeUndefined()
  })

  test('tells the slope', () => {
    const watch = new RuleWatch(rule, 60_000)
    const told = growing(5_001, 7, 121).map((value, i) => watch.look(i * 1_000, value))
    expect(told.at(-1)?.detail).toBe('crowd: actors 5841, above 5000 for 2m, grew by 210 in 30s')
  })

  test('is kept by many that do not grow, or not so fast', () => {
    expect(dumps(new RuleWatch(rule, 60_000), many(50_000, 300))).toEqual([])
    expect(dumps(new RuleWatch(rule, 60_000), growing(6_000, 5, 300))).toEqual([])
  })

  test('is kept by growth that is new', () => {
    expect(dumps(new RuleWatch(rule, 60_000), [...many(0, 5), ...many(9_000, 119)])).toEqual([])
  })
})

test('rules agree with their definition, whatever the figures do', () => {
  const rules = fc.record({
    name: fc.constant('r'),
    figure: fc.constant('actors' as const),
    above: fc.integer({ min: 0, max: 4 }),
    forMs: fc.integer({ min: 0, max: 5 }).map((s) => s * 1_000),
    growsBy: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  })
  const values = fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 40 })
  fc.assert(
    fc.property(rules, values, fc.integer({ min: 1, max: 4 }), (rule, seen, span) => {
      const slope = rule.growsBy === undefined ? {} : { growsInMs: span * 1_000 }
      // Without a cooldown each look that finds the rule broken is a dump, but for a spell's third and later.
      const watch = new RuleWatch({ ...rule, ...slope }, 0)
      const broken = seen.map((value, now) => {
        const from = now - rule.forMs / 1_000
        const held = from >= 0 && seen.slice(from, now + 1).every((one) => one > rule.above)
        const base = seen[now - span]
        const grown = base !== undefined && value - base > (rule.growsBy ?? 0)
        return held && (rule.growsBy === undefined || grown)
      })
      const due = broken.map((now, i) => now && !(broken[i - 1] === true && broken[i - 2] === true))
      expect(seen.map((value, i) => watch.look(i * 1_000, value) !== undefined)).toEqual(due)
    }),
  )
})
