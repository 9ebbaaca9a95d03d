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
import { addAdminFlags, type AdminFlags } from './admin.ts'
import { findDump } from './dump-source.ts'
import { clean } from './table.ts'

export function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .description('tell what a dump means: what is wrong, who waits on whom, what there is most of')
    .argument('[dump]', 'a file, an id of the archive, or "now"', 'now')
    .option('--json', 'as JSON')
  addAdminFlags(command).action(explain)
}

async function explain(
  name: string,
  { json, ...flags }: AdminFlags & { json?: boolean },
): Promise<void> {
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
  const filled = parts.filter((lines) => lines.length > 0)
  console.log(filled.map((lines) => lines.map((line) => clean(line)).join('\n')).join('\n\n'))
}
