// The flags that commands share: which configuration, and what wins over it.

import type { Command } from 'commander'
import type { ConfigFlags, LoadedConfig } from '../config.ts'

/** Adds `--config`, and what it says where no file is named. */
export function addConfigFlag(command: Command): Command {
  return command.option(
    '-c, --config <file>',
    'sluice.config.ts, .js or .json to read (default: SLUICE_CONFIG, else the one in this folder)',
  )
}

/** Adds the flags that win over the file and the environment. */
export function addOverrideFlags(command: Command): Command {
  return command
    .option('-p, --port <number>', 'port for clients; 0 for any free one')
    .option('--host <address>', 'address for clients')
    .option('--admin-port <number>', 'port for the devtool, metrics and dumps')
    .option('--redis <url>', 'Redis that joins the nodes of a cluster')
    .option('--name <node>', 'name of this node in the cluster')
}

/** The configuration as this process would run with it. */
export async function loadFrom(flags: ConfigFlags): Promise<LoadedConfig> {
  // Imported here, so that help and usage errors do not wait for the schema.
  const { loadConfig } = await import('../config.ts')
  return await loadConfig({ cwd: process.cwd(), environment: process.env, flags })
}
