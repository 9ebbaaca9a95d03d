// A real redis-server for tests: on a free port of the loopback, in a folder of its own, without persistence.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestRedis {
  readonly port: number
  readonly url: string
  /** Ends it at once. Idempotent. */
  stop(): Promise<void>
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>
  /** Lets it do nothing, not even hang up, until it goes on. */
  freeze(): void
  thaw(): void
}

/** With further arguments for redis-server, if any. */
export async function startRedis(...more: string[]): Promise<TestRedis> {
  const port = await freePort()
  let running = await start(port, more)
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    stop: () => running.stop(),
    async restart() {
      await running.stop()
      running = await start(port, more)
    },
    freeze: () => void running.server.kill('SIGSTOP'),
    thaw: () => void running.server.kill('SIGCONT'),
  }
}

async function start(
  port: number,
  more: readonly string[],
): Promise<{ server: ChildProcess; stop: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-redis-'))
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir]
  const server = spawn('redis-server', [...args, '--appendonly', 'no', ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(server, 'exit')
  const end = (): boolean => server.kill('SIGKILL')
  // A test process that is ended takes its server along.
  process.once('exit', end)
  await ready(server)
  let stopped = false
  return {
    server,
    async stop() {
      if (stopped) return
      stopped = true
      process.off('exit', end)
      end()
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    server.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('Ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`redis-server did not start:\n${output}`)))
  })
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
