// `sluice explain`: what a dump means. What is wrong, who waits on whom, what there is most of.

import type { Command } from 'commander'
import {
  blockedActors,
  lintDump,
  printBlocked,
  printLints,
  printStateMap,
  printWaitGraph,
  stateMap,
  waitGraph,
} from '@sluice/core'
import type { NodeLints } from '../inspect/lints.ts'
import { addAdminFlags, AdminError, adminFor, type AdminFlags } from './admin.ts'
import { findDump } from './dump-source.ts'
import { answered, missingOf, type Reached } from './reached.ts'
import { clean } from './table.ts'

export function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .description('tell what a dump means: what is wrong, who waits on whom, what there is most of')
    .argument('[dump]', 'a file, an id of the archive, or "now"', 'now')
    .option('--cluster', 'what is wrong with every node, and on whom most wait there')
    .option('--json', 'as JSON')
  addAdminFlags(command).action(explain)
}

interface ExplainFlags extends AdminFlags {
  cluster?: boolean
  json?: boolean
}

async function explain(name: string, { json, cluster, ...flags }: ExplainFlags): Promise<void> {
  if (cluster) {
    if (name !== 'now') throw new AdminError('a dump is of one node: leave out --cluster')
    return await explainCluster(flags, json ?? false)
  }
  const dump = await findDump(name, flags)
  const lints = lintDump(dump)
  const blocked = blockedActors(dump)
  const graph = waitGraph(dump)
  const map = stateMap(dump)
  if (json) return console.log(JSON.stringify({ lints, blocked, graph, map }))
  const parts = [
    printLints(lints),
    printBlocked(blocked),
    printWaitGraph(graph),
    printStateMap(map),
  ]
  print(parts)
}

async function explainCluster(flags: AdminFlags, json: boolean): Promise<void> {
  const admin = await adminFor(flags)
  const reached = answered(await admin.get<Reached<NodeLints>>('/debug/nodes/lints'))
  if (json) return console.log(JSON.stringify(reached))
  const parts = reached.nodes.flatMap(({ node, view }) => printNodeLints(node, view))
  print([...parts, missingOf(reached)])
}

/** What is wrong with one of several nodes, and on whom most wait there. */
export function printNodeLints(node: string, { lints, roots, rootCount }: NodeLints): string[][] {
  const more = rootCount - roots.length
  return [
    [`── node ${node} ──`, ...printLints(lints)],
    [
      ...roots.map(({ words }) => words),
      ...(more > 0 ? [`${more} ${more === 1 ? 'other' : 'others'} waited on`] : []),
    ],
  ]
}

function print(parts: readonly (readonly string[])[]): void {
  const filled = parts.filter((lines) => lines.length > 0)
  console.log(filled.map((lines) => lines.map((line) => clean(line)).join('\n')).join('\n\n'))
}
