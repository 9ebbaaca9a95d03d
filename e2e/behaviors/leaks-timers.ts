// Sets a timer for each call and takes none back.

import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

type Message = RoomEvent | { type: 'later' }

export default defineBehavior<Message, null, BehaviorInput>({
  name: 'leaks-timers',
  accepts: ['rpc'],
  start: () => null,
  receive(_state, message, self) {
    if (message.type !== 'rpc') return
    const { timers } = message.data as { timers: number }
    for (let i = 0; i < timers; i++) self.after(3_600_000, { type: 'later' })
    message.reply.tell({ well: true })
  },
})
