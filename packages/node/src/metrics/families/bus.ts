// The link to the other nodes, and what it lost.

import type { LinkState } from '@sluice/cluster'
import { counter, type Family, gauge, one, type Sample } from '../family.ts'

const linkStates: readonly LinkState[] = ['connecting', 'resyncing', 'up', 'down', 'closed']

export const bus: readonly Family[] = [
  gauge(
    'sluice_bus_up',
    'flag',
    '1 while messages of other nodes are known to arrive',
    [],
    (reading) => one(reading.services.bus.ready() ? 1 : 0),
  ),
  gauge(
    'sluice_bus_link',
    'flag',
    '1 for the state that the link to the other nodes is in',
    ['state'],
    ({ services }) => {
      const now = services.bus.linkState()
      return linkStates.map((state): Sample => [{ state }, state === now ? 1 : 0])
    },
  ),
  gauge('sluice_bus_rooms', 'rooms', 'Rooms that this node hears', [], ({ services }) =>
    one(services.bus.figures().rooms),
  ),
  gauge(
    'sluice_bus_send_bytes',
    'bytes',
    'What waits to be sent to other nodes',
    [],
    ({ services }) => one(services.bus.figures().sendBytes),
  ),
  gauge(
    'sluice_bus_deliver_bytes',
    'bytes',
    'What came from other nodes and waits to be delivered',
    [],
    ({ services }) => one(services.bus.figures().deliverBytes),
  ),
  counter('sluice_bus_failures_total', 'calls', 'Calls to the bus that failed', [], (reading) =>
    one(reading.services.counters.busFailures),
  ),
  counter(
    'sluice_bus_losses_total',
    'connections',
    'Connections to Redis that ended',
    [],
    (reading) => one(reading.services.counters.busLosses),
  ),
  counter(
    'sluice_bus_repaired_total',
    'messages',
    'Publications that did not arrive and were read from their stream',
    [],
    (reading) => one(reading.services.counters.busRepaired),
  ),
  counter(
    'sluice_bus_gaps_total',
    'gaps',
    'Gaps that rooms were told of, since the stream could not fill them',
    [],
    (reading) => one(reading.services.counters.busGaps),
  ),
  counter(
    'sluice_bus_lost_total',
    'messages',
    'Messages of rooms without history that did not arrive',
    [],
    (reading) => one(reading.services.counters.busLost),
  ),
]
