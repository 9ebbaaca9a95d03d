// pnpm bench [name…]: runs the named benches, or all of them, and prints what they found.

import { parseArgs } from 'node:util'
import type { Bench, Settings } from './support/bench.ts'
import { contenders, productBin } from './support/contenders.ts'
import { describeMachine, findCores } from './support/machine.ts'
import { renderTable, type Table } from './support/report.ts'

const benches: Record<string, () => Promise<{ bench: Bench }>> = {
  fanout: () => import('./fanout.ts'),
  rooms: () => import('./rooms.ts'),
  echo: () => import('./echo.ts'),
  idle: () => import('./idle.ts'),
  churn: () => import('./churn.ts'),
  kernel: () => import('./kernel.ts'),
  cluster: () => import('./cluster.ts'),
  'cluster-rooms': () => import('./cluster-rooms.ts'),
  'redis-publish': () => import('./redis-publish.ts'),
  resubscribe: () => import('./resubscribe.ts'),
  'idle-room': () => import('./idle-room.ts'),
  seeing: () => import('./seeing.ts'),
  devtool: () => import('./devtool.ts'),
}

const usage = `pnpm bench [name…] [options]

Names: ${Object.keys(benches).join(' ')}; none means all.

  --rounds N         rounds, in each of which the servers take turns; default 3
  --seconds S        measured time of a turn; default 3
  --servers A,B      who takes part: sluice, ws, socket.io; default all
  --window N         messages under way of a saturated fan-out; default 256
  --rate N           messages a second of a sparse fan-out; default 100
  --connections N    idle connections; default 5000, at most 18000
  --nodes N          nodes of a cluster; default 2
  --bin FILE         another build's bin/sluice.js
  --json             one line of JSON instead of tables
`

interface Plan {
  names: string[]
  settings: Settings
  json: boolean
}

/** What the command line asks for, or undefined if only for help. */
function readArguments(): Plan | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      servers: { type: 'string', default: '' },
      window: { type: 'string', default: '256' },
      rate: { type: 'string', default: '100' },
      connections: { type: 'string', default: '5000' },
      nodes: { type: 'string', default: '2' },
      bin: { type: 'string', default: productBin },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const field = contenders(values.bin)
  const servers = pick(
    field.map(({ name }) => name),
    values.servers.split(',').filter(Boolean),
  )
  return {
    names: pick(Object.keys(benches), positionals),
    json: values.json,
    settings: {
      rounds: toNumber('rounds', values.rounds),
      seconds: toNumber('seconds', values.seconds),
      window: toNumber('window', values.window),
      perSecond: toNumber('rate', values.rate),
      connections: toNumber('connections', values.connections, 18_000),
      nodes: toNumber('nodes', values.nodes, 8),
      contenders: field.filter(({ name }) => servers.includes(name)),
      cores: findCores(),
      progress: (text) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
      },
    },
  }
}

async function run({ names, settings, json }: Plan): Promise<void> {
  const command = ['pnpm bench', ...process.argv.slice(2)].join(' ')
  const facts = { command, ...describeMachine(settings.cores) }
  const print = (text: string): void => {
    if (!json) process.stdout.write(text)
  }
  for (const [name, fact] of Object.entries(facts)) print(`${name.padEnd(9)} ${fact}\n`)
  const tables: Table[] = []
  for (const name of names) {
    const { bench } = await benches[name]!()
    for (const table of await bench.run(settings)) {
      settings.progress('')
      tables.push(table)
      print(`\n${renderTable(table)}`)
    }
  }
  if (json) process.stdout.write(`${JSON.stringify({ ...facts, tables })}\n`)
}

/** Those of `known` that are asked for, in the order they are asked; all if none is. */
function pick(known: readonly string[], asked: readonly string[]): string[] {
  for (const name of asked)
    if (!known.includes(name)) throw new RangeError(`${name} is none of: ${known.join(', ')}`)
  return [...(asked.length > 0 ? asked : known)]
}

function toNumber(name: string, text: string, most = Infinity): number {
  const value = Number(text)
  if (value >= 1 && value <= most) return value
  throw new RangeError(`--${name} ${text}: a number from 1${most < Infinity ? ` to ${most}` : ''}`)
}

// So that what hangs on the end of this process ends, too.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

let plan: Plan | undefined
try {
  plan = readArguments()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exit(2)
}
if (plan) await run(plan)
else process.stdout.write(usage)
