// The last dead: what each died of, and what it did before.

import { printMs, type TombstoneRow } from '@sluice/core'
import type { JSX } from 'preact'
import { askedDump } from '../data/dump.ts'
import { printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, hrefFor, node, route } from '../data/state.ts'
import { Asked } from '../parts/notice.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Search } from '../parts/search.tsx'

export function DeadView(): JSX.Element {
  const { search = '' } = route.value.query
  const { value, problem } = usePoll(
    'dead',
    (signal) => askedDump(api, node.value, { limit: 1 }, signal),
    2_000,
  )
  const ends = Object.entries(value?.ends ?? {}).filter(([, count]) => count > 0)
  const rows = value?.tombstones.filter((tomb) => fits(tomb, search)) ?? []
  return (
    <>
      <div class="row">
        <h1>The dead</h1>
        <Search placeholder="search id, behaviour, end" />
      </div>
      <Asked value={value} problem={problem} />
      {value && (
        <>
          <p class="quiet" style={{ margin: 0 }}>
            The last {value.tombstones.length}. Ends since the start:{' '}
            {ends.map(([code, count]) => `${code} ${printCount(count)}`).join(', ') || 'none'}.
          </p>
          <Table
            label="The dead"
            columns={columns}
            rows={rows}
            keyOf={({ id }) => id}
            href={({ id }) => hrefFor({ view: 'actor', id })}
          />
        </>
      )}
    </>
  )
}

function fits({ id, behavior, label, end }: TombstoneRow, search: string): boolean {
  return (
    search === '' ||
    `${id} ${behavior} ${label} ${end}`.toLowerCase().includes(search.toLowerCase())
  )
}

const columns: Column<TombstoneRow>[] = [
  { title: 'Id', width: '6rem', cell: ({ id }) => <span class="mono">{id}</span> },
  {
    title: 'Behaviour',
    width: '9rem',
    cell: ({ behavior }) => behavior,
    by: ({ behavior }) => behavior,
  },
  {
    title: 'Code',
    width: '9rem',
    cell: ({ code }) => <span class="state dead">{code}</span>,
    by: ({ code }) => code,
  },
  {
    title: 'Ago',
    width: '5rem',
    right: true,
    cell: ({ agoMs }) => printMs(agoMs),
    by: ({ agoMs }) => agoMs,
  },
  {
    title: 'Lived',
    width: '5rem',
    right: true,
    cell: ({ livedMs }) => printMs(livedMs),
    by: ({ livedMs }) => livedMs,
  },
  {
    title: 'Its end, and the causes',
    width: 'minmax(16rem, 3fr)',
    cell: ({ end }) => <span title={end}>{end}</span>,
  },
  { title: 'Its last steps', width: 'minmax(12rem, 2fr)', cell: ({ trail }) => trail.join(' → ') },
]
