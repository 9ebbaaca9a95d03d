// A Redis for trying a cluster out: loopback, any free port, nothing kept, gone with the command that started it.
//
//   this ──[stdin]── sh ── exec ─▶ redis-server
//                     └─ a watcher: stdin closes, however this process ended ─▶ SIGTERM, then the folder goes

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A Redis that runs. */
export interface LocalRedis {
  url: string
  /** Settles when it has ended, by request or not. */
  ended: Promise<void>
  stop(): Promise<void>
}

// $$ stays the number of the process that `exec` turns into redis-server.
const script = `
exec 3<&0
(
  cat <&3
  kill $$
  while kill -0 $$; do sleep 0.05; done
  rm -rf "$0"
) >/dev/null 2>&1 &
exec redis-server "$@" </dev/null 3<&-`

/** Starts a redis-server from PATH; resolves when it takes connections. */
export async function startLocalRedis(): Promise<LocalRedis> {
  const port = String(await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cluster-redis-'))
  const flags = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const limits = ['--dir', folder, '--maxmemory-policy', 'noeviction']
  const child = spawn('sh', ['-c', script, folder, ...flags, ...limits], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = once(child, 'exit').then(() => void child.stdin.destroy())
  // Writing nothing, it hears of a closed pipe only as an error.
  child.stdin.on('error', () => undefined)
  let last = ''
  const ready = new Promise<boolean>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        last = line
        if (line.includes('Ready to accept connections')) resolve(true)
      })
    }
    child.once('close', () => resolve(false))
  })
  if (!(await ready)) {
    child.stdin.destroy()
    throw new Error(`redis-server did not start: ${last}; install it, or name one with --redis`)
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    ended,
    async stop() {
      child.stdin.destroy()
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
