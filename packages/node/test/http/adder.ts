// A behaviour that adds numbers: what the tests of calls ask.

import { defineBehavior } from '@sluice/core'
import type { RoomEvent } from '../../src/index.ts'

export default defineBehavior({
  name: 'adder',
  start: () => ({}),
  receive(_state, message: RoomEvent) {
    if (message.type !== 'rpc') return
    const { data, reply } = message
    if (data === undefined) reply.tell(null)
    else if (Array.isArray(data)) {
      reply.tell((data as number[]).reduce((sum, number) => sum + number, 0))
    } else reply.fail('only lists can be added')
  },
})
