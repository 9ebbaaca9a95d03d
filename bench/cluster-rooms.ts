// 100 rooms of 10 members, spread over the nodes with their publishers: as fast as it goes, and at a pace that leaves
// nothing to join.

import type { Bench } from './support/bench.ts'
import { clusterLoad, type Shape } from './support/cluster-load.ts'

const rooms = 100
const members = 10
const payloadBytes = 128
const window = 16
const shape: Shape = { rooms, members: () => members, payloadBytes }

export const bench: Bench = {
  name: 'cluster-rooms',
  about: '100 rooms × 10 members over all nodes, across Redis, saturated and sparse',
  run: async (settings) => {
    const { nodes, perSecond } = settings
    const what = `${rooms} rooms × ${members} members over ${nodes} nodes, ${payloadBytes} B`
    const saturated = await clusterLoad(settings, 'cluster-rooms, saturated', shape, { window })
    const sparse = await clusterLoad(settings, 'cluster-rooms, sparse', shape, { perSecond })
    return [
      {
        title: `cluster-rooms, saturated: ${what}, ${window} messages under way in each`,
        ...saturated,
      },
      { title: `cluster-rooms, sparse: ${what}, ${perSecond} messages a second in all`, ...sparse },
    ]
  },
}
