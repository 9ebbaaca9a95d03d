// Answers nobody, and has a mailbox for two: the third call that waits is one too many.

import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

export default defineBehavior<RoomEvent, undefined, BehaviorInput>({
  name: 'narrow',
  mailbox: { capacity: 2, overflow: 'reject' },
  start: () => undefined,
  receive: (_state, _message, self) => self.wait('promise', 'nothing', new Promise(() => {})),
})
