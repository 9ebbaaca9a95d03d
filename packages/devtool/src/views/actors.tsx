// Actors as a list: searched, filtered, the busiest first. As many as were asked for, of how many there are.

import { type ActorRow, type Dump, printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, hrefFor, node, refine, route } from '../data/state.ts'
import { askedDump } from '../data/dump.ts'
import { Asked } from '../parts/notice.tsx'
import { ownColumns, ownNames } from '../parts/own-columns.tsx'
import { State } from '../parts/state.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Search } from '../parts/search.tsx'

const limit = 500
const waits = ['', 'socket', 'ask', 'mailbox', 'lock', 'redis', 'timer', 'child', 'promise']
const sorts = ['', 'rate', 'handled', 'mailbox', 'state', 'age']

export function ActorsView(): JSX.Element {
  const {
    state = '',
    wait = '',
    behavior = '',
    room = '',
    sort = '',
    search = '',
  } = route.value.query
  const query = { state, wait, behavior, room, sort, limit }
  const key = JSON.stringify(query)
  const { value, problem } = usePoll(
    key,
    (signal) => askedDump(api, node.value, query, signal),
    2_000,
  )
  const rows = value?.actors.filter((actor) => fits(actor, search)) ?? []
  return (
    <>
      <div class="row filters">
        <h1>Actors</h1>
        <Search placeholder="search id, behaviour, label" />
        <Choice
          label="State"
          name="state"
          value={state}
          values={['', 'idle', 'running', 'waiting']}
        />
        <Choice label="Waits for" name="wait" value={wait} values={waits} />
        <Choice label="Greatest by" name="sort" value={sort} values={sorts} />
        <Text label="Behaviour" name="behavior" value={behavior} />
        <Text label="Room" name="room" value={room} />
      </div>
      <Asked value={value} problem={problem} />
      {value && (
        <>
          <p class="quiet" style={{ margin: 0 }}>
            {summary(value, rows.length)}
          </p>
          <Table
            label="Actors"
            columns={[...columns, ...ownColumns(rows, ownNames(rows).slice(0, mostOwn), '7rem')]}
            rows={rows}
            keyOf={({ id }) => id}
            href={({ id }) => hrefFor({ view: 'actor', id })}
          />
        </>
      )}
    </>
  )
}

function summary({ total, matched, actors }: Dump, shown: number): string {
  const found = matched ?? actors.length
  const cut =
    actors.length < found ? `, the first ${printCount(actors.length)} of them looked through` : ''
  return `${printCount(shown)} shown · ${printCount(found)} match${cut} · ${printCount(total)} in all`
}

function fits({ id, behavior, label }: ActorRow, search: string): boolean {
  return search === '' || `${id} ${behavior} ${label}`.toLowerCase().includes(search.toLowerCase())
}

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly value: string
}

function Choice({
  label,
  name,
  value,
  values,
}: FieldProps & { values: readonly string[] }): JSX.Element {
  return (
    <label class="row">
      {label}
      <select
        value={value}
        onChange={({ currentTarget }) => refine({ [name]: currentTarget.value })}
      >
        {values.map((one) => (
          <option key={one} value={one}>
            {one === '' ? 'any' : one}
          </option>
        ))}
      </select>
    </label>
  )
}

function Text({ label, name, value }: FieldProps): JSX.Element {
  return (
    <label class="row">
      {label}
      <input
        size={12}
        value={value}
        onChange={({ currentTarget }) => refine({ [name]: currentTarget.value })}
      />
    </label>
  )
}

/** What the behaviours tell of themselves, as far as it fits. */
const mostOwn = 8

const columns: Column<ActorRow>[] = [
  { title: 'Id', width: '4.5rem', cell: ({ id }) => <span class="mono">{id}</span> },
  {
    title: 'Behaviour',
    width: '8rem',
    cell: ({ behavior }) => behavior,
    by: ({ behavior }) => behavior,
  },
  {
    title: 'State',
    width: 'minmax(13rem, 1.5fr)',
    cell: (actor) => <State actor={actor} />,
    by: ({ state }) => state,
  },
  {
    title: 'For',
    width: '5rem',
    right: true,
    cell: ({ wait, ms }) => printMs(wait?.ms ?? ms),
    by: ({ wait, ms }) => wait?.ms ?? ms,
  },
  {
    title: 'Mailbox',
    width: '5rem',
    right: true,
    cell: ({ mailbox }) => mailbox,
    by: ({ mailbox }) => mailbox,
  },
  {
    title: 'Handled',
    width: '6rem',
    right: true,
    cell: ({ handled }) => printCount(handled),
    by: ({ handled }) => handled,
  },
  {
    title: 'Restarts',
    width: '5rem',
    right: true,
    cell: ({ restarts }) => restarts,
    by: ({ restarts }) => restarts,
  },
  {
    title: 'Label',
    width: 'minmax(8rem, 2fr)',
    cell: ({ label }) => label,
    by: ({ label }) => label,
  },
]
