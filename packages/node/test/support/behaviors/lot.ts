// A behaviour with a tab of its own, and something to show of each of its actors: what it holds, or a fault.

import { defineBehavior } from '@sluice/core'
import type { BehaviorInput } from '../../../src/extend/room-behavior.ts'

export default defineBehavior({
  name: 'lot',
  accepts: [],
  start: (_self, { room }: BehaviorInput) => ({ name: room?.name ?? '', bids: [120, 110], room }),
  receive: () => undefined,
  describe: ({ name, bids }) => ({ name, bids: bids.length, highest: bids[0]! }),
  inspect: ({ name, bids }) => {
    if (name === 'lot:odd') throw new Error('nothing to be seen')
    return { name, bids: new Set(bids) }
  },
  tab: { title: 'Lots', columns: ['name', 'highest'], sort: { by: 'highest', down: true } },
})
