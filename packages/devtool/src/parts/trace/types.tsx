// What the messages of a trace come to, by type: what took the most time stands first.

import { type CloseUpType, printFine } from '@sluice/core'
import type { JSX } from 'preact'
import { figure, printBad } from '../figure.tsx'
import { type Column, Table } from '../table.tsx'

const time = (title: string, value: (type: CloseUpType) => number): Column<CloseUpType> => ({
  title,
  width: '5rem',
  right: true,
  cell: (type) => (type.count > type.open ? printFine(value(type)) : '–'),
  by: value,
})

const columns: readonly Column<CloseUpType>[] = [
  {
    title: 'Message',
    width: 'minmax(8rem, 1fr)',
    cell: ({ type }) => type || '(no type)',
    by: ({ type }) => type,
  },
  figure('Count', '4rem', ({ count }) => count),
  figure('Failed', '4rem', ({ failed }) => failed, printBad),
  time('Ran in all', ({ totalMs }) => totalMs),
  time('p50', ({ p50Ms }) => p50Ms),
  time('p99', ({ p99Ms }) => p99Ms),
  time('Most', ({ maxMs }) => maxMs),
  {
    ...time('Awaited', ({ awaitedMs }) => awaitedMs),
    cell: ({ awaitedMs }) => (awaitedMs > 0 ? printFine(awaitedMs) : '–'),
  },
  {
    title: 'In the mailbox',
    width: '7rem',
    right: true,
    cell: ({ queuedMs }) => (queuedMs > 0 ? `≤ ${printFine(queuedMs)}` : '–'),
    by: ({ queuedMs }) => queuedMs,
  },
]

export function TraceTypes({ types }: { types: readonly CloseUpType[] }): JSX.Element {
  return (
    <div class="bounded">
      <Table
        label="Messages by type"
        columns={columns}
        rows={types}
        keyOf={({ type }) => type}
        empty="No message yet."
      />
    </div>
  )
}
