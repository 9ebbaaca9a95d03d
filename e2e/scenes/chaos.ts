// Rounds of chaos on three nodes and a Redis, or several: each starts everything, does one thing to it under load, and has the
// history checked, who is present, and what is left on each node.
//
//   pnpm chaos [--rounds 14] [--seed 1] [--only node-kill] [--redis cluster] [--clients 200] [--histories FOLDER]
//
// With `--redis`, all that can be played on that kind of Redis: one, sentinels, cluster. Else each on the kind that it
// asks for. A seed makes the same choices again; what the processes make of them is theirs. Ends with 1 if anything was found; the
// histories of such rounds are written to a folder if there is one.

import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { chosenOf, countOf } from '../support/arguments.ts'
import {
  faults,
  type Outcome,
  playRound,
  problemsOf,
  redisKinds,
} from '../support/cluster/chaos.ts'
import { randomOf } from '../support/random.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: { rounds: text, seed: text, only: text, redis: text, clients: text, histories: text },
})
const redis = redisKinds.find((kind) => kind === values.redis)
if (values.redis !== undefined && redis === undefined) {
  throw new Error(`--redis takes one of ${redisKinds.join(' ')}`)
}
const playable = faults.filter(
  (fault) => redis === undefined || fault.redis === undefined || fault.redis === redis,
)
const chosen = chosenOf(playable, values.only)
const rounds = countOf(values.rounds, chosen.length)
const seed = countOf(values.seed, 1 + Math.floor(Math.random() * 99_999))
const clients = countOf(values.clients, 200)
const shown = 10

/** Heading, width, figure. */
const columns: readonly (readonly [string, number, (outcome: Outcome) => string | number])[] = [
  ['published', 9, ({ published }) => published],
  ['acked', 6, ({ tally }) => tally.acked],
  ['unknown', 7, ({ tally }) => tally.unknown],
  ['landed', 6, ({ tally }) => tally.landed],
  ['thrown away', 11, ({ lost }) => lost],
  ['received', 8, ({ tally }) => tally.received],
  ['recovered', 9, ({ tally }) => tally.recovered],
  ['told', 6, ({ tally }) => tally.told],
  ['drops', 6, ({ drops }) => drops],
  ['back ms', 7, ({ healedMs }) => (healedMs === undefined ? 'never' : Math.round(healedMs))],
  ['findings', 8, (outcome) => problemsOf(outcome).length],
]

console.log(`seed ${seed}, ${rounds} rounds, ${clients} clients`)
print('round', 'fault', (heading) => heading)
let bad = 0
for (let round = 0; round < rounds; round++) {
  const fault = chosen[round % chosen.length]!
  try {
    const outcome = await playRound({
      ...{ fault, clients, random: randomOf(seed + round) },
      ...(redis && { redis }),
    })
    const problems = problemsOf(outcome)
    print(String(round), fault.name, (_heading, figure) => figure(outcome))
    for (const problem of problems.slice(0, shown)) console.log(`       ${problem}`)
    if (problems.length > 0) {
      bad++
      if (values.histories !== undefined) await keep(values.histories, round, outcome)
    }
  } catch (error) {
    console.log(`${String(round).padStart(5)}  ${fault.name.padEnd(16)}  ${String(error)}`)
    bad++
  }
}
console.log(bad === 0 ? 'nothing found' : `${bad} of ${rounds} rounds with findings, seed ${seed}`)
process.exitCode = bad === 0 ? 0 : 1

function print(
  round: string,
  fault: string,
  cell: (heading: string, figure: (outcome: Outcome) => string | number) => string | number,
): void {
  const cells = columns.map(([heading, width, figure]) =>
    String(cell(heading, figure)).padStart(width),
  )
  console.log([round.padStart(5), fault.padEnd(16), ...cells].join('  '))
}

/** One event a line. */
async function keep(folder: string, round: number, { history }: Outcome): Promise<void> {
  const lines = Readable.from(history.events).map((event) => `${JSON.stringify(event)}\n`)
  await pipeline(lines, createWriteStream(join(folder, `chaos-${seed}-${round}.jsonl`)))
}
