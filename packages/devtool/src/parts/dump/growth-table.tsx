// What grew and what shrank between two dumps: each with a bar, to the right for more, to the left for less.

import type { JSX } from 'preact'
import { printCount } from '../../data/format.ts'
import { figure } from '../figure.tsx'
import { type Column, Table } from '../table.tsx'

export interface Growth {
  /** Unique among them. */
  readonly name: string
  /** What kind of thing, in a few words. */
  readonly detail: string
  readonly before: number
  readonly after: number
}

interface GrowthTableProps {
  readonly label: string
  /** What the names are of. */
  readonly title: string
  readonly detail: string
  /** The largest growth first. */
  readonly rows: readonly Growth[]
  /** How many there are in all. */
  readonly total: number
}

export function GrowthTable(props: GrowthTableProps): JSX.Element {
  const { label, title, detail, rows, total } = props
  const most = Math.max(1, ...rows.map(({ before, after }) => Math.abs(after - before)))
  // Where nothing shrank, bars begin at the left.
  const shrank = rows.some((row) => changeOf(row) < 0)
  const columns: Column<Growth>[] = [
    { title, width: 'minmax(12rem, 3fr)', cell: ({ name }) => <span title={name}>{name}</span> },
    figure('Change', '5rem', changeOf, printSigned),
    {
      title: '',
      width: 'minmax(6rem, 1fr)',
      cell: (row) => <Bar share={changeOf(row) / most} shrank={shrank} />,
    },
    figure('Before', '5rem', ({ before }) => before),
    figure('After', '5rem', ({ after }) => after),
    {
      title: detail,
      width: 'minmax(10rem, 2fr)',
      cell: (row) => <span title={row.detail}>{row.detail}</span>,
    },
  ]
  return (
    <section class="stack">
      <h3>{label}</h3>
      <Table
        label={label}
        columns={columns}
        rows={rows}
        keyOf={({ name, detail: kind }) => `${name} ${kind}`}
        empty="nothing changed"
      />
      {rows.length < total && (
        <p class="quiet">and {printCount(total - rows.length)} more, that changed less</p>
      )}
    </section>
  )
}

/** `+1,000`, `−12`, and nothing where nothing changed. */
export function printSigned(change: number): string {
  if (change === 0) return ''
  return change > 0 ? `+${printCount(change)}` : `−${printCount(-change)}`
}

function changeOf({ before, after }: Growth): number {
  return after - before
}

function Bar({ share, shrank }: { share: number; shrank: boolean }): JSX.Element {
  const start = shrank ? 50 : 0
  const width = `${Math.abs(share) * (100 - start)}%`
  return (
    <span class="growth" aria-hidden="true">
      <i
        class={share > 0 ? 'more' : 'less'}
        style={share > 0 ? { left: `${start}%`, width } : { right: '50%', width }}
      />
    </span>
  )
}
