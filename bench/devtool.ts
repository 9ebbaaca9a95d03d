// What it costs to be looked at: a node with many actors, one who looks at each view of the devtool in turn, and how late the
// node's loop is meanwhile, beside the same with nobody looking. Neither is pinned: the node has threads that may be on any
// core, and so has a browser, which for its users is on another machine and here takes what the node could have.

import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Bench, Settings } from './support/bench.ts'
import { type Child, startChild } from './support/child.ts'
import { cpuNs } from './support/proc.ts'
import type { Table } from './support/report.ts'
import type { Late } from './servers/lateness.ts'
import type { Opened } from './servers/watched.ts'
import type { Look, Seen } from './swarm/viewer.ts'

const actors = 100_000

/** The views that show much, and what must be seen of each before it counts as shown. */
const views: Readonly<Record<string, string>> = {
  overview: '.lints',
  tree: '[role=treeitem] >> nth=3',
  map: '.tile',
  blocked: 'svg circle',
  actors: '.table .line >> nth=5',
}

type Round = Record<string, number>

export const bench: Bench = {
  name: 'devtool',
  about: 'what it costs to be looked at, and how fast it shows',
  run: look,
}

async function look(settings: Settings): Promise<Table[]> {
  const { rounds, seconds } = settings
  const node: Record<string, Round[]> = { nobody: [], 'one looks': [], 'nobody again': [] }
  const page: Record<string, Round[]> = Object.fromEntries(
    Object.keys(views).map((one) => [one, []]),
  )
  for (let round = 1; round <= rounds; round += 1) {
    const say = (what: string): void =>
      settings.progress(`devtool · round ${round} of ${rounds} · ${what}`)
    say('starting')
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await using server = startChild(local('servers/watched.ts'), [String(actors)], undefined)
    const { admin } = await server.ask<Opened>({ type: 'open' })
    say('nobody')
    node['nobody']!.push(await measure(server, async () => await pause(seconds * 1_000)))
    await using viewer = startChild(local('swarm/viewer.ts'), [admin], undefined)
    await viewer.ask({ type: 'open' })
    const seen = await measure(server, async () => {
      for (const [view, until] of Object.entries(views)) {
        say(view)
        const asked: Look = { type: 'look', view, until, ms: seconds * 1_000 }
        // oxlint-disable-next-line no-await-in-loop -- as above
        page[view]!.push({ ...(await viewer.ask<Seen>(asked)) })
      }
    })
    node['one looks']!.push(seen)
    say('nobody again')
    node['nobody again']!.push(await measure(server, async () => await pause(seconds * 1_000)))
  }
  const entriesOf = (found: Record<string, Round[]>): Table['entries'] =>
    Object.entries(found).map(([name, own]) => ({ name, rounds: own }))
  const setting = `${actors} actors, 1,000 messages a second; ${seconds} s a view, ${rounds} rounds`
  return [
    {
      title: 'devtool: the node while it is looked at',
      setting,
      measures: [
        { key: 'p50', title: 'lag p50', unit: 'ms' },
        { key: 'p99', title: 'lag p99', unit: 'ms' },
        { key: 'max', title: 'lag max', unit: 'ms' },
        { key: 'cpuMs', title: 'CPU a second', unit: 'ms' },
      ],
      entries: entriesOf(node),
      notes: [],
    },
    {
      title: 'devtool: the page',
      setting,
      measures: [
        { key: 'firstMs', title: 'first view', unit: 'ms' },
        { key: 'dropped', title: 'frames dropped', unit: '%' },
        { key: 'longestMs', title: 'longest frame', unit: 'ms' },
      ],
      entries: entriesOf(page),
      notes: [],
    },
  ]
}

/** How late the loop was, and what the process spent, while that went on. */
async function measure(server: Child, work: () => Promise<void>): Promise<Round> {
  await server.ask({ type: 'begin' })
  const [cpu, at] = [cpuNs(server.pid), performance.now()]
  await work()
  const seconds = (performance.now() - at) / 1_000
  const cpuMs = (cpuNs(server.pid) - cpu) / 1e6 / seconds
  const late = await server.ask<Late>({ type: 'end' })
  return { ...late, cpuMs }
}

function local(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
