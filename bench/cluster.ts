// One room with 1,000 members on each node, one publisher: as fast as it goes, and at a pace that leaves nothing to join.
// Beside them one Sluice node with 1,000 members and no Redis, and Socket.IO with its Redis adapter.

import type { Bench } from './support/bench.ts'
import { clusterLoad, type Shape } from './support/cluster-load.ts'

const membersEach = 1000
const payloadBytes = 128
const shape: Shape = { rooms: 1, members: (nodes) => nodes * membersEach, payloadBytes }

export const bench: Bench = {
  name: 'cluster',
  about: '1 room × 1,000 members a node, across Redis, saturated and sparse',
  run: async (settings) => {
    const { nodes, window, perSecond } = settings
    const what = `1 room × ${membersEach} members on each of ${nodes} nodes, ${payloadBytes} B`
    const saturated = await clusterLoad(settings, 'cluster, saturated', shape, { window })
    // All nodes share a core: together they deliver as much as one does at this rate.
    const each = perSecond / nodes
    const sparse = await clusterLoad(settings, 'cluster, sparse', shape, { perSecond: each })
    return [
      { title: `cluster, saturated: ${what}, ${window} messages under way`, ...saturated },
      { title: `cluster, sparse: ${what}, ${each} messages a second`, ...sparse },
    ]
  },
}
