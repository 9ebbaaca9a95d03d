// A primary, its replica, and three Sentinels that watch over them.
//
//   sentinel ×3 ──watch──▶ primary ══▶ replica          all of them are `redis-server`: no other program is needed

import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { freePort } from './ports.ts'
import { killProgram, startProgram } from './program.ts'
import { connectAdmin, type RedisServer, startRedis } from './redis.ts'
import { until } from './until.ts'

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
    const child = await startProgram(folder, ['redis-server', file, '--sentinel'], '+monitor')
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
