// A real redis-server for tests: on a free port of the loopback, in a folder of its own, without persistence. Both are gone
// when it is disposed of, and at the latest with the process that started it.

import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './ports.ts'
import { killProgram, startProgram } from './program.ts'
import { until } from './until.ts'

export interface RedisOptions {
  /** Another server to follow. */
  replicaOf?: RedisServer
  /** Further arguments, such as `--maxmemory 100mb`. */
  args?: readonly string[]
  /** What to run in its place, as with `taskset`; has to become the program. Default: itself. */
  run?: (program: string, args: readonly string[]) => readonly [string, readonly string[]]
}

export interface RedisServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly pid: number
  /** A connection to it for the test itself, which comes back when the server does. Ended with the server. */
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

/** Starts one; resolves when it takes connections, and follows its primary if it has one. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const { replicaOf, args = [], run = (program, all) => [program, all] } = options
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'sluice-redis-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const [program, all] = run('redis-server', [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
    ...['--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0'],
    ...(replicaOf ? ['--replicaof', '127.0.0.1', String(replicaOf.port)] : []),
    ...args,
  ])
  const start = (): Promise<ChildProcess> =>
    startProgram(folder, [program, ...all], 'Ready to accept connections')
  let child = await start()
  stack.defer(() => killProgram(child))
  let admin: Redis | undefined
  stack.defer(() => admin?.disconnect())
  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? 0
    },
    get admin() {
      return (admin ??= connectAdmin(port))
    },
    kill: () => killProgram(child),
    async restart() {
      await killProgram(child)
      child = await start()
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
  if (replicaOf) {
    await until(
      async () => (await server.admin.info('replication')).includes('master_link_status:up'),
      { what: 'the replica follows its primary' },
    )
  }
  const opened = stack.move()
  return server
}

/** A connection that waits for its server however often that is away, and gives no noise. */
export function connectAdmin(port: number): Redis {
  const admin = new Redis(port, '127.0.0.1', {
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
    enableReadyCheck: false,
  })
  admin.on('error', () => {})
  return admin
}
