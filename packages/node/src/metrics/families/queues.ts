// What waits: in mailboxes, and for sockets that are full.

import { ranks } from '../backlog.ts'
import { type Family, gauge, one, type Sample, spread } from '../family.ts'
import type { Slow } from '../backlog.ts'
import type { Reading } from '../reading.ts'

export const queues: readonly Family[] = [
  gauge('sluice_mailbox_messages', 'messages', 'Messages in all mailboxes', [], ({ census }) =>
    one(census.messages),
  ),
  gauge(
    'sluice_mailbox_depth_bucket',
    'actors',
    'Live actors with at most `le` messages in their mailbox, now',
    ['le'],
    ({ census }) => spread(census.depths),
  ),
  gauge(
    'sluice_mailbox_depth_max',
    'messages',
    'Messages in the fullest mailbox',
    [],
    ({ census }) => one(census.depths.max),
  ),
  gauge(
    'sluice_connections_blocked',
    'connections',
    'Connections whose socket is full',
    [],
    ({ backlog }) => one(backlog.connections),
  ),
  gauge(
    'sluice_connection_queue_bytes',
    'bytes',
    'What waits for full sockets, all together',
    [],
    ({ backlog }) => one(backlog.bytes),
  ),
  gauge(
    'sluice_connection_queue_bytes_bucket',
    'connections',
    'Connections whose socket is full, with at most `le` bytes waiting for it, now',
    ['le'],
    ({ backlog }) => spread(backlog.spread),
  ),
  gauge(
    'sluice_connection_queue_bytes_max',
    'bytes',
    'What waits for the slowest of them',
    [],
    ({ backlog }) => one(backlog.spread.max),
  ),
  gauge(
    'sluice_slowest_queue_bytes',
    'bytes',
    'What waits for the slowest consumers, 1 being the slowest; who they are: `/debug/slowest`',
    ['rank'],
    (reading) => byRank(reading, ({ bytes }) => bytes),
  ),
  gauge(
    'sluice_slowest_blocked_seconds',
    'seconds',
    'Since when their sockets have been full',
    ['rank'],
    (reading) => byRank(reading, ({ age }) => age),
  ),
]

/** Every rank, also those that nobody has, so that no series comes and goes. */
function byRank({ backlog }: Reading, figure: (slow: Slow) => number): Sample[] {
  return Array.from({ length: ranks }, (_, at) => {
    const slow = backlog.worst[at]
    return [{ rank: String(at + 1) }, slow === undefined ? 0 : figure(slow)]
  })
}
