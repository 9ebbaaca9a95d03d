// Spins in one handler, and lets nothing else happen, until a dump of its own stall lies in a folder: so that who hears its answer
// knows that the dump was written while the loop was stuck.

import { readdirSync } from 'node:fs'
import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

/** In case that it never comes. */
const longestMs = 60_000

export default defineBehavior<RoomEvent, null, BehaviorInput>({
  name: 'busy',
  accepts: ['rpc'],
  start: () => null,
  receive(_state, message) {
    if (message.type !== 'rpc') return
    const { folder } = message.data as { folder: string }
    message.reply.tell({ found: spinUntilThereIsADump(folder) })
  },
})

function spinUntilThereIsADump(folder: string): boolean {
  const until = performance.now() + longestMs
  while (performance.now() < until) if (hasDump(folder)) return true
  return false
}

function hasDump(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith('-stall.json.gz'))
  } catch {
    return false
  }
}
