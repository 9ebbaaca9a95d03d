// `sluice start`: one node, until a signal or a fault ends it.

import { type Command, Option } from 'commander'
import { formatProblem } from '../config-error.ts'
import type { ConfigFlags } from '../config.ts'
import type { NodeOptions } from '../options.ts'
import { addConfigFlag, addOverrideFlags, loadFrom } from './flags.ts'
import { runNode, type RunningNode } from './lifetime.ts'
import { followParent } from './member.ts'

interface StartFlags extends ConfigFlags {
  processes?: string
  reusePort?: boolean
}

export function addStart(program: Command): void {
  const command = program.command('start').description('start a node')
  addOverrideFlags(addConfigFlag(command))
    .option('--processes <number>', 'nodes that share the client port, one a process; needs Redis')
    .addOption(new Option('--reuse-port', 'share the client port with others').hideHelp())
    .action(start)
}

async function start(
  { processes = '1', reusePort = false, ...flags }: StartFlags,
  command: Command,
): Promise<void> {
  followParent()
  const loaded = await loadFrom(flags)
  const { options, warnings, file } = loaded
  if (processes !== '1') {
    const { readProcesses, startProcesses } = await import('./processes.ts')
    const count = readProcesses(processes, options)
    if (typeof count === 'string') command.error(`error: ${count}`)
    if (count > 1) await startProcesses(count, loaded, flags)
  }
  // Imported here, so that `check` and `token` do without the gateway and its kernel.
  const [{ createLogger, flushLog }, { startNode }] = await Promise.all([
    import('../log.ts'),
    import('../node.ts'),
  ])
  const log = createLogger({ level: options.log.level, node: options.name })
  if (file !== undefined) log.info({ file }, 'config.read')
  for (const warning of warnings) log.warn(formatProblem(warning))
  const exitCode = await runNode({
    start: async () => {
      try {
        return await startNode(options, { log, reusePort, ownsProcess: true })
      } catch (error) {
        throw explained(error, options)
      }
    },
    announce: (urls) => void process.stdout.write(readyLine(urls)),
    log,
  })
  await flushLog()
  // What still holds the process open now is nobody's: everything that was owned has ended.
  process.exit(exitCode)
}

/** The one line that scripts and people wait for. Blanks around the URLs, so that each can be cut out or clicked. */
export function readyLine({ client, admin, page }: RunningNode['urls']): string {
  const parts = [
    `client ${client}`,
    `admin ${admin}`,
    ...(page === undefined ? [] : [`try ${page}`]),
  ]
  return `sluice ready  ${parts.join('  ')}\n`
}

/** An error of listen(2) in words that say what to change; any other error as it is. */
export function explained(error: unknown, { adminPort }: Pick<NodeOptions, 'adminPort'>): unknown {
  if (!(error instanceof Error) || !('syscall' in error && error.syscall === 'listen')) return error
  if (!('code' in error && 'port' in error && 'address' in error)) return error
  const [port, address] = [String(error.port), String(error.address)]
  const flag = error.port === adminPort ? '--admin-port' : '--port'
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} on ${address} is in use; choose another with ${flag}`,
    EACCES: `port ${port} may not be opened by this user; choose another with ${flag}`,
    EADDRNOTAVAIL: `${address} is no address of this machine`,
  }
  const reason = reasons[String(error.code)]
  return reason === undefined ? error : new Error(reason, { cause: error })
}
