// `sluice check`: would a node start with this configuration?

import type { Command } from 'commander'
import { formatProblem } from '../config-error.ts'
import type { ConfigFlags } from '../config.ts'
import { redact } from '../redact.ts'
import { addConfigFlag, addOverrideFlags, loadFrom } from './flags.ts'

export function addCheck(program: Command): void {
  const command = program
    .command('check')
    .description('check the configuration, and the files it names')
    .option('--print', 'print every option as a node would use it, secrets left out')
  addOverrideFlags(addConfigFlag(command)).action(check)
}

async function check({ print, ...flags }: ConfigFlags & { print?: boolean }): Promise<void> {
  const { options, warnings, file } = await loadFrom(flags)
  for (const warning of warnings) console.error(`warning: ${formatProblem(warning)}`)
  if (print) console.log(JSON.stringify(redact(options), undefined, 2))
  else console.log(`ok: ${file ?? 'no configuration file, defaults only'}`)
}
