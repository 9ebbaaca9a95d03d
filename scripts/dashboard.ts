// Writes deploy/grafana/sluice.json, the dashboard of a cluster, from the list of its panels below; a test compares the two.
//
//   node scripts/dashboard.ts && pnpm fix

import { writeFileSync } from 'node:fs'

/** Where the dashboard is. */
export const dashboardFile: URL = new URL('../deploy/grafana/sluice.json', import.meta.url)

/** One line of a panel: what is asked, and how it is called. */
type Query = readonly [expr: string, legend: string]

interface Panel {
  readonly title: string
  /** What it shows, for who has not seen it before. */
  readonly about: string
  readonly unit: string
  readonly queries: readonly Query[]
  readonly kind?: 'timeseries' | 'stat'
  /** The figure as of which it is red. */
  readonly bad?: number
  readonly stacked?: boolean
}

/** Half a row each; a stat takes a sixth. */
const rows: readonly (readonly [title: string, panels: readonly Panel[]])[] = [
  [
    'At a glance',
    [
      stat('Nodes that answer', 'sum(up{job="sluice"})', 'none'),
      stat('Ready', sum('sluice_node_ready'), 'none'),
      stat('Clients', sum('sluice_node_num_clients'), 'short'),
      stat('Actors', sum('sluice_actors'), 'short'),
      { ...stat('Orphans', sum('sluice_orphans'), 'short'), bad: 1 },
      {
        ...stat('Unknown ends', sum('sluice_ends_total', 'code="unknown"'), 'short'),
        bad: 1,
      },
    ],
  ],
  [
    'Actors',
    [
      graph('Water level', 'Live actors. Look at its slope first.', 'short', [
        [sum('sluice_actors', '', 'instance'), '{{instance}}'],
      ]),
      graph(
        'Actors against sockets',
        'Connection actors less open sockets: 0 but for those that come or go.',
        'short',
        [
          [
            `${sum('sluice_actors', 'behavior="connection"', 'instance')} - ${sum('sluice_client_connections_inflight', '', 'instance')}`,
            '{{instance}}',
          ],
        ],
      ),
      stacked('By behaviour', 'Live actors of all nodes.', [
        [sum('sluice_actors', '', 'behavior'), '{{behavior}}'],
      ]),
      stacked('By state', 'Live actors of all nodes.', [
        [sum('sluice_actors', '', 'state'), '{{state}}'],
      ]),
      stacked('Waits', 'Waiting actors, by what they wait for.', [
        [sum('sluice_actor_waits', '', 'class'), '{{class}}'],
      ]),
      graph('Oldest wait', 'How long the oldest wait has lasted, by what for.', 's', [
        [`max by (class) (${of('sluice_actor_wait_seconds_max')})`, '{{class}}'],
      ]),
      graph('Age of waits', 'The median and the 99th percentile of the waits of now.', 's', [
        [quantile(0.5, 'sluice_actor_wait_seconds_bucket', 'class'), '{{class}} p50'],
        [quantile(0.99, 'sluice_actor_wait_seconds_bucket', 'class'), '{{class}} p99'],
      ]),
      graph('Time in state', 'The median and the longest time that actors have been so.', 's', [
        [quantile(0.5, 'sluice_actor_state_seconds_bucket', 'state'), '{{state}} p50'],
        [`max by (state) (${of('sluice_actor_state_seconds_max')})`, '{{state}} max'],
      ]),
      graph('Ends', 'Deaths a second, by why.', 'ops', [
        [rate('sluice_ends_total', 'code'), '{{code}}'],
      ]),
      graph('Faults', 'A second: restarts, actors ended by force, letters lost.', 'ops', [
        [rate('sluice_restarts_total'), 'restarts'],
        [rate('sluice_forced_total'), 'forced'],
        [rate('sluice_dead_letters_total'), 'dead letters'],
        [rate('sluice_overflowed_total'), 'overflowed'],
      ]),
    ],
  ],
  [
    'Traffic',
    [
      graph('Deliveries', 'Messages times members, a second.', 'ops', [
        [rate('sluice_transport_messages_sent', 'instance'), '{{instance}}'],
        [rate('sluice_transport_messages_dropped', 'instance'), '{{instance}} dropped'],
      ]),
      graph('Publications and commands', 'A second, all nodes.', 'ops', [
        [rate('sluice_publications_total'), 'publications'],
        [rate('sluice_client_commands_total'), 'commands'],
        [rate('sluice_transport_messages_received'), 'frames'],
      ]),
      graph('Refused commands', 'Error replies a second, by code.', 'ops', [
        [rate('sluice_client_num_reply_errors', 'code'), '{{code}}'],
      ]),
      graph('How long commands take', 'The 99th percentile of those not answered at once.', 's', [
        [timed('sluice_client_command_duration_seconds_bucket', 'method'), '{{method}}'],
        [timed('sluice_api_command_duration_seconds_bucket', 'method'), 'API {{method}}'],
      ]),
    ],
  ],
  [
    'Clients',
    [
      graph('Connections', 'Open sockets, and clients that said who they are.', 'short', [
        [sum('sluice_client_connections_inflight', '', 'instance'), '{{instance}} sockets'],
        [sum('sluice_node_num_clients', '', 'instance'), '{{instance}} clients'],
      ]),
      graph('Coming', 'Upgrades a second.', 'ops', [
        [rate('sluice_client_connections_accepted_total'), 'accepted'],
        [rate('sluice_client_connections_refused_total', 'status'), 'refused {{status}}'],
        [rate('sluice_client_recover', 'recovered'), 'recovered: {{recovered}}'],
      ]),
      graph('Going', 'Connections closed a second, by code.', 'ops', [
        [rate('sluice_client_connections_closed_total', 'code'), '{{code}}'],
        [rate('sluice_client_slow_total'), 'slow'],
        [rate('sluice_client_num_server_unsubscribes', 'code'), 'unsubscribed {{code}}'],
      ]),
      graph('Ping to pong', 'The median and the 99th percentile.', 's', [
        [timed('sluice_client_ping_pong_duration_seconds_bucket', '', 0.5), 'p50'],
        [timed('sluice_client_ping_pong_duration_seconds_bucket'), 'p99'],
      ]),
    ],
  ],
  [
    'Queues',
    [
      graph('Waiting for full sockets', 'All bytes, and those of the slowest.', 'bytes', [
        [sum('sluice_connection_queue_bytes', '', 'instance'), '{{instance}}'],
        [`max by (instance) (${of('sluice_connection_queue_bytes_max')})`, '{{instance}} slowest'],
      ]),
      graph('Full sockets', 'Connections whose peers do not read as fast as we write.', 'short', [
        [sum('sluice_connections_blocked', '', 'instance'), '{{instance}}'],
      ]),
      graph('Slowest consumers', 'By rank; /debug/slowest says who they are.', 'bytes', [
        [`max by (rank) (${of('sluice_slowest_queue_bytes')})`, '{{rank}}'],
      ]),
      graph('Since when they have been full', 'By rank.', 's', [
        [`max by (rank) (${of('sluice_slowest_blocked_seconds')})`, '{{rank}}'],
      ]),
      graph('Mailboxes', 'Messages in all of them, and in the fullest.', 'short', [
        [sum('sluice_mailbox_messages', '', 'instance'), '{{instance}}'],
        [`max by (instance) (${of('sluice_mailbox_depth_max')})`, '{{instance}} fullest'],
      ]),
      graph('Mailbox depth', 'The 99.9th percentile of all actors.', 'short', [
        [quantile(0.999, 'sluice_mailbox_depth_bucket', 'instance'), '{{instance}}'],
      ]),
    ],
  ],
  [
    'Cluster',
    [
      graph('Link', '1 while messages of other nodes are known to arrive.', 'none', [
        [sum('sluice_bus_up', '', 'instance'), '{{instance}}'],
      ]),
      graph('Rooms heard', 'Rooms of the cluster that a node listens to.', 'short', [
        [sum('sluice_bus_rooms', '', 'instance'), '{{instance}}'],
      ]),
      graph('Bus queues', 'What waits to be sent, and to be delivered.', 'bytes', [
        [sum('sluice_bus_send_bytes', '', 'instance'), '{{instance}} to send'],
        [sum('sluice_bus_deliver_bytes', '', 'instance'), '{{instance}} to deliver'],
      ]),
      graph('Trouble', 'In five minutes.', 'short', [
        [increase('sluice_bus_losses_total'), 'connections lost'],
        [increase('sluice_bus_failures_total'), 'failed calls'],
        [increase('sluice_bus_repaired_total'), 'messages repaired'],
        [increase('sluice_bus_gaps_total'), 'gaps told'],
        [increase('sluice_bus_lost_total'), 'messages lost'],
      ]),
    ],
  ],
  [
    'Process',
    [
      graph('Event loop lag', 'The 99th percentile and the worst of ten seconds.', 's', [
        [of('sluice_event_loop_lag_seconds', 'quantile="0.99"'), '{{instance}} p99'],
        [of('sluice_event_loop_lag_seconds', 'quantile="1"'), '{{instance}} worst'],
      ]),
      graph('Event loop utilization', 'The share of its time that it is busy.', 'percentunit', [
        [
          `${rate('sluice_event_loop_active_seconds_total', 'instance')} / (${rate('sluice_event_loop_active_seconds_total', 'instance')} + ${rate('sluice_event_loop_idle_seconds_total', 'instance')})`,
          '{{instance}}',
        ],
      ]),
      graph('CPU', 'Cores.', 'short', [
        [rate('process_cpu_user_seconds_total', 'instance'), '{{instance}} user'],
        [rate('process_cpu_system_seconds_total', 'instance'), '{{instance}} system'],
      ]),
      graph('Memory', 'Resident, the heap, and what buffers hold.', 'bytes', [
        [of('process_resident_memory_bytes'), '{{instance}} resident'],
        [of('nodejs_heap_size_used_bytes'), '{{instance}} heap'],
        [of('nodejs_external_memory_bytes'), '{{instance}} external'],
      ]),
      graph('Allocation', 'Bytes a second that the heap is given.', 'Bps', [
        [rate('sluice_heap_allocated_bytes_total', 'instance'), '{{instance}}'],
      ]),
      graph('Garbage collection', 'The share of its time.', 'percentunit', [
        [rate('nodejs_gc_duration_seconds_sum', 'instance, kind'), '{{instance}} {{kind}}'],
      ]),
      graph('Dumps', 'In five minutes, by what started them.', 'short', [
        [increase('sluice_dumps_total', 'trigger'), '{{trigger}}'],
        [increase('sluice_dump_failures_total'), 'failed'],
      ]),
    ],
  ],
]

