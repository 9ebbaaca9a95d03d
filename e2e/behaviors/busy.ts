// Counts in one handler for as long as it is told to, and lets nothing else happen.

import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

export default defineBehavior<RoomEvent, null, BehaviorInput>({
  name: 'busy',
  accepts: ['rpc'],
  start: () => null,
  receive(_state, message) {
    if (message.type !== 'rpc') return
    const { forMs } = message.data as { forMs: number }
    message.reply.tell({ counted: countWithoutAPause(forMs) })
  },
})

function countWithoutAPause(forMs: number): number {
  const until = performance.now() + forMs
  let count = 0
  while (performance.now() < until) count++
  return count
}
