// `sluice nodes`: every node of the cluster, as any of them sees it.

import type { Command } from 'commander'
import { printMs } from '@sluice/core'
import type { FactsTold } from '../inspect/facts.ts'
import { addAdminFlags, adminFor, type AdminFlags } from './admin.ts'
import { missingOf, type Reached } from './reached.ts'
import { clean, type Column, formatTable, type Terminal, terminalOf } from './table.ts'

export function addNodes(program: Command): void {
  const command = program
    .command('nodes')
    .description('list the nodes of the cluster')
    .option('--json', 'as JSON')
  addAdminFlags(command).action(nodes)
}

async function nodes({ json, ...flags }: AdminFlags & { json?: boolean }): Promise<void> {
  const admin = await adminFor(flags)
  const reached = await admin.get<Reached<FactsTold>>('/debug/nodes')
  if (json) return console.log(JSON.stringify(reached))
  const lines = formatNodes(
    reached.nodes.map(({ view }) => view),
    terminalOf(),
  )
  console.log([...lines, ...missingOf(reached)].join('\n'))
}

/** A line for each node, and one more where they run different versions. */
export function formatNodes(facts: readonly FactsTold[], terminal: Terminal): string[] {
  const columns = all.filter(({ wide }) => wide !== true || terminal.width >= wideWidth)
  return [...formatTable(columns, facts, terminal), ...versionsOf(facts)]
}

/** From so many characters on there is room for every column. */
const wideWidth = 100

const all: (Column<FactsTold> & { readonly wide?: boolean })[] = [
  { title: 'NODE', value: ({ name }) => name },
  {
    title: 'LINK',
    value: ({ link, draining }) => (draining ? 'draining' : link),
    style: ({ link, draining }) => (draining ? 'yellow' : link === 'up' ? 'green' : 'red'),
  },
  { title: 'TRIP', wide: true, value: tripOf },
  {
    title: 'LEASE',
    wide: true,
    value: leaseOf,
    style: ({ lease }) => (lease !== undefined && lease.leftMs < lease.ms / 3 ? 'red' : undefined),
  },
  { title: 'UP', value: ({ uptimeMs }) => printMs(uptimeMs) },
  { title: 'CLIENTS', value: ({ connections }) => connections },
  { title: 'ROOMS', value: ({ rooms }) => rooms },
  { title: 'ACTORS', value: ({ actors: { idle, running, waiting } }) => idle + running + waiting },
  { title: 'WAITING', value: ({ actors }) => actors.waiting },
  {
    title: 'ORPHANS',
    value: ({ orphans }) => orphans,
    style: ({ orphans }) => (orphans > 0 ? 'red' : undefined),
  },
  {
    title: 'LAG',
    wide: true,
    value: ({ lagP99Ms }) => (lagP99Ms === undefined ? notTold : printMs(lagP99Ms)),
  },
  { title: 'RSS', value: ({ rssBytes }) => `${Math.round(rssBytes / 1_048_576)} MB` },
]

/** By an older version. */
const notTold = '?'

/** The longest way to Redis and back. */
function tripOf({ links }: FactsTold): string {
  if (links === undefined) return notTold
  const trips = links.flatMap(({ roundTripMs }) => roundTripMs ?? [])
  return trips.length === 0 ? '-' : `${Math.max(...trips).toFixed(1)} ms`
}

/** `7.2/9 s`; how long it has been over. */
function leaseOf({ lease, links }: FactsTold): string {
  if (lease === undefined) return links === undefined ? notTold : '-'
  const { ms, leftMs } = lease
  if (leftMs <= 0) return `over ${printMs(-leftMs)}`
  return `${(leftMs / 1_000).toFixed(1)}/${printMs(ms)}`
}

function versionsOf(facts: readonly FactsTold[]): string[] {
  const groups = [...Map.groupBy(facts, ({ version }) => version)]
  if (groups.length < 2) return []
  const words = groups.map(
    ([version, some]) => `${version} on ${some.map(({ name }) => name).join(', ')}`,
  )
  return [clean(`different versions: ${words.join('; ')}`)]
}
