// What happens between nodes and Redis when one thing goes wrong, done very often: the figures of docs/reliability.md.
//
//   pnpm links [--only cut-resubscribe] [--times 1000] [--seed 1]
//
// A seed makes the same choices again. Ends with 1 if a promise was not kept.

import { parseArgs } from 'node:util'
import { chosenOf, countOf } from '../support/arguments.ts'
import { experiments } from '../support/links/experiments.ts'
import { randomOf } from '../support/random.ts'
import { printTable } from '../support/table.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: { only: text, times: text, seed: text, brief: { type: 'boolean' } },
})
const chosen = chosenOf(experiments, values.only)
const seed = countOf(values.seed, 1 + Math.floor(Math.random() * 99_999))
const shown = 10

for (const { name, promise, times: usual, play } of chosen) {
  const times = countOf(values.times, usual)
  const started = performance.now()
  const { rows, broken, late } = await play({
    times,
    random: randomOf(seed),
    brief: values.brief === true,
  })
  const seconds = Math.round((performance.now() - started) / 1_000)
  printTable(`${name}: ${promise}\n  seed ${seed}, ${times} times, ${seconds} s`, rows)
  const notKept = [...broken, ...late]
  for (const line of notKept.slice(0, shown)) console.log(`  not kept: ${line}`)
  console.log(notKept.length === 0 ? '  kept' : `  ${notKept.length} times not kept, seed ${seed}`)
  if (notKept.length > 0) process.exitCode = 1
}
