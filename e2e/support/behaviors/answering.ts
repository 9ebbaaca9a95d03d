// Answers calls on its own, with no room: at once, in words of refusal, when another call comes, or never.

import { defineBehavior, type Reply } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

interface State {
  readonly publish: BehaviorInput['publish']
  readonly held: Reply<unknown>[]
}

export default defineBehavior<RoomEvent, State, BehaviorInput>({
  name: 'answering',
  accepts: ['rpc'],
  start: (_self, { publish }) => ({ publish, held: [] }),
  async receive({ publish, held }, message) {
    if (message.type !== 'rpc') return
    const { method, data, client, reply } = message
    switch (method) {
      case 'echo':
        return reply.tell({ data, client })
      case 'nothing':
        return reply.tell(undefined)
      case 'refuse':
        return reply.fail(new Error(String(data)))
      case 'hold':
        held.push(reply)
        return
      case 'release':
        for (const [index, each] of held.splice(0).entries()) each.tell(index)
        return reply.tell('released')
      case 'announce':
        return reply.tell(await publish('news', data))
    }
  },
})
