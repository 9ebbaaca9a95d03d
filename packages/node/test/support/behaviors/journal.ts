// A room that writes down what it hears, lets its members publish what is not empty, and fails as it is told.

import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent, RoomHandle } from '../../../src/extend/room-behavior.ts'

interface State {
  readonly room: RoomHandle
  readonly heard: string[]
}

export default defineBehavior<RoomEvent, State, BehaviorInput>({
  name: 'journal',
  supervise: { intensity: 2 },
  start: (_self, { room }) => ({ room: room!, heard: [] }),
  receive({ room, heard }, message, self) {
    switch (message.type) {
      case 'joined':
      case 'left':
        heard.push(`${message.type} ${message.client.user}`)
        return
      case 'publish':
        heard.push(`publish ${String(message.data)}`)
        if (message.data === '') return message.reply.fail('nothing to say')
        void room.publish(`${message.client.user}: ${String(message.data)}`)
        return message.reply.tell(undefined)
      case 'rpc': {
        const { method, reply } = message
        if (method === 'journal.read') return reply.tell(heard)
        if (method === 'journal.members') return reply.tell(room.members().map(({ user }) => user))
        if (method === 'journal.throw') throw new Error('a fault')
        if (method === 'journal.swarm') {
          for (;;) self.spawn({ name: 'fly', start: () => 0, receive: () => undefined })
        }
        return new Promise<void>(() => {})
      }
    }
  },
})
