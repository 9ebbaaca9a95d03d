// Three nodes, a Redis and a swarm, and one thing that goes wrong: whatever was acked arrives once, in one order, or the
// client is told. The long form is e2e/scenes/chaos.ts.
//
//   CHAOS_SEED=123 pnpm vitest run --project e2e cluster-chaos        makes the choices of the run that printed it

import { expect, test } from 'vitest'
import { faults, playRound, problemsOf } from '../support/cluster/chaos.ts'
import { randomOf } from '../support/random.ts'

const seed = Number(process.env['CHAOS_SEED'] ?? 1 + Math.floor(Math.random() * 99_999))
console.log(`CHAOS_SEED=${seed}`)

const promises: readonly (readonly [name: string, promise: string])[] = [
  ['node-kill', 'a node that is killed takes no message with it'],
  ['redis-empty', 'a Redis that comes back empty is told of'],
  ['black-hole', 'a node whose way to Redis falls silent hides nothing'],
  ['cut', 'connections to Redis that are cut at any byte cost nobody a message'],
  ['failover-lag', 'what a failover throws away is told of'],
  ['cluster-lag', 'what a failover in a Redis Cluster throws away is told of'],
  ['cluster-move', 'slots that move between primaries cost nobody a message'],
]

test.for(promises)('%s: %s', { timeout: 120_000 }, async ([name]) => {
  const nth = faults.findIndex((each) => each.name === name)
  const fault = faults[nth]!
  const outcome = await playRound({ fault, clients: 40, random: randomOf(seed + nth) })
  expect(problemsOf(outcome)).toEqual([])
  expect(outcome.tally.acked).toBeGreaterThan(20)
  expect(outcome.tally.told > 0).toBe(fault.mayRollBack ?? false)
})
