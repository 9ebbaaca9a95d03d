// Rounds of chaos on three nodes and a Redis: each starts everything, does one thing to it under load, and has the
// history checked.
//
//   pnpm chaos [--rounds 9] [--seed 1] [--only node-kill] [--clients 200]
//
// A seed makes the same choices again; what the processes make of them is theirs. Ends with 1 if anything was found.

import { parseArgs } from 'node:util'
import { faults, type Outcome, playRound } from '../support/cluster/chaos.ts'
import { randomOf } from '../support/random.ts'
import { countOf } from '../support/table.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { rounds: text, seed: text, only: text, clients: text } })
const chosen = faults.filter(({ name }) => values.only === undefined || name === values.only)
if (chosen.length === 0) {
  throw new Error(`--only takes one of ${faults.map(({ name }) => name).join(' ')}`)
}
const rounds = countOf(values.rounds, chosen.length)
const seed = countOf(values.seed, 1 + Math.floor(Math.random() * 99_999))
const clients = countOf(values.clients, 200)
const shown = 10

console.log(`seed ${seed}, ${rounds} rounds, ${clients} clients`)
console.log(
  'round  fault        published  acked  unknown  landed  received  recovered  told  drops  back ms  findings',
)
let bad = 0
for (let round = 0; round < rounds; round++) {
  const fault = chosen[round % chosen.length]!
  const outcome = await playRound({ fault, clients, random: randomOf(seed + round) })
  print(round, fault.name, outcome)
  if (outcome.findings.length + outcome.faults.length > 0 || outcome.healedMs === undefined) bad++
}
console.log(bad === 0 ? 'nothing found' : `${bad} of ${rounds} rounds with findings, seed ${seed}`)
process.exitCode = bad === 0 ? 0 : 1

function print(round: number, name: string, outcome: Outcome): void {
  const { findings, tally, published, drops, healedMs } = outcome
  const columns: readonly (readonly [string | number, number])[] = [
    ...([
      [published, 9],
      [tally.acked, 5],
      [tally.unknown, 7],
      [tally.landed, 6],
    ] as const),
    ...([
      [tally.received, 8],
      [tally.recovered, 9],
      [tally.told, 4],
      [drops, 5],
    ] as const),
    ...([[healedMs === undefined ? 'never' : Math.round(healedMs), 7]] as const),
    ...([[findings.length + outcome.faults.length, 8]] as const),
  ]
  const row = columns.map(([value, width]) => String(value).padStart(width)).join('  ')
  console.log(`${String(round).padStart(5)}  ${name.padEnd(11)}  ${row}`)
  for (const { kind, room, client = '', detail } of findings.slice(0, shown)) {
    console.log(`       ${kind} ${room} ${client}: ${detail}`)
  }
  for (const fault of outcome.faults.slice(0, shown)) console.log(`       ${fault}`)
}
