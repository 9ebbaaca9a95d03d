// The machine under the figures: what it is, and which cores the two sides get.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'

/** Where the server and the swarm run. */
export interface Cores {
  server: number
  swarm: number
}

/** One core each where the machine has two and `taskset`; nothing where it does not. */
export function findCores(): Cores | undefined {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))
  const [server, swarm] = expand(allowed?.[1] ?? '')
  if (server === undefined || swarm === undefined) return undefined
  return spawnSync('taskset', ['--version']).status === 0 ? { server, swarm } : undefined
}

/** A command that runs `node` with these arguments, on that core if there is one. */
export function nodeOn(core: number | undefined, args: readonly string[]): [string, string[]] {
  return pinned(core, process.execPath, args)
}

/** The same for any program. `taskset` becomes the program, so that its process is the program's. */
export function pinned(
  core: number | undefined,
  program: string,
  args: readonly string[],
): [string, string[]] {
  return core === undefined
    ? [program, [...args]]
    : ['taskset', ['-c', String(core), program, ...args]]
}

/** The same, for who starts it with arguments of their own. */
export function onCore(
  core: number | undefined,
): (program: string, args: readonly string[]) => [string, string[]] {
  return (program, args) => pinned(core, program, args)
}

/** What a reader must know before comparing figures with those of another day. */
export function describeMachine(cores: Cores | undefined): Record<string, string> {
  return {
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`,
    cores: cores ? `server on ${cores.server}, swarm on ${cores.swarm}` : 'not pinned',
    versions: `Node ${process.versions.node}, ws ${version('ws')}, socket.io ${version('socket.io')}, its Redis adapter ${version('@socket.io/redis-adapter')}`,
    load: `${loadavg()[0]!.toFixed(2)} before the first round`,
  }
}

/** "0-2,5" → 0, 1, 2, 5 */
function expand(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [from, to] = part.split('-').map(Number)
    return Array.from({ length: (to ?? from!) - from! + 1 }, (_, i) => from! + i)
  })
}

function version(name: string): string {
  const require = createRequire(import.meta.url)
  const manifest: { version: string } = require(`${name}/package.json`)
  return manifest.version
}
