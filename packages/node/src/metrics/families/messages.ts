// What clients, rooms and backends sent each other.

import { counter, type Family, one } from '../family.ts'

export const messages: readonly Family[] = [
  counter(
    'sluice_transport_messages_received',
    'frames',
    'Frames from clients',
    [],
    ({ services }) => one(services.counters.framesIn),
  ),
  counter(
    'sluice_transport_messages_received_size',
    'characters',
    'What was in them: bytes, as long as it is ASCII',
    [],
    ({ services }) => one(services.counters.bytesIn),
  ),
  counter(
    'sluice_transport_messages_sent',
    'deliveries',
    "Messages of rooms to clients: messages times members, each into its member's outlet",
    [],
    ({ services }) => one(services.counters.deliveries),
  ),
  counter(
    'sluice_transport_messages_dropped',
    'deliveries',
    'Messages that a tolerant room left out for a slow member',
    [],
    ({ services }) => one(services.counters.dropped),
  ),
  counter(
    'sluice_publications_total',
    'messages',
    'Messages published through this node',
    [],
    ({ services }) => one(services.counters.published),
  ),
]
