// One server under test, in a process of its own: started, watched from outside, and gone with the bench.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Contender } from './contenders.ts'
import { nodeOn } from './machine.ts'
import { rssBytes } from './proc.ts'

const startMs = 60_000
const stopMs = 5_000
const settle = new URL('settle.ts', import.meta.url).href

export interface Server extends AsyncDisposable {
  pid: number
  port: number
  /** Memory after collecting garbage. */
  memory: () => Promise<{ rssBytes: number; heapBytes: number }>
}

export async function startServer(contender: Contender, core: number | undefined): Promise<Server> {
  const [file, args] = nodeOn(core, ['--expose-gc', '--import', settle, ...contender.command])
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const { pid } = child
  if (pid === undefined) throw new Error(`${contender.name}: ${file} does not start`)
  try {
    const port = await portOf(contender, child)
    return {
      pid,
      port,
      memory: async () => {
        child.send('settle')
        const [heapBytes]: number[] = await once(child, 'message')
        return { rssBytes: rssBytes(pid), heapBytes: heapBytes ?? Number.NaN }
      },
      [Symbol.asyncDispose]: () => stop(child),
    }
  } catch (error) {
    await stop(child)
    throw error
  }
}

/** Resolves with the port of a server that takes connections; fails if it ends or takes too long. */
async function portOf({ name, ready }: Contender, child: ChildProcess): Promise<number> {
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => {
      // Read to the end, so that the server never blocks; kept only as long as someone may want to see it.
      printed = (printed + text.toString()).slice(-10_000)
    })
  const end = performance.now() + startMs
  while (child.exitCode === null && child.signalCode === null && performance.now() < end) {
    const found = ready.exec(printed)
    if (found) return Number(found[1])
    await sleep(20)
  }
  throw new Error(`${name} does not get ready:\n${printed}`)
}

/** Asks, then insists. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await gone
  clearTimeout(timer)
}
