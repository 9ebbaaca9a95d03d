// Tells itself two messages for each that it handles, for ever.

import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

type Message = RoomEvent | { type: 'echo' }

export default defineBehavior<Message, { echoes: number }, BehaviorInput>({
  name: 'floods',
  accepts: ['rpc'],
  start: () => ({ echoes: 0 }),
  receive(state, message, self) {
    if (message.type === 'rpc') message.reply.tell('so be it')
    state.echoes++
    self.tell({ type: 'echo' })
    self.tell({ type: 'echo' })
  },
  describe: ({ echoes }) => ({ echoes }),
})
