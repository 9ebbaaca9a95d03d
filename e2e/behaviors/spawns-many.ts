// Spawns as many children as it is told to, by one line of source.

import { type Behavior, defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

const worker: Behavior<never, null> = {
  name: 'worker',
  start: () => null,
  receive: () => undefined,
}

export default defineBehavior<RoomEvent, null, BehaviorInput>({
  name: 'spawns-many',
  accepts: ['rpc'],
  start: () => null,
  receive(_state, message, self) {
    if (message.type !== 'rpc') return
    const { children } = message.data as { children: number }
    for (let i = 0; i < children; i++) self.spawn(worker)
    message.reply.tell({ well: true })
  },
})
