// Who this node is, and how much of everything it has.

import { type Family, gauge, one } from '../family.ts'
import { unreadyReason } from '../../http/health.ts'

export const node: readonly Family[] = [
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
