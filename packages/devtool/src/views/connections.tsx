// Connections of a node: who they are, and how far they are behind; one by one, or those of a user or an address together.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { ConnectionRow, Crowds, List } from '../data/answers.ts'
import { printBytes, printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, hrefFor, node, refine, route } from '../data/state.ts'
import { type CrowdKind, CrowdTable } from '../parts/crowds.tsx'
import { figure } from '../parts/figure.tsx'
import { ListHead } from '../parts/list-head.tsx'
import { Asked } from '../parts/notice.tsx'
import { type Column, Table } from '../parts/table.tsx'

const kinds = ['user', 'address'] as const

export function ConnectionsView(): JSX.Element {
  const by = kinds.find((kind) => kind === route.value.query['by'])
  return by === undefined ? <OneByOne /> : <Together key={by} by={by} />
}

function OneByOne(): JSX.Element {
  const { search = '', sort = '', of = '' } = route.value.query
  const { value, problem } = usePoll(
    `connections ${node.value} ${of} ${search} ${sort}`,
    (signal) =>
      api.get<List<ConnectionRow>>(
        '/debug/view/connections',
        { node: node.value, of, search, sort, limit: 500 },
        signal,
      ),
    2_000,
  )
  return (
    <>
      <ListHead title="Connections" sorts={['queue', 'rooms', 'age', 'handled']} list={value}>
        {of === '' ? <By /> : <Of of={of} />}
      </ListHead>
      <Asked value={value} problem={problem} />
      {value && (
        <Table
          label="Connections"
          columns={columns}
          rows={value.rows}
          keyOf={({ client }) => client}
          href={({ actor }) => hrefFor({ view: 'actor', id: actor })}
          empty="nobody is connected here"
        />
      )}
    </>
  )
}

function Together({ by }: { by: CrowdKind }): JSX.Element {
  const { search = '', sort = '' } = route.value.query
  const { value, problem } = usePoll(
    `crowds ${node.value} ${by} ${search} ${sort}`,
    (signal) =>
      api.get<Crowds>(
        '/debug/view/crowds',
        { node: node.value, by, search, sort, limit: 500 },
        signal,
      ),
    2_000,
  )
  return (
    <>
      <ListHead title="Connections" sorts={['connections', 'queue', 'rooms']} list={undefined}>
        <By />
        {value && (
          <span class="quiet">
            {printCount(value.rows.length)} shown of {printCount(value.crowds)} · with{' '}
            {printCount(value.matched)} of {printCount(value.total)} connections
          </span>
        )}
      </ListHead>
      <Asked value={value} problem={problem} />
      {value && <CrowdTable crowds={value} by={by} />}
    </>
  )
}

/** That not all are here, and the way to all. */
function Of({ of }: { of: string }): JSX.Element {
  const [kind = '', ...name] = of.split(':')
  return (
    <span class="row">
      <span>
        of {kind} <strong>{name.join(':') || 'anonymous'}</strong>
      </span>
      <button type="button" class="small" onClick={() => refine({ of: '' })}>
        Show all
      </button>
    </span>
  )
}

/** What is sorted one way cannot always be the other. */
function By(): JSX.Element {
  const { by = '' } = route.value.query
  return (
    <label class="row">
      Together by
      <select
        value={by}
        onChange={({ currentTarget }) => refine({ by: currentTarget.value, sort: '' })}
      >
        <option value="">nothing</option>
        {kinds.map((kind) => (
          <option key={kind}>{kind}</option>
        ))}
      </select>
    </label>
  )
}

const columns: Column<ConnectionRow>[] = [
  { title: 'Actor', width: '5rem', cell: ({ actor }) => <span class="mono">{actor}</span> },
  {
    title: 'User',
    width: 'minmax(8rem, 1fr)',
    cell: ({ user }) => user || '–',
    by: ({ user }) => user,
  },
  {
    title: 'Client',
    width: 'minmax(17.75rem, 2fr)',
    cell: ({ client }) => <span class="mono">{client}</span>,
  },
  {
    title: 'Address',
    width: 'minmax(7.5rem, 1fr)',
    cell: ({ address }) => address,
    by: ({ address }) => address,
  },
  figure('Age', '5rem', ({ ageMs }) => ageMs, printMs),
  figure('Rooms', '4.5rem', ({ rooms }) => rooms, String),
  figure('Handled', '5rem', ({ handled }) => handled),
  {
    title: 'Queued',
    width: '6.75rem',
    right: true,
    cell: ({ queueBytes, blocked }) => (
      <span class={blocked ? 'bad' : ''}>
        {printBytes(queueBytes)}
        {blocked ? ', full' : ''}
      </span>
    ),
    by: ({ queueBytes }) => queueBytes,
  },
]
