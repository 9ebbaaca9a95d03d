// `sluice start`: one node, until a signal or a fault ends it.

import type { Command } from 'commander'
import { formatProblem } from '../config-error.ts'
import type { ConfigFlags } from '../config.ts'
import type { NodeOptions } from '../options.ts'
import { addConfigFlag, addOverrideFlags, loadFrom } from './flags.ts'
import { runNode, type RunningNode } from './lifetime.ts'

export function addStart(program: Command): void {
  const command = program.command('start').description('start a node')
  addOverrideFlags(addConfigFlag(command)).action(start)
}

async function start(flags: ConfigFlags): Promise<void> {
  const { options, warnings, file } = await loadFrom(flags)
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
        return await startNode(options, { log })
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
