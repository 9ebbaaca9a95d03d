// What Linux knows of a process, its threads included: CPU time and resident memory; and of the whole machine: CPU time.

import { readdirSync, readFileSync } from 'node:fs'

const tickUs = 10_000
const pageFields = /^(?:Rss|VmRSS):\s+(\d+) kB$/m

/** CPU time of a process since its start, user and system, in steps of 10 ms. */
export function cpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The second field is the name in brackets and may hold anything; utime and stime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickUs
}

/** The same in nanoseconds, of the threads that there are now. */
export function cpuNs(pid: number): number {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).reduce(
    (sum, task) => sum + Number(readOrNothing(`${tasks}/${task}/schedstat`).split(' ', 1)[0]),
    0,
  )
}

/** Resident bytes of a process; smaps_rollup walks its pages, status may lag behind by some. */
export function rssBytes(pid: number): number {
  for (const file of ['smaps_rollup', 'status']) {
    const found = pageFields.exec(readOrNothing(`/proc/${pid}/${file}`))
    if (found) return Number(found[1]) * 1024
  }
  throw new Error(`no resident size in /proc/${pid}`)
}

/** CPU time since boot, over all cores, in which something ran, or the hypervisor let others run. */
export function busyUs(): number {
  const fields = readFileSync('/proc/stat', 'latin1')
    .split('\n', 1)[0]!
    .trim()
    .split(/\s+/)
    .slice(1)
  const [user, nice, system, , , irq, softirq, stolen] = fields.map(
    (ticks) => Number(ticks) * tickUs,
  )
  return user! + nice! + system! + irq! + softirq! + stolen!
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
