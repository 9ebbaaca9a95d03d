// What it costs to see: recorder, lineage and metrics, on a fan-out that is as fast as it goes; one node with all of them beside
// one with none. And what one reading of the metrics costs, with few actors and with many.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort } from '@sluice/test-support'
import type { Bench, Settings } from './support/bench.ts'
import { startChild } from './support/child.ts'
import type { Contender } from './support/contenders.ts'
import { nodeOn } from './support/machine.ts'
import { cpuNs } from './support/proc.ts'
import { median, type Table } from './support/report.ts'
import { startServer } from './support/server.ts'
import type { Asked } from './swarm/bursts.ts'

const members = 1_000
const messages = 256
const burstsEach = 40
const populations = [0, 100_000]

export const bench: Bench = {
  name: 'seeing',
  about: 'recorder, lineage and metrics: the fan-out with and without; one reading',
  run: async (settings) => [await fanout(settings), readings(settings)],
}

/** Bursts at one and the other in turn, some milliseconds each: what disturbs the machine disturbs both alike. */
async function fanout(settings: Settings): Promise<Table> {
  const { cores, rounds } = settings
  const ports = [await freePort(), await freePort()]
  await using seen = await startServer(nodeAs('seen', ports[0]!), cores?.server)
  await using unseen = await startServer(nodeAs('unseen', ports[1]!), cores?.server)
  const servers = [seen, unseen]
  const program = local('swarm/bursts.ts')
  const args = [members, messages, ...servers.map(({ port }) => port)].map(String)
  await using swarm = startChild(program, args, cores?.swarm)
  const ask = (asked: Asked): Promise<Asked> => swarm.ask<Asked>(asked)
  await ask({ type: 'open' })
  const burst = async (place: number): Promise<number> => {
    const { pid } = servers[place]!
    const before = cpuNs(pid)
    await ask({ type: 'burst', place })
    return cpuNs(pid) - before
  }
  const entries = ['seen', 'unseen'].map((name) => ({
    name,
    rounds: [] as Record<string, number>[],
  }))
  for (let round = 0; round <= rounds; round += 1) {
    settings.progress(`seeing, bursts · round ${round} of ${rounds}`)
    const spent: number[][] = [[], []]
    for (let i = 0; i < burstsEach; i += 1) {
      const order = i % 2 === 0 ? [0, 1] : [1, 0]
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      for (const place of order) spent[place]!.push(await burst(place))
    }
    // Prometheus reads each 15 s; here, once in as many bursts as a busy node does in less than a second.
    // oxlint-disable-next-line no-await-in-loop -- as above
    const reading = await costOfReading(seen.pid, ports[0]!)
    // The first round is to get warm.
    if (round === 0) continue
    for (const [place, { rounds: found }] of entries.entries()) {
      const all = spent[place]!.reduce((sum, ns) => sum + ns, place === 0 ? reading : 0)
      const deliveries = burstsEach * messages * members
      found.push({
        cpuUs: all / 1_000 / deliveries,
        typicalUs: median(spent[place]!) / 1_000 / messages / members,
      })
    }
  }
  return {
    title: `seeing: bursts of ${messages} messages into 1 room × ${members} members, 128 B`,
    setting: `${burstsEach} bursts a round at each in turn; seen: with one reading of /metrics a round; ${rounds} rounds`,
    measures: [
      { key: 'cpuUs', title: 'CPU a delivery', unit: 'µs', compare: true },
      { key: 'typicalUs', title: 'of the median burst', unit: 'µs', compare: true },
    ],
    entries,
    notes: [],
  }
}

function nodeAs(name: 'seen' | 'unseen', adminPort: number): Contender {
  return {
    name,
    dialect: 'centrifuge',
    command: [local('servers/seeing.ts'), name, String(adminPort)],
    ready: /^\{"ready":true,"port":(\d+)\}$/m,
  }
}

/** What the node spends on it. */
async function costOfReading(pid: number, port: number): Promise<number> {
  const before = cpuNs(pid)
  await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return cpuNs(pid) - before
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
    local('servers/reading.ts'),
    String(actors),
  ])
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`reading ${actors} actors failed: ${stderr}`)
  return JSON.parse(stdout) as Record<string, number>
}

function local(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
