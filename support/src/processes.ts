// Processes as the kernel sees them. Linux only.

import { readFileSync } from 'node:fs'

/** False when it is gone, or only waits for its parent to notice. */
export function isRunning(pid: number): boolean {
  return !['', 'Z', 'X'].includes(stateOf(pid))
}

/** The letter for what it does: `R`unning, `S`leeping, s`T`opped, …; nothing when it is gone. */
export function stateOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // After the name, which is in brackets and may hold anything.
    return status.charAt(status.lastIndexOf(')') + 2)
  } catch {
    return ''
  }
}
