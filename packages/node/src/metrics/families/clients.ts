// Clients: who came, who went, and what they were answered.

import { by, counter, type Family, gauge, one } from '../family.ts'

export const clients: readonly Family[] = [
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
    'sluice_client_num_server_unsubscribes',
    'subscriptions',
    'Subscriptions that the server ended, by code',
    ['code'],
    ({ services }) => by('code', services.counters.unsubscribed),
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
