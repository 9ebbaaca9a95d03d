// Real Redis servers on free ports of this machine, for one test: alone, as primary and replica, or with three Sentinels.
// Nothing is kept on disk but what Sentinel must write. None of them outlives this process.
//
//   sentinel ×3 ──watch──▶ primary ══▶ replica          all of them are `redis-server`: no other program is needed

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../ports.ts'
import { until } from '../until.ts'

export interface RedisOptions {
  /** Another server to follow. */
  replicaOf?: RedisServer
  /** Further arguments, such as `--maxmemory 100mb`. */
  args?: readonly string[]
}

export interface RedisServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly pid: number
  /** A connection to it for the test itself. Ended with the server. */
  readonly admin: Redis
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** On the same port, with nothing in it; killed first if it runs. */
  restart(): Promise<void>
  /** SIGSTOP: sockets stay open, nothing is answered. */
  pause(): void
  /** SIGCONT. */
  resume(): void
}

const readyMs = 10_000

/** Starts one; resolves when it takes connections, and follows its primary if it has one. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const { replicaOf, args = [] } = options
  const folder = await mkdtemp(join(tmpdir(), 'sluice-redis-'))
  const port = await freePort()
  const command = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
    ...['--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0'],
    ...(replicaOf ? ['--replicaof', '127.0.0.1', String(replicaOf.port)] : []),
    ...args,
  ]
  const start = (): Promise<ChildProcess> => startProgram(command, /Ready to accept connections/)
  let child = await start()
  const admin = connectAdmin(port)
  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? 0
    },
    admin,
    kill: () => killProgram(child),
    async restart() {
      await killProgram(child)
      child = await start()
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      admin.disconnect()
      await killProgram(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
  if (replicaOf) {
    await until(async () => (await admin.info('replication')).includes('master_link_status:up'), {
      what: 'the replica follows its primary',
    })
  }
  return server
}

/** What the Sentinels call the primary that they watch. */
export const sentinelName = 'sluice'

export interface SentinelTrio extends AsyncDisposable {
  /** For a node: `redis-sentinel://…`, with all three. */
  readonly url: string
  /** `{ host, port }` of each Sentinel, as clients want them. */
  readonly sentinels: readonly { host: string; port: number }[]
  /** A connection to each. */
  readonly admins: readonly Redis[]
  /** Both servers; the second was the replica at the start. */
  readonly servers: readonly [RedisServer, RedisServer]
  /** The server that is the primary, as the Sentinels say. */
  primary(): Promise<RedisServer>
  /** Resolves with the new primary when the Sentinels announce the next switch, and it takes writes. */
  switched(): Promise<RedisServer>
}

export interface SentinelOptions {
  /** How long the primary is silent before it counts as down. Default 500. */
  downAfterMs?: number
  /** What each Sentinel calls the primary's machine; with names they announce names. Default 127.0.0.1 for all. */
  hosts?: readonly [string, string, string]
  /** Further arguments of the first primary. */
  primaryArgs?: readonly string[]
}

/** Starts two servers and three Sentinels; resolves when all of these know each other. */
export async function startSentinels(options: SentinelOptions = {}): Promise<SentinelTrio> {
  const { downAfterMs = 500, hosts, primaryArgs = [] } = options
  await using stack = new AsyncDisposableStack()
  const first = stack.use(await startRedis({ args: primaryArgs }))
  const second = stack.use(await startRedis({ replicaOf: first }))
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sentinel-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const sentinels: { host: string; port: number }[] = []
  const admins: Redis[] = []
  for (let nth = 0; nth < 3; nth++) {
    const port = await freePort()
    const file = join(folder, `${port}.conf`)
    const lines = [
      ...[`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`],
      ...(hosts ? ['sentinel resolve-hostnames yes', 'sentinel announce-hostnames yes'] : []),
      `sentinel monitor ${sentinelName} ${hosts?.[nth] ?? '127.0.0.1'} ${first.port} 2`,
      `sentinel down-after-milliseconds ${sentinelName} ${downAfterMs}`,
      `sentinel failover-timeout ${sentinelName} 5000`,
    ]
    await writeFile(file, lines.join('\n'))
    const child = await startProgram([file, '--sentinel'], /\+monitor/)
    stack.defer(() => killProgram(child))
    const admin = connectAdmin(port)
    stack.defer(() => admin.disconnect())
    admins.push(admin)
    sentinels.push({ host: '127.0.0.1', port })
  }
  const servers = [first, second] as const
  await Promise.all(
    admins.map((admin) =>
      until(async () => (await peersOf(admin)).join() === '1,2', {
        what: 'the Sentinels know each other and the replica',
        deadlineMs: 30_000,
      }),
    ),
  )
  const onPort = (port: string | undefined): RedisServer => {
    const found = servers.find((server) => server.port === Number(port))
    if (found === undefined) throw new Error(`the Sentinels name port ${port}`)
    return found
  }
  const open = stack.move()
  const leader = admins[0]!
  return {
    url: `redis-sentinel://${sentinels.map(({ host, port }) => `${host}:${port}`).join(',')}/${sentinelName}`,
    sentinels,
    admins,
    servers,
    async primary() {
      const address = await leader.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', sentinelName)
      return onPort((address as string[])[1])
    },
    async switched() {
      const listener = leader.duplicate()
      try {
        const heard = once(listener, 'message')
        await listener.subscribe('+switch-master')
        // <name> <old host> <old port> <new host> <new port>
        const [, said] = (await heard) as [string, string]
        const server = onPort(said.split(' ')[4])
        await until(async () => (await server.admin.role())[0] === 'master', {
          what: 'the new primary takes writes',
        })
        return server
      } finally {
        listener.disconnect()
      }
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** How many replicas that are well, and how many other Sentinels, a Sentinel knows. */
async function peersOf(admin: Redis): Promise<number[]> {
  const [replicas, others] = (await Promise.all([
    admin.call('SENTINEL', 'REPLICAS', sentinelName),
    admin.call('SENTINEL', 'SENTINELS', sentinelName),
  ])) as string[][][]
  const well = replicas!.filter((fields) => fieldsOf(fields)['flags'] === 'slave')
  return [well.length, others!.length]
}

function fieldsOf(list: readonly string[] | Record<string, string>): Record<string, string> {
  if (!Array.isArray(list)) return list as Record<string, string>
  return Object.fromEntries(list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1]]] : [])))
}

/** A connection that waits for its server however often that is away, and gives no noise. */
function connectAdmin(port: number): Redis {
  const admin = new Redis(port, '127.0.0.1', {
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
    enableReadyCheck: false,
  })
  admin.on('error', () => {})
  return admin
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a `redis-server`; resolves with it at the line that says it is ready. */
async function startProgram(args: readonly string[], ready: RegExp): Promise<ChildProcess> {
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  child.once('close', () => running.delete(child))
  let said = ''
  const isReady = Promise.withResolvers<void>()
  child.once('error', isReady.reject)
  child.once('close', (code) => isReady.reject(new Error(`redis-server ended (${code})\n${said}`)))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (ready.test(said)) return
    said += text
    if (ready.test(said)) isReady.resolve()
  })
  const late = setTimeout(
    () => isReady.reject(new Error(`redis-server is not ready\n${said}`)),
    readyMs,
  )
  try {
    await isReady.promise
    return child
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    clearTimeout(late)
  }
}

async function killProgram(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}
