// Every metric: its name, what it means, and where its value is in a reading. Where Centrifugo has the same figure the
// name is the same behind the prefix, so that its dashboards port. docs/metrics.md shows this list; a test compares.

import { unreadyReason } from '../http/health.ts'
import type { Reading } from './reading.ts'

/** A value with its labels. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** One metric of the list. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly unit: string
  readonly help: string
  readonly labels: readonly string[]
  readonly read: (reading: Reading) => Iterable<Sample>
}

const node: Family[] = [
  gauge('sluice_node_info', 'none', '1; says who this is', ['name', 'version'], (reading) => {
    const { options, version } = reading.services
    return [[{ name: options.name, version }, 1]]
  }),
  gauge('sluice_node_uptime_seconds', 'seconds', 'Time since the node started', [], (reading) =>
    one(reading.uptimeMs / 1_000),
  ),
  gauge('sluice_node_ready', 'flag', '1 while `/ready` says yes', [], ({ services }) =>
    one(unreadyReason(services) === undefined ? 1 : 0),
  ),
  gauge('sluice_node_num_clients', 'clients', 'Clients that are connected', [], ({ services }) =>
    one(services.registry.clients),
  ),
  gauge('sluice_node_num_users', 'users', 'Users with a client here', [], ({ services }) =>
    one(services.registry.users),
  ),
  gauge('sluice_node_num_channels', 'rooms', 'Rooms that are open here', [], ({ services }) =>
    one(services.directory.size),
  ),
  gauge('sluice_node_num_subscriptions', 'members', 'Memberships in rooms', [], (reading) =>
    one(reading.members),
  ),
  gauge(
    'sluice_node_client_connection_limit',
    'connections',
    'How many connections the node takes',
    [],
    ({ services }) => one(services.options.limits.maxConnections),
  ),
]

const clients: Family[] = [
  gauge(
    'sluice_client_connections_inflight',
    'sockets',
    'Open sockets, also of clients that have not said who they are',
    [],
    (reading) => one(reading.sockets),
  ),
  counter(
    'sluice_client_connections_accepted_total',
    'connections',
    'Upgrades accepted',
    [],
    ({ services }) => one(services.counters.accepted),
  ),
  counter(
    'sluice_client_connections_refused_total',
    'connections',
    'Upgrades refused, by HTTP status',
    ['status'],
    ({ services }) => by('status', services.counters.refused),
  ),
  counter(
    'sluice_client_connections_closed_total',
    'connections',
    'Connections that ended, by close code, whoever closed',
    ['code'],
    ({ services }) => by('code', services.counters.closed),
  ),
  counter(
    'sluice_client_num_server_disconnects',
    'connections',
    'The same for the codes that a server gives: 3000 and up',
    ['code'],
    ({ services }) =>
      by(
        'code',
        [...services.counters.closed].filter(([code]) => code >= 3_000),
      ),
  ),
  counter(
    'sluice_client_slow_total',
    'connections',
    'Connections ended because their socket did not drain',
    [],
    ({ services }) => one(services.counters.slow),
  ),
  counter('sluice_client_commands_total', 'commands', 'Commands taken', [], ({ services }) =>
    one(services.counters.commands),
  ),
  counter(
    'sluice_client_num_reply_errors',
    'replies',
    'Commands answered with an error, by its code',
    ['code'],
    ({ services }) => by('code', services.counters.replyErrors),
  ),
  counter(
    'sluice_client_recover',
    'subscriptions',
    'Subscribers that came back: with all they had missed, or not',
    ['recovered'],
    ({ services: { counters } }) => [
      [{ recovered: 'yes' }, counters.recovered],
      [{ recovered: 'no' }, counters.unrecovered],
    ],
  ),
]

const messages: Family[] = [
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
  gauge(
    'sluice_bus_up',
    'flag',
    '1 while messages of other nodes are known to arrive',
    [],
    (reading) => one(reading.services.bus.ready() ? 1 : 0),
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

const actors: Family[] = [
  gauge(
    'sluice_actors',
    'actors',
    'Live actors, by behaviour and state; their sum is the water level',
    ['behavior', 'state'],
    ({ census }) =>
      [...census.behaviors].flatMap(([behavior, counts]) =>
        Object.entries(counts)
          .filter(([state]) => state !== 'dead')
          .map(([state, count]): Sample => [{ behavior, state }, count]),
      ),
  ),
  gauge(
    'sluice_actor_waits',
    'actors',
    'Waiting actors, by what they wait for',
    ['class'],
    ({ census }) => by('class', census.waits),
  ),
  gauge('sluice_mailbox_messages', 'messages', 'Messages in all mailboxes', [], ({ census }) =>
    one(census.messages),
  ),
  gauge(
    'sluice_orphans',
    'actors',
    'Actors that outlive their context by more than their grace time; a promise: 0',
    [],
    ({ services }) => one(services.system.orphans()),
  ),
  counter(
    'sluice_ends_total',
    'actors',
    'Deaths, by why; the code `unknown` is a promise: 0',
    ['code'],
    ({ services }) => by('code', Object.entries(services.system.counters.ends)),
  ),
  counter('sluice_spawned_total', 'actors', 'Actors started', [], ({ services }) =>
    one(services.system.counters.spawned),
  ),
  counter('sluice_restarts_total', 'actors', 'Actors restarted', [], ({ services }) =>
    one(services.system.counters.restarts),
  ),
  counter(
    'sluice_forced_total',
    'actors',
    'Actors ended by force, as they did not stop within their grace time',
    [],
    ({ services }) => one(services.system.counters.forced),
  ),
  counter('sluice_handled_total', 'messages', 'Messages handled', [], ({ services }) =>
    one(services.system.counters.handled),
  ),
  counter(
    'sluice_dead_letters_total',
    'messages',
    'Messages to the dead, and those that died with their receiver',
    [],
    ({ services }) => one(services.system.counters.deadLetters),
  ),
  counter(
    'sluice_overflowed_total',
    'messages',
    'Messages that a full mailbox refused or dropped',
    [],
    ({ services }) => one(services.system.counters.overflowed),
  ),
  gauge('sluice_timers', 'timers', 'Timers that wait on the wheel', [], ({ services }) =>
    one(services.system.wheel.size),
  ),
  gauge('sluice_listeners', 'listeners', 'Listeners to named events', [], (reading) =>
    one(reading.listeners),
  ),
]

const host: Family[] = [
  gauge(
    'sluice_event_loop_lag_seconds',
    'seconds',
    'How late the event loop is, over ten seconds; 1 is the worst',
    ['quantile'],
    ({ lag }) => [
      [{ quantile: '0.5' }, lag.p50],
      [{ quantile: '0.99' }, lag.p99],
      [{ quantile: '1' }, lag.max],
    ],
  ),
  counter(
    'process_cpu_user_seconds_total',
    'seconds',
    'CPU time of the program itself',
    [],
    ({ cpu }) => one(cpu.user / 1e6),
  ),
  counter(
    'process_cpu_system_seconds_total',
    'seconds',
    'CPU time of the kernel on its behalf',
    [],
    ({ cpu }) => one(cpu.system / 1e6),
  ),
  gauge('process_start_time_seconds', 'seconds', 'When it started, in Unix time', [], () =>
    one(performance.timeOrigin / 1_000),
  ),
  gauge('process_resident_memory_bytes', 'bytes', 'Memory in use', [], ({ memory }) =>
    one(memory.rss),
  ),
  gauge('nodejs_heap_size_total_bytes', 'bytes', 'The heap, with its holes', [], ({ memory }) =>
    one(memory.heapTotal),
  ),
  gauge('nodejs_heap_size_used_bytes', 'bytes', 'The heap, without', [], ({ memory }) =>
    one(memory.heapUsed),
  ),
  gauge(
    'nodejs_external_memory_bytes',
    'bytes',
    'Memory that objects of the heap hold outside of it, such as buffers',
    [],
    ({ memory }) => one(memory.external),
  ),
]

/** All metrics, in the order in which they are shown. */
export const families: readonly Family[] = [...node, ...clients, ...messages, ...actors, ...host]

function gauge(
  name: string,
  unit: string,
  help: string,
  labels: readonly string[],
  read: Family['read'],
): Family {
  return { name, type: 'gauge', unit, help, labels, read }
}

function counter(
  name: string,
  unit: string,
  help: string,
  labels: readonly string[],
  read: Family['read'],
): Family {
  return { name, type: 'counter', unit, help, labels, read }
}

function one(value: number): [Sample] {
  return [[{}, value]]
}

/** A sample for each key, which becomes the label. */
function by(label: string, counts: Iterable<readonly [string | number, number]>): Sample[] {
  return [...counts].map(([key, count]) => [{ [label]: String(key) }, count])
}
