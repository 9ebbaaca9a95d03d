// A program on a leash: it ends when the process that started it does, however that ends, and its folder goes with it.
//
//   this ──[leash]── sh ── exec ─▶ the program
//                     └─ a watcher: the leash ends without a word ─▶ SIGKILL, then the folder goes

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'

const readyMs = 30_000

// $$ stays the number of the process that `exec` turns into the program.
const script = `
(
  read -r over <&3 && exit
  kill -KILL $$
  rm -rf "$0"
) >/dev/null 2>&1 &
exec "$@" 3<&-`

/** Starts it; resolves when it has said that it is ready. */
export async function startProgram(
  folder: string,
  command: readonly string[],
  ready: string,
): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', script, folder, ...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // Ctrl+C is for this process, which takes the others along.
    detached: true,
  })
  const leash = child.stdio[3] as Socket
  // Who watches may be gone already.
  leash.on('error', () => {})
  leash.unref()
  // However it ended: its number may soon be another's.
  child.once('exit', () => leash.end('over\n'))
  let said = ''
  const isReady = Promise.withResolvers<void>()
  const fail = (why: string): void => isReady.reject(new Error(`${command[0]} ${why}\n${said}`))
  child.once('error', isReady.reject)
  // When all that it said is here.
  child.once('close', (code) => fail(`ended (${code})`))
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      if (said.includes(ready)) return
      said += text
      if (said.includes(ready)) isReady.resolve()
    })
  }
  const late = setTimeout(() => fail('is not ready'), readyMs)
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

/** Resolves when it is gone. */
export async function killProgram(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
