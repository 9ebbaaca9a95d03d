import { describe, expect, test } from 'vitest'
import { RestartBudget } from '../../src/cli/restart-budget.ts'

describe('a restart budget', () => {
  test('gives five restarts in a minute, each after twice the wait, and then none', () => {
    const budget = new RestartBudget()
    const waits = [0, 1_000, 2_000, 3_000, 4_000, 59_999].map((now) => budget.take(now))
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, undefined])
  })

  test('forgets what is older than its window', () => {
    const budget = new RestartBudget({ restarts: 2, withinMs: 1_000 })
    expect([0, 500, 999].map((now) => budget.take(now))).toEqual([250, 500, undefined])
    expect(budget.take(1_000)).toBe(500)
    expect(budget.take(1_001)).toBeUndefined()
    expect(budget.take(5_000)).toBe(250)
  })

  test('never waits longer than it is told', () => {
    const budget = new RestartBudget({ restarts: 9, firstDelayMs: 100, maxDelayMs: 300 })
    expect([1, 2, 3, 4].map((now) => budget.take(now))).toEqual([100, 200, 300, 300])
  })
})