/** The dashboard, whole. */
export function printDashboard(): string {
  const panels: object[] = []
  let y = 0
  for (const [title, list] of rows) {
    panels.push({ id: panels.length + 1, type: 'row', title, gridPos: { x: 0, y, w: 24, h: 1 } })
    y++
    let x = 0
    for (const panel of list) {
      const [w, h] = panel.kind === 'stat' ? [4, 4] : [12, 8]
      if (x + w > 24) [x, y] = [0, y + h]
      panels.push({ id: panels.length + 1, ...draw(panel), gridPos: { x, y, w, h } })
      x += w
    }
    y += list[0]?.kind === 'stat' ? 4 : 8
  }
  const dashboard = {
    uid: 'sluice',
    title: 'Sluice',
    tags: ['sluice'],
    timezone: 'browser',
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: variables },
    panels,
  }
  return `${JSON.stringify(dashboard, undefined, 2)}\n`
}

const datasource = { type: 'prometheus', uid: '${datasource}' }

const variables = [
  { name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' },
  {
    name: 'instance',
    type: 'query',
    label: 'Node',
    datasource,
    query: { query: 'label_values(sluice_node_info, instance)', refId: 'instance' },
    refresh: 2,
    multi: true,
    includeAll: true,
    current: { text: ['All'], value: ['$__all'] },
  },
]

function draw({ title, about, unit, queries, kind = 'timeseries', ...panel }: Panel): object {
  const steps = [
    { color: 'green', value: null },
    ...(panel.bad === undefined ? [] : [{ color: 'red', value: panel.bad }]),
  ]
  return {
    type: kind,
    title,
    description: about,
    datasource,
    targets: queries.map(([expr, legendFormat], at) => ({
      refId: String.fromCharCode(65 + at),
      datasource,
      expr,
      legendFormat,
    })),
    fieldConfig: {
      defaults: {
        unit,
        thresholds: { mode: 'absolute', steps },
        custom: {
          axisSoftMin: 0,
          ...(panel.stacked && { stacking: { mode: 'normal' }, fillOpacity: 30 }),
        },
      },
      overrides: [],
    },
    options:
      kind === 'stat'
        ? { colorMode: 'value', graphMode: 'area', reduceOptions: { calcs: ['lastNotNull'] } }
        : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
  }
}

function stat(title: string, expr: string, unit: string): Panel {
  return { title, about: '', unit, queries: [[expr, '']], kind: 'stat' }
}

function graph(title: string, about: string, unit: string, queries: readonly Query[]): Panel {
  return { title, about, unit, queries }
}

function stacked(title: string, about: string, queries: readonly Query[]): Panel {
  return { title, about, unit: 'short', queries, stacked: true }
}

/** A metric of the chosen nodes. */
function of(name: string, labels = ''): string {
  return `${name}{instance=~"$instance"${labels === '' ? '' : `, ${labels}`}}`
}

function sum(name: string, labels = '', by = ''): string {
  return by === '' ? `sum(${of(name, labels)})` : `sum by (${by}) (${of(name, labels)})`
}

function rate(name: string, by = ''): string {
  const each = `rate(${of(name)}[$__rate_interval])`
  return by === '' ? `sum(${each})` : `sum by (${by}) (${each})`
}

function increase(name: string, by = ''): string {
  const each = `increase(${of(name)}[5m])`
  return by === '' ? `sum(${each})` : `sum by (${by}) (${each})`
}

/** Of what is so now. */
function quantile(at: number, name: string, by: string): string {
  return `histogram_quantile(${at}, ${sum(name, '', `${by}, le`)})`
}

/** Of what took so long. */
function timed(name: string, by = '', at = 0.99): string {
  return `histogram_quantile(${at}, ${rate(name, by === '' ? 'le' : `${by}, le`)})`
}

if (import.meta.main) writeFileSync(dashboardFile, printDashboard())
