// `sluice nodes`: every node of the cluster, as any of them sees it.

import type { Command } from 'commander'
import { printMs } from '@sluice/core'
import type { NodeFacts } from '../inspect/facts.ts'
import { addAdminFlags, adminFor, type AdminFlags } from './admin.ts'
import { missingOf, type Reached } from './reached.ts'
import { type Column, formatTable, terminalOf } from './table.ts'

export function addNodes(program: Command): void {
  const command = program
    .command('nodes')
    .description('list the nodes of the cluster')
    .option('--json', 'as JSON')
  addAdminFlags(command).action(nodes)
}

async function nodes({ json, ...flags }: AdminFlags & { json?: boolean }): Promise<void> {
  const admin = await adminFor(flags)
  const reached = await admin.get<Reached<NodeFacts>>('/debug/nodes')
  if (json) return console.log(JSON.stringify(reached))
  const lines = formatTable(
    columns,
    reached.nodes.map(({ view }) => view),
    terminalOf(),
  )
  console.log([...lines, ...missingOf(reached)].join('\n'))
}

const columns: Column<NodeFacts>[] = [
  { title: 'NODE', value: ({ name }) => name },
  {
    title: 'LINK',
    value: ({ link, draining }) => (draining ? 'draining' : link),
    style: ({ link, draining }) => (draining ? 'yellow' : link === 'up' ? 'green' : 'red'),
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
  { title: 'RSS', value: ({ rssBytes }) => `${Math.round(rssBytes / 1_048_576)} MB` },
]
