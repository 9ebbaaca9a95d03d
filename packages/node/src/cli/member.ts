// One node as a process of its own, under a parent that waits for it.
//
//   parent ──[IPC]── sluice start      the channel closes with the parent, however it ended: the node drains
//          ◀─ stdout, stderr           whole lines, with the node's name before each

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** A node to start: its name, and the arguments of `sluice`. */
export interface MemberPlan {
  name: string
  args: readonly string[]
}

/** Where a member listens, by its ready line. */
export interface MemberUrls {
  client: string
  admin: string
}

/** How a process ended. */
export interface Exit {
  code: number | null
  signal: string | null
}

/** A started process. */
export interface Member {
  pid: number | undefined
  /** Settles with its ready line; undefined when it ended without. */
  ready: Promise<MemberUrls | undefined>
  ended: Promise<Exit>
  kill(signal: NodeJS.Signals): void
}

/** Starts a member. Its lines go to `print`, all but the ready line. */
export function startMember(plan: MemberPlan, print: (line: string) => void): Member {
  const entry = process.argv[1] ?? ''
  const child = spawn(process.execPath, [...process.execArgv, entry, ...plan.args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl+C reaches the parent only, which ends things in their order.
    detached: true,
  })
  const ready = Promise.withResolvers<MemberUrls | undefined>()
  const read = (stream: Readable | null): void => {
    if (stream === null) return
    createInterface({ input: stream }).on('line', (line) => {
      const urls = parseReady(line)
      if (urls === undefined) print(`${plan.name} | ${line}`)
      else ready.resolve(urls)
    })
  }
  read(child.stdout)
  read(child.stderr)
  const ended = endOf(child)
  void ended.then(() => ready.resolve(undefined))
  return { pid: child.pid, ready: ready.promise, ended, kill: (signal) => void child.kill(signal) }
}

/** Both URLs of a ready line; undefined for any other line. */
export function parseReady(line: string): MemberUrls | undefined {
  const [, client, admin] = /^sluice ready {2}client (\S+) {2}admin (\S+)/.exec(line) ?? []
  return client === undefined || admin === undefined ? undefined : { client, admin }
}

async function endOf(child: ChildProcess): Promise<Exit> {
  try {
    const [code, signal]: (number | string | null)[] = await once(child, 'close')
    return {
      code: typeof code === 'number' ? code : null,
      signal: typeof signal === 'string' ? signal : null,
    }
  } catch {
    // It could not be started at all.
    return { code: 1, signal: null }
  }
}

/** Drains this process when the parent that holds its IPC channel is gone. Without such a parent, nothing. */
export function followParent(): void {
  if (process.connected) process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}
