// Processes and ports, as the kernel sees them.

import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'

/** Everything that this process has started, and what that has started. Linux only. */
export function descendants(pid: number): number[] {
  let tasks: string[]
  try {
    tasks = readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
  const children = tasks.flatMap((task) => {
    const listed = readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1')
    return listed.split(' ').filter(Boolean).map(Number)
  })
  return children.flatMap((child) => [child, ...descendants(child)])
}

/** Listens on the port of this URL for a moment; rejects if somebody else does. */
export async function takePort(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const server = createServer().listen(Number(port), hostname)
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}
