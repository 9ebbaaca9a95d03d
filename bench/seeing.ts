// What it costs to see: recorder, lineage and metrics, on the saturated fan-out; one node with all of them, read each second as
// Prometheus would, beside one with none. And what one reading costs, with few actors and with many.

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import {
  type Bench,
  howMeasured,
  type Settings,
  takeTurnsWith,
  targetOf,
  warmupMs,
} from './support/bench.ts'
import { loadMeasures, toTurn } from './support/load.ts'
import { nodeOn } from './support/machine.ts'
import type { Table } from './support/report.ts'
import { startServer } from './support/server.ts'
import { startSwarm } from './support/swarm.ts'

const members = 1_000
const payloadBytes = 128
/** Prometheus reads each 15 s, more or less. */
const scrapeMs = 1_000
const populations = [0, 100_000]

export const bench: Bench = {
  name: 'seeing',
  about: 'recorder, lineage and metrics: the fan-out with and without; one reading',
  run: async (settings) => [await fanout(settings), readings(settings)],
}

async function fanout(settings: Settings): Promise<Table> {
  const { cores, window, seconds } = settings
  const title = 'seeing, saturated fan-out'
  const turns = await takeTurnsWith(
    settings,
    title,
    [{ name: 'seen' }, { name: 'unseen' }],
    async ({ name }) => {
      const adminPort = await freePort()
      const command = [program('servers/seeing.ts'), name, String(adminPort)]
      const ready = /^\{"ready":true,"port":(\d+)\}$/m
      const contender = { name, dialect: 'centrifuge', command, ready } as const
      await using server = await startServer(contender, cores?.server)
      await using swarm = startSwarm(cores?.swarm)
      const scraping =
        name === 'seen' ? setInterval(() => void scrape(adminPort), scrapeMs) : undefined
      try {
        const shape = { rooms: 1, members, payloadBytes, pace: { window } }
        const target = targetOf(server, 'centrifuge')
        const measureMs = seconds * 1_000
        return toTurn(await swarm.load({ type: 'fanout', target, warmupMs, measureMs, ...shape }))
      } finally {
        clearInterval(scraping)
      }
    },
  )
  return {
    title: `${title}: 1 room × ${members} members, ${payloadBytes} B, ${window} messages under way`,
    setting: `seen: with all, and read each ${scrapeMs / 1_000} s; ${howMeasured(settings)}`,
    measures: loadMeasures('deliveries', 'delivery'),
    ...turns,
  }
}

function readings(settings: Settings): Table {
  const entries = populations.map((actors) => ({
    name: `${actors} actors`,
    rounds: Array.from({ length: settings.rounds }, (_, round) => {
      settings.progress(
        `seeing, one reading · round ${round + 1} of ${settings.rounds} · ${actors}`,
      )
      return readOnce(settings, actors)
    }),
  }))
  return {
    title: 'seeing: one reading of /metrics',
    setting: `with its request, both ends; median of 20, median of ${settings.rounds} rounds`,
    measures: [
      { key: 'cpuMs', title: 'CPU', unit: 'ms' },
      { key: 'wallMs', title: 'wall clock', unit: 'ms' },
      { key: 'bytes', title: 'size', unit: 'bytes' },
    ],
    entries,
    notes: [],
  }
}

function readOnce(settings: Settings, actors: number): Record<string, number> {
  const [command, args] = nodeOn(settings.cores?.server, [
    program('servers/reading.ts'),
    String(actors),
  ])
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`reading ${actors} actors failed: ${stderr}`)
  return JSON.parse(stdout) as Record<string, number>
}

/** Its text is read to the end, as a scraper does; one that comes too early or too late is nobody's fault. */
async function scrape(port: number): Promise<void> {
  try {
    await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  } catch {
    // The node is not there yet, or no more.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function program(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
