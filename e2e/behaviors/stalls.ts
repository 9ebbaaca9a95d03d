// Never settles: a handler that awaits what does not come, with and without saying what it waits for.

import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

export default defineBehavior<RoomEvent, null, BehaviorInput>({
  name: 'stalls',
  receiveTimeoutMs: 2_000,
  accepts: ['rpc'],
  start: () => null,
  receive(_state, message, self) {
    if (message.type !== 'rpc') return undefined
    const never = new Promise<undefined>(() => {})
    const { how } = message.data as { how?: string }
    if (how === 'unnamed') return never
    if (how === 'named') return self.wait('lock', 'the ledger', never)
    message.reply.tell({ well: true })
    return undefined
  },
})
