// Who is in a room on this node, those whose sockets are full first.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { MemberRow, RoomDetail } from '../../data/answers.ts'
import { printBytes, printCount } from '../../data/format.ts'
import { hrefFor } from '../../data/state.ts'
import { Search } from '../search.tsx'
import { type Column, Table } from '../table.tsx'

export function Members({ members }: { members: RoomDetail['members'] }): JSX.Element {
  const { rows, matched, total } = members
  return (
    <>
      <div class="row">
        <h2>Members here</h2>
        <Search placeholder="search user, client, address" />
        <span class="quiet">
          {printCount(rows.length)} shown · {printCount(matched)} match · {printCount(total)} in all
        </span>
      </div>
      <Table
        label="Members"
        columns={columns}
        rows={rows}
        keyOf={({ client }) => client}
        href={({ actor }) => hrefFor({ view: 'actor', id: actor })}
        empty="nobody is in it here"
      />
    </>
  )
}

const columns: Column<MemberRow>[] = [
  { title: 'Actor', width: '5rem', cell: ({ actor }) => <span class="mono">{actor}</span> },
  {
    title: 'User',
    width: 'minmax(8rem, 1fr)',
    cell: ({ user }) => user || '–',
    by: ({ user }) => user,
  },
  {
    title: 'Client',
    width: 'minmax(10rem, 2fr)',
    cell: ({ client }) => <span class="mono">{client}</span>,
  },
  { title: 'Address', width: '9rem', cell: ({ address }) => address, by: ({ address }) => address },
  {
    title: 'Queued',
    width: '6rem',
    right: true,
    cell: ({ queueBytes, blockedMs }) => (
      <span class={blockedMs === undefined ? '' : 'bad'}>{printBytes(queueBytes)}</span>
    ),
    by: ({ queueBytes }) => queueBytes,
  },
  {
    title: 'Full for',
    width: '6rem',
    right: true,
    cell: ({ blockedMs }) =>
      blockedMs === undefined ? '–' : <span class="bad">{printMs(blockedMs)}</span>,
    by: ({ blockedMs = -1 }) => blockedMs,
  },
]
