// Three nodes, a Redis and a swarm, and one thing that goes wrong: whatever was acked arrives once, in one order, or the
// client is told. The long form is e2e/scenes/chaos.ts.

import { expect, test } from 'vitest'
import { faults, playRound } from '../support/cluster/chaos.ts'

const promises: readonly (readonly [name: string, promise: string])[] = [
  ['node-kill', 'a node that is killed takes no message with it'],
  ['redis-empty', 'a Redis that comes back empty is told of'],
  ['black-hole', 'a node whose way to Redis falls silent hides nothing'],
  ['cut', 'connections to Redis that are cut at any byte cost nobody a message'],
]

test.for(promises)('%s: %s', { timeout: 120_000 }, async ([name]) => {
  const fault = faults.find((each) => each.name === name)!
  const outcome = await playRound({ fault, clients: 40, random: Math.random })
  expect(outcome.findings).toEqual([])
  expect(outcome.faults).toEqual([])
  expect(outcome.healedMs).toBeDefined()
  expect(outcome.tally.acked).toBeGreaterThan(20)
  expect(outcome.tally.told > 0).toBe(fault.mayRollBack ?? false)
})
