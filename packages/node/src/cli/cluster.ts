// `sluice cluster up`: a cluster on this machine, without containers, until a signal or too many deaths end it.
//
//   redis-server (unless --redis) ─▶ node-1 … node-n: `sluice start` each, on ports P+i and A+i ─▶ "cluster ready"
//   SIGTERM, SIGINT ─▶ the nodes drain ─▶ Redis ends ─▶ 0

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { Fleet, NotStarted } from './fleet.ts'
import { runNode } from './lifetime.ts'
import { startLocalRedis } from './local-redis.ts'
import type { MemberPlan } from './member.ts'

/** What the command line says of a cluster, as text. */
export interface ClusterFlags {
  nodes: string
  port: string
  adminPort?: string
  config?: string
  redis?: string
}

/** Enough for any machine that nodes are tried out on. */
const mostNodes = 64

/** Between the first client port and the first admin port. */
const adminDistance = 100

export function addCluster(program: Command): void {
  const cluster = program.command('cluster').description('run several nodes on this machine')
  cluster
    .command('up')
    .description('start a Redis and some nodes, and end them together')
    .option('-n, --nodes <number>', 'how many', '3')
    .option('-p, --port <number>', 'first port for clients; 0 for free ones', '8000')
    .option('--admin-port <number>', 'first port for metrics and dumps (default: port + 100)')
    .option('-c, --config <file>', 'configuration of every node')
    .option('--redis <url>', 'Redis to use (default: redis-server from PATH, gone in the end)')
    .action(up)
}

async function up(flags: ClusterFlags, command: Command): Promise<void> {
  const counts = readCounts(flags)
  if (typeof counts === 'string') command.error(`error: ${counts}`)
  const { createLogger, flushLog } = await import('../log.ts')
  const log = createLogger({ level: 'info', node: 'cluster' })
  const print = (line: string): void => void process.stdout.write(`${line}\n`)
  let fleet: Fleet | undefined
  const start = async (): Promise<Awaited<ReturnType<Parameters<typeof runNode>[0]['start']>>> => {
    const redis = flags.redis === undefined ? await startLocalRedis() : undefined
    const url = flags.redis ?? redis?.url ?? ''
    fleet = new Fleet({ plans: planCluster(counts, url, flags.config), print, log })
    const urls = await fleet.start()
    // One that was given is known to who gave it, and its URL may hold a password.
    if (redis !== undefined) print(`redis  ${redis.url}`)
    for (const row of fleet.table(urls)) print(row)
    const [first] = urls
    void redis?.ended.then(() => fleet?.giveUp('redis-server ended'))
    return {
      urls: first ?? { client: '', admin: '' },
      done: fleet.done,
      drain: () => fleet?.drain() ?? Promise.resolve(),
      stop: () => redis?.stop() ?? Promise.resolve(),
    }
  }
  const announce = (): void => print(`cluster ready  ${counts.nodes} nodes`)
  process.exit(await runFleet({ start, announce, log }).finally(flushLog))
}

/** Runs a fleet to its end: with the code of a node that did not start, or as any node ends. */
export async function runFleet(lifetime: Parameters<typeof runNode>[0]): Promise<number> {
  try {
    return await runNode(lifetime)
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error
    console.error(`sluice: ${error.message}`)
    return error.exitCode
  }
}

interface Counts {
  nodes: number
  port: number
  adminPort: number
}

/** The numbers of the command line, or what is wrong with them. */
export function readCounts(flags: ClusterFlags): Counts | string {
  const nodes = wholeIn(flags.nodes, 1, mostNodes)
  if (nodes === undefined) return `--nodes: expected a whole number from 1 to ${mostNodes}`
  const port = wholeIn(flags.port, 0, 65_535)
  if (port === undefined) return '--port: expected a whole number from 0 to 65535'
  const adminPort = wholeIn(
    flags.adminPort ?? String(port === 0 ? 0 : port + adminDistance),
    0,
    65_535,
  )
  if (adminPort === undefined) return '--admin-port: expected a whole number from 0 to 65535'
  if (Math.max(port, adminPort) + nodes - 1 > 65_535) return `no ${nodes} ports from there on`
  if (port !== 0 && adminPort !== 0 && Math.abs(port - adminPort) < nodes) {
    return `--admin-port: ${nodes} ports from ${adminPort} meet those from ${port}`
  }
  return { nodes, port, adminPort }
}

/** A whole number in digits, within these limits. */
export function wholeIn(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1
  return value >= least && value <= most ? value : undefined
}

/** What each node is started with. */
export function planCluster(
  { nodes, port, adminPort }: Counts,
  redis: string,
  config: string | undefined,
): MemberPlan[] {
  const nth = (first: number, index: number): string => String(first === 0 ? 0 : first + index)
  return Array.from({ length: nodes }, (_, index) => {
    const name = `node-${index + 1}`
    const ports = ['--port', nth(port, index), '--admin-port', nth(adminPort, index)]
    const file = config === undefined ? [] : ['--config', resolve(config)]
    return { name, args: ['start', '--name', name, ...ports, '--redis', redis, ...file] }
  })
}
