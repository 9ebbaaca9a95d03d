// `sluice diff`: what changed between two dumps, and whether that looks like a leak.

import type { Command } from 'commander'
import { diffDumps, printDiff } from '@sluice/core'
import { addAdminFlags, type AdminFlags } from './admin.ts'
import { findDump } from './dump-source.ts'
import { clean } from './table.ts'

export function addDiff(program: Command): void {
  const command = program
    .command('diff')
    .description('compare two dumps: what grew, what is new, whether that is a leak')
    .argument('<from>', 'a file, or an id of the archive')
    .argument('[to]', 'as above', 'now')
    .option('--json', 'as JSON')
  addAdminFlags(command).action(diff)
}

async function diff(
  from: string,
  to: string,
  { json, ...flags }: AdminFlags & { json?: boolean },
): Promise<void> {
  const found = diffDumps(await findDump(from, flags), await findDump(to, flags))
  if (json) return console.log(JSON.stringify(found))
  console.log(
    printDiff(found)
      .map((line) => clean(line))
      .join('\n'),
  )
}
