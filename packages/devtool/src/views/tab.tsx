// A behaviour's own tab: its actors, and what it tells of each; of one node, or of all.

import type { ActorRow, Dump } from '@sluice/core'
import type { JSX } from 'preact'
import type { Reached } from '../data/answers.ts'
import { askedDump } from '../data/dump.ts'
import { printCount } from '../data/format.ts'
import { ownTitle, ownTitles, printOwn } from '../data/own.ts'
import { usePoll } from '../data/poll.ts'
import { api, everyNode, hrefFor, node, route } from '../data/state.ts'
import { type TabRow, tabs, tabTitle } from '../data/tabs.ts'
import { Missing } from '../parts/cluster/missing.tsx'
import { Asked, Notice } from '../parts/notice.tsx'
import { ownColumns, ownNames } from '../parts/own-columns.tsx'
import { Search } from '../parts/search.tsx'
import { State } from '../parts/state.tsx'
import { type Column, type Order, Table } from '../parts/table.tsx'

/** Of each node. */
const limit = 500

interface Row extends ActorRow {
  readonly on: string
}

export function TabView(): JSX.Element {
  const { id: behavior } = route.value
  const tab = tabs.value?.find((one) => one.behavior === behavior)
  const title = tabTitle(behavior)
  if (tabs.value !== undefined && tab === undefined) {
    return (
      <>
        <h1>{title}</h1>
        <Notice>
          No behaviour {behavior} with a tab is known here: it is in no configuration, and none of
          its actors lives on this node.
        </Notice>
      </>
    )
  }
  return (
    <>
      <div class="row">
        <h1>{title}</h1>
        <Search placeholder="search all columns" />
      </div>
      {tab && <Lines tab={tab} />}
    </>
  )
}

function Lines({ tab }: { tab: TabRow }): JSX.Element {
  const { behavior, title, columns, sort } = tab
  const { search = '' } = route.value.query
  const { value, problem } = usePoll(
    `tab ${node.value} ${behavior}`,
    (signal) => ask(behavior, signal),
    2_000,
  )
  const all: Row[] = (value?.nodes ?? []).flatMap(({ node: on, view }) =>
    view.actors.map((actor) => ({ ...actor, on })),
  )
  const matched = (value?.nodes ?? []).reduce(
    (sum, { view }) => sum + (view.matched ?? view.actors.length),
    0,
  )
  const rows = all.filter((row) => fits(row, search))
  const names = columns ?? ownNames(all)
  return (
    <>
      <Asked value={value} problem={problem} />
      {value && <Missing answer={value} />}
      {value && (
        <>
          <p class="quiet" style={{ margin: 0 }}>
            {printCount(rows.length)} shown · {printCount(matched)} in all
            {all.length < matched && `, the first ${printCount(all.length)} looked through`}
          </p>
          <Table
            label={title}
            columns={[
              idColumn,
              ...(node.value === everyNode ? [nodeColumn] : []),
              ...(all.some(({ label }) => label !== '') ? [labelColumn] : []),
              ...ownColumns(all, names, 'minmax(6rem, 1fr)'),
              stateColumn,
            ]}
            {...(sort && { order: orderOf(sort, names) })}
            rows={rows}
            keyOf={({ on, id }) => `${on} ${id}`}
            href={({ on, id }) =>
              hrefFor({ view: 'actor', id, query: on === '' ? {} : { node: on } })
            }
            empty={matched === 0 ? `no ${behavior} lives here` : 'none has this in its columns'}
          />
        </>
      )}
    </>
  )
}

function orderOf(
  { by, down = false }: NonNullable<TabRow['sort']>,
  names: readonly string[],
): Order {
  return { title: ownTitles(names).get(by) ?? ownTitle(by), down }
}

/** The answer of one node as that of all. */
async function ask(behavior: string, signal: AbortSignal): Promise<Reached<Dump>> {
  if (node.value === everyNode) {
    const query = { debug: 2, format: 'json', scope: 'cluster', behavior, limit }
    return await api.get<Reached<Dump>>('/debug/actors', query, signal)
  }
  const view = await askedDump(api, node.value, { behavior, limit }, signal)
  return { nodes: [{ node: node.value, uid: '', view }], refused: [], silent: [] }
}

function fits({ id, label, more = {} }: Row, search: string): boolean {
  const told = Object.entries(more).map(([name, value]) => `${value} ${printOwn(name, value)}`)
  return `${id} ${label} ${told.join(' ')}`.toLowerCase().includes(search.toLowerCase())
}

const idColumn: Column<Row> = {
  title: 'Id',
  width: '4.5rem',
  cell: ({ id }) => <span class="mono">{id}</span>,
}

const labelColumn: Column<Row> = {
  title: 'Label',
  width: 'minmax(8rem, 1fr)',
  cell: ({ label }) => label,
  by: ({ label }) => label,
}

const nodeColumn: Column<Row> = {
  title: 'Node',
  width: '7rem',
  cell: ({ on }) => on,
  by: ({ on }) => on,
}

const stateColumn: Column<Row> = {
  title: 'State',
  width: 'minmax(9rem, 1fr)',
  cell: (actor) => <State actor={actor} />,
  by: ({ state }) => state,
}
