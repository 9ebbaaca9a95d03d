// Owns a child that does not stop when it is told to.

import { type Behavior, defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

const child: Behavior<never, null> = {
  name: 'clinging',
  start: () => null,
  receive: () => undefined,
  stop: () => new Promise(() => {}),
}

export default defineBehavior<RoomEvent, null, BehaviorInput>({
  name: 'clings',
  accepts: ['rpc'],
  start(self) {
    self.spawn(child)
    return null
  },
  receive(_state, message) {
    if (message.type === 'rpc') message.reply.tell({ well: true })
  },
})
