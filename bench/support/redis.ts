// A Redis for one turn: `redis-server` from PATH on a free port of the loopback, keeping nothing, gone with the turn.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pinned } from './machine.ts'

export interface RedisServer extends AsyncDisposable {
  pid: number
  url: string
}

export async function startRedis(core: number | undefined): Promise<RedisServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'))
  const [file, args] = pinned(core, 'redis-server', [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
    ...['--save', '', '--appendonly', 'no'],
  ])
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  // Also when the bench itself is ended.
  const end = (): void => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', end)
  const stop = async (): Promise<void> => {
    process.off('exit', end)
    end()
    await gone
    await rm(folder, { recursive: true, force: true })
  }
  let printed = ''
  const ready = new Promise<true>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      printed = (printed + text.toString()).slice(-10_000)
      if (printed.includes('Ready to accept connections')) resolve(true)
    })
  })
  // An `exit` that comes first resolves with the code and the signal.
  if ((await Promise.race([ready, gone])) !== true || child.pid === undefined) {
    await stop()
    throw new Error(`redis-server does not start:\n${printed}`)
  }
  return { pid: child.pid, url: `redis://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
