import { afterEach, expect, test, vi } from 'vitest'
import { SpanClock } from '../../src/tracing/span-clock.ts'

afterEach(() => vi.useRealTimers())

test('tells parts of a millisecond', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_000_000 })
  const clock = new SpanClock()
  const before = clock.now()
  vi.advanceTimersByTime(0.25)
  expect(clock.now() - before).toBeCloseTo(0.25)
})

test('follows the machine’s clock where that is set', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_000_000 })
  const clock = new SpanClock()
  vi.setSystemTime(5_000_000)
  expect(clock.now()).toBeCloseTo(5_000_000)
})
