// Spawns without end: children in one handler, or a chain in which each child spawns the next.

import { type Behavior, defineBehavior, type Self } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

const child: Behavior<never, null> = {
  name: 'child',
  start: () => null,
  receive: () => undefined,
}

const link: Behavior<{ type: 'go' }, null> = {
  name: 'link',
  start(self) {
    self.tell({ type: 'go' })
    return null
  },
  receive: (_state, _go, self) => void self.spawn(link),
}

export default defineBehavior<RoomEvent, null, BehaviorInput>({
  name: 'spawns',
  accepts: ['rpc'],
  maxDescendants: 5_000,
  start: () => null,
  receive(_state, message, self) {
    if (message.type !== 'rpc') return
    const { how } = message.data as { how?: string }
    if (how === 'children') spawnForEver(self)
    if (how === 'chain') self.spawn(link)
    message.reply.tell({ well: true })
  },
})

function spawnForEver(self: Self<RoomEvent>): never {
  for (;;) self.spawn(child)
}
