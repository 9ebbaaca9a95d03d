// Runs the command line as a process of its own, as people and scripts do.

import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { vi } from 'vitest'

// A process takes its time to start where many tests share few cores; the limit is for what hangs.
vi.setConfig({ testTimeout: 60_000 })

export const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

/** What a process said, and how it ended. */
export interface Finished {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcessByStdio<null, Readable, Readable>
  /** Settles when the process has ended. */
  finished: Promise<Finished>
  /** Settles with the first line of stdout that matches; rejects when the process ends before. */
  line(pattern: RegExp): Promise<string>
}

/** Starts `sluice` in a folder. Only PATH is handed down: the variables of the machine are none of the test's. */
export function start(
  args: string[],
  cwd: string,
  environment: Record<string, string> = {},
): Running {
  // What a node leaves behind goes where the test cleans up.
  const dumps = { SLUICE_DUMPS_DIR: join(cwd, 'dumps') }
  const env = { PATH: process.env['PATH'] ?? '', ...dumps, ...environment }
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text))
  }
  const finished = once(child, 'close').then(([code, signal]: (number | string | null)[]) => ({
    code: typeof code === 'number' ? code : null,
    signal: typeof signal === 'string' ? signal : null,
    ...said,
  }))
  const line = async (pattern: RegExp): Promise<string> => {
    const found = (): string | undefined =>
      said.stdout.split('\n').find((text) => pattern.test(text))
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const look = (): void => {
      const text = found()
      if (text !== undefined) resolve(text)
    }
    child.stdout.on('data', look)
    look()
    finished.then(({ stderr }) => reject(new Error(`ended without ${pattern}: ${stderr}`)), reject)
    return await promise.finally(() => child.stdout.off('data', look))
  }
  return { child, finished, line }
}

/** Runs `sluice` to its end. */
export async function run(
  args: string[],
  cwd: string,
  environment?: Record<string, string>,
): Promise<Finished> {
  return await start(args, cwd, environment).finished
}
