import { describe, expect, test } from 'vitest'
import { quiet } from '../swarm/meter.ts'

describe('waiting for what is still under way', () => {
  test('outlasts a server that is silent for seconds and then delivers', async () => {
    const arrivals = [0, 9_000, 18_000, 27_000]
    const { received, waited } = await wait(arrivals, 4)
    expect(received).toBe(4)
    expect(waited).toBeLessThan(28_000)
  })

  test('ends as soon as there is enough', async () => {
    expect(await wait([0, 0], 2)).toEqual({ received: 2, waited: 0 })
  })

  test('ends after a long silence when something is missing for good', async () => {
    const { received, waited } = await wait([0, 2_000], 3)
    expect(received).toBe(2)
    expect(waited).toBeGreaterThanOrEqual(12_000)
    expect(waited).toBeLessThan(13_000)
  })
})

/** What has arrived, and when the wait for `expected` ends, if something arrives at each of these times. */
async function wait(
  arrivals: number[],
  expected: number,
): Promise<{ received: number; waited: number }> {
  let now = 0
  const received = (): number => arrivals.filter((at) => at <= now).length
  await quiet(received, () => received() >= expected, {
    now: () => now,
    sleep: async (ms) => {
      now += ms
    },
  })
  return { received: received(), waited: now }
}
