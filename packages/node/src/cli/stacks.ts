// `sluice stacks`: has nodes keep the whole stack of a share of their spawns, for `sluice lineage` and dumps to show.

import type { Command } from 'commander'
import type { StackSample } from '../inspect/stacks.ts'
import { addAdminFlags, adminFor, type AdminFlags } from './admin.ts'
import { answered, missingOf, type Reached } from './reached.ts'

export function addStacks(program: Command): void {
  const command = program
    .command('stacks')
    .description('keep whole stacks of a share of spawns, where adminActions allows it')
    .argument('[share]', '0 to 1; 0 turns it off. Default: say which it is')
    .option('--node <name>', 'on this node of the cluster alone')
  addAdminFlags(command).action(stacks)
}

async function stacks(
  share: string | undefined,
  { node, ...flags }: AdminFlags & { node?: string },
): Promise<void> {
  const admin = await adminFor(flags)
  const reached =
    share === undefined
      ? await admin.get<Reached<StackSample>>('/debug/nodes/stacks', { node })
      : await admin.post<Reached<StackSample>>('/debug/nodes/stacks', { node, share })
  for (const { node: name, view } of answered(reached).nodes) console.log(`${name}: ${view.share}`)
  for (const line of missingOf(reached)) console.log(line)
}
