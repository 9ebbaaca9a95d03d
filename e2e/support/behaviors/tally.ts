// A room that counts: members call it, publish numbers that it adds up, and make it fail on demand.

import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent, RoomHandle } from '@sluice/node'

interface State {
  readonly room: RoomHandle
  sum: number
  readonly seen: string[]
}

export default defineBehavior<RoomEvent, State, BehaviorInput>({
  name: 'tally',
  start(_self, { room }) {
    if (room === undefined) throw new Error('a tally is of a room')
    return { room, sum: 0, seen: [] }
  },
  async receive(state, message) {
    const { room, seen } = state
    switch (message.type) {
      case 'joined':
      case 'left':
        seen.push(`${message.client.user} ${message.type}`)
        return
      case 'publish': {
        const { data, reply } = message
        if (typeof data !== 'number') return reply.fail(new Error('numbers only'))
        state.sum += data
        await room.publish({ sum: state.sum })
        return reply.tell(undefined)
      }
      case 'rpc': {
        const { method, client, reply } = message
        if (method === 'tally.fail') throw new Error('as it was told')
        const { sum } = state
        const members = room.members().map(({ user }) => user)
        return reply.tell({ room: room.name, sum, seen, members, caller: client.user })
      }
    }
  },
})
