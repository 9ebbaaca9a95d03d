// Has as many children as it is told to, each with a name of its own; some of them may be told to leave.

import { type Behavior, defineBehavior, type Ref } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

const guest: Behavior<never, string, string> = defineBehavior({
  name: 'guest',
  start: (_self, name: string) => name,
  receive: () => undefined,
  label: (name) => name,
})

export default defineBehavior<RoomEvent, Ref[], BehaviorInput>({
  name: 'crowd',
  accepts: ['rpc'],
  maxDescendants: 200_000,
  start: () => [],
  receive(guests, message, self) {
    if (message.type !== 'rpc') return
    const { come = 0, leave = 0 } = message.data as { come?: number; leave?: number }
    for (let i = 0; i < come; i++) guests.push(self.spawn(guest, `guest ${guests.length + 1}`))
    for (const one of guests.splice(0, leave)) one.stop('has left')
    message.reply.tell({ guests: guests.length })
  },
})
