// `sluice start --processes N`: several nodes behind one client port, which the kernel shares out (SO_REUSEPORT).
//
//                      ┌─▶ name-1   admin port A
//   client port P  ────┼─▶ name-2   admin port A+1
//                      └─▶ …        whole nodes each: only Redis joins them

import type { ConfigFlags, LoadedConfig } from '../config.ts'
import type { NodeOptions } from '../options.ts'
import { runFleet, wholeIn } from './cluster.ts'
import { Fleet } from './fleet.ts'
import type { MemberPlan } from './member.ts'
import { readyLine } from './start.ts'

/** Enough for any machine: each wants a core. */
const mostProcesses = 256

/** How many processes, or what keeps these options from being shared by so many. */
export function readProcesses(
  text: string,
  options: Pick<NodeOptions, 'port' | 'adminPort' | 'redis'>,
  platform: string = process.platform,
): number | string {
  const count = wholeIn(text, 1, mostProcesses)
  if (count === undefined) return `--processes: expected a whole number from 1 to ${mostProcesses}`
  if (count === 1) return count
  const { port, adminPort, redis } = options
  if (redis === undefined) return '--processes: more than one needs --redis, which joins them'
  if (platform !== 'linux') return '--processes: only Linux shares a port fairly'
  if (port === 0) return '--processes: needs a --port that is the same for all, not 0'
  if (adminPort !== 0 && adminPort + count - 1 > 65_535)
    return `no ${count} ports from ${adminPort} on`
  if (adminPort !== 0 && port >= adminPort && port < adminPort + count) {
    return `--admin-port: ${count} ports from ${adminPort} meet ${port}, the port for clients`
  }
  return count
}

/** What each process is started with. */
export function planProcesses(
  count: number,
  { name, adminPort }: Pick<NodeOptions, 'name' | 'adminPort'>,
  { config, host, port, redis }: ConfigFlags,
): MemberPlan[] {
  const common = Object.entries({ config, host, port, redis }).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}`, String(value)],
  )
  return Array.from({ length: count }, (_, index) => {
    const own = `${name}-${index + 1}`
    const admin = String(adminPort === 0 ? 0 : adminPort + index)
    const args = ['start', '--reuse-port', ...common, '--name', own, '--admin-port', admin]
    return { name: own, args }
  })
}

/** Runs the processes to their end, and ends this one. */
export async function startProcesses(
  count: number,
  { options }: LoadedConfig,
  flags: ConfigFlags,
): Promise<never> {
  const { createLogger, flushLog } = await import('../log.ts')
  const log = createLogger({ level: options.log.level, node: options.name })
  const print = (line: string): void => void process.stdout.write(`${line}\n`)
  const fleet = new Fleet({ plans: planProcesses(count, options, flags), print, log })
  const code = await runFleet({
    start: async () => {
      const all = await fleet.start()
      for (const row of fleet.table(all)) print(row)
      const urls = all[0] ?? { client: '', admin: '' }
      return { urls, done: fleet.done, drain: () => fleet.drain(), stop: () => fleet.drain() }
    },
    announce: (urls) => void process.stdout.write(readyLine(urls)),
    log,
  })
  await flushLog()
  process.exit(code)
}
