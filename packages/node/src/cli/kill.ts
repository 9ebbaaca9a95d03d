// `sluice kill`: ends one actor, and with it all that it owns.

import type { Command } from 'commander'
import type { Ended } from '../inspect/end.ts'
import { addAdminFlags, adminFor, type AdminFlags } from './admin.ts'
import { clean } from './table.ts'

interface KillFlags extends AdminFlags {
  reason?: string
  node?: string
}

export function addKill(program: Command): void {
  const command = program
    .command('kill')
    .description('end an actor and all that it owns, where adminActions allows it')
    .argument('<id>', 'as `sluice actors` shows it')
    .option('--reason <text>', 'what its end shall say')
    .option('--node <name>', 'on this node of the cluster')
  addAdminFlags(command).action(kill)
}

async function kill(id: string, { reason, node, ...flags }: KillFlags): Promise<void> {
  const admin = await adminFor(flags)
  const path = `/debug/actors/${encodeURIComponent(id)}/end`
  const ended = await admin.post<Ended>(path, { reason, node })
  console.log(clean(`told ${ended.behavior} ${ended.id} of ${ended.node} to end`))
}
