// Answers calls by itself: at once, when another call says so, in words of refusal, or with a fault.

import { defineBehavior, type Reply } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '../../../src/extend/room-behavior.ts'

interface State {
  readonly input: BehaviorInput
  readonly held: Reply<unknown>[]
}

export default defineBehavior<RoomEvent, State, BehaviorInput>({
  name: 'desk',
  accepts: ['rpc'],
  start: (_self, input) => ({ input, held: [] }),
  async receive({ input, held }, message) {
    if (message.type !== 'rpc') return
    const { method, data, client, reply } = message
    if (method === 'desk.echo') reply.tell({ data, user: client.user })
    else if (method === 'desk.hold') held.push(reply)
    else if (method === 'desk.release') {
      for (const each of held.splice(0, data as number)) each.tell('released')
      reply.tell(held.length)
    } else if (method === 'desk.refuse') reply.fail(new Error(String(data)))
    else if (method === 'desk.throw') throw new Error('a fault')
    else if (method === 'desk.publish') {
      // As most would write it: nobody looks at the result.
      void input.publish('news', data)
      reply.tell(null)
    } else await new Promise(() => {})
  },
})
