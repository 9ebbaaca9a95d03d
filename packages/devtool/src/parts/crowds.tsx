// Who has many connections: users or addresses, each with what its connections have together.

import type { JSX } from 'preact'
import type { CrowdRow, Crowds } from '../data/answers.ts'
import { printBytes } from '../data/format.ts'
import { hrefFor } from '../data/state.ts'
import { figure, printBad } from './figure.tsx'
import { type Column, Table } from './table.tsx'

export type CrowdKind = 'user' | 'address'

interface CrowdTableProps {
  readonly crowds: Crowds
  readonly by: CrowdKind
}

export function CrowdTable({ crowds, by }: CrowdTableProps): JSX.Element {
  return (
    <Table
      label={titles[by]}
      columns={columnsFor(by, crowds.matched)}
      rows={crowds.rows}
      keyOf={({ name }) => name}
      href={({ name }) => hrefFor({ view: 'connections', query: { of: `${by}:${name}` } })}
      empty="nobody is connected here"
    />
  )
}

const titles: Record<CrowdKind, string> = { user: 'Users', address: 'Addresses' }
const unnamed: Record<CrowdKind, string> = { user: 'anonymous', address: 'unknown' }

function columnsFor(by: CrowdKind, all: number): Column<CrowdRow>[] {
  return [
    {
      title: by === 'user' ? 'User' : 'Address',
      width: 'minmax(10rem, 2fr)',
      cell: ({ name }) => name || unnamed[by],
      by: ({ name }) => name,
    },
    figure('Connections', '7rem', ({ connections }) => connections),
    {
      title: 'Share',
      width: '4.5rem',
      right: true,
      cell: ({ connections }) => `${Math.round((connections / Math.max(1, all)) * 100)} %`,
    },
    figure('Rooms', '5rem', ({ rooms }) => rooms),
    figure('Full sockets', '6.5rem', ({ blocked }) => blocked, printBad),
    figure('Queued', '7rem', ({ queueBytes }) => queueBytes, printBytes),
  ]
}
