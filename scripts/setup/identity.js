// Who a process is, so that a pid written down can be recognised later: a pid alone is given to
// somebody else after a while, and after a restart or in another container at once.

import { readFileSync } from 'node:fs'
import { codeOf } from './fault.js'

/**
 * A process by its pid and, where the system tells (Linux), the moment that it started.
 * @typedef {{ pid: number, started: string | null }} Identity
 */

/**
 * @param {number} pid
 * @returns {Identity}
 */
export function identityOf(pid) {
  return { pid, started: statusOf(pid)?.started ?? null }
}

/**
 * Whether exactly this process still runs. One that ended and was not yet collected by its parent
 * (a zombie) does not.
 * @param {Identity} identity
 * @returns {boolean}
 */
export function isAlive({ pid, started }) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if (codeOf(error) !== 'EPERM') return false
  }
  const status = statusOf(pid)
  if (status === null) return true
  return status.state !== 'Z' && (started === null || status.started === started)
}

/**
 * @param {number} pid
 * @returns {{ state: string, started: string } | null} null where there is no /proc, or no process
 */
function statusOf(pid) {
  try {
    // proc(5): "pid (name) state …", the name may hold anything, so count from its last bracket;
    // the start time, in ticks since boot, is field 22. The boot makes the ticks unique.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const [state, started] = [fields[0], fields[19]]
    return state === undefined || started === undefined
      ? null
      : { state, started: `${boot}:${started}` }
  } catch {
    return null
  }
}
