// Answers while it can, and throws whenever it is told to: on a call, on a publication, on every start after the first.

import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

export default defineBehavior<RoomEvent, { calls: number }, BehaviorInput>({
  name: 'throws',
  start: () => ({ calls: 0 }),
  receive(state, message) {
    if (message.type !== 'rpc' && message.type !== 'publish') return
    state.calls++
    if ((message.data as { boom?: boolean }).boom === true) throw new Error('boom on request')
    message.reply.tell({ calls: state.calls })
  },
  describe: ({ calls }) => ({ calls }),
})
