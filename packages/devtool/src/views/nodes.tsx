// Every node of the cluster: how it is linked, what it carries.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { NodeFacts, NodesAnswer } from '../data/answers.ts'
import { printBytes, printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, hrefFor } from '../data/state.ts'
import { Asked, Notice } from '../parts/notice.tsx'
import { type Column, Table } from '../parts/table.tsx'

export function NodesView(): JSX.Element {
  const { value, problem } = usePoll(
    'nodes view',
    (signal) => api.get<NodesAnswer>('/debug/nodes', {}, signal),
    2_000,
  )
  return (
    <>
      <h1>Nodes</h1>
      <Asked value={value} problem={problem} />
      {value?.silent.map((name) => (
        <Notice key={name} kind="bad">
          {name} is a member and does not answer. Its figures are in no sum on this page.
        </Notice>
      ))}
      {value && (
        <Table
          label="Nodes"
          columns={columns}
          rows={value.nodes.map(({ view }) => view)}
          keyOf={({ uid }) => uid}
          href={({ name }) => hrefFor({ view: 'overview', query: { node: name } })}
        />
      )}
    </>
  )
}

const columns: Column<NodeFacts>[] = [
  { title: 'Node', width: 'minmax(7rem, 1fr)', cell: ({ name }) => name, by: ({ name }) => name },
  {
    title: 'Link',
    width: '5.5rem',
    cell: ({ link, draining }) => (
      <span class={link === 'up' && !draining ? '' : 'bad'}>{draining ? 'draining' : link}</span>
    ),
    by: ({ link }) => link,
  },
  {
    title: 'Up',
    width: '5rem',
    right: true,
    cell: ({ uptimeMs }) => printMs(uptimeMs),
    by: ({ uptimeMs }) => uptimeMs,
  },
  figure('Connections', ({ connections }) => connections),
  figure('Rooms', ({ rooms }) => rooms),
  figure('Actors', ({ actors: { idle, running, waiting } }) => idle + running + waiting),
  figure('Waiting', ({ actors }) => actors.waiting),
  figure('Orphans', ({ orphans }) => orphans),
  {
    title: 'Memory',
    width: '6rem',
    right: true,
    cell: ({ rssBytes }) => printBytes(rssBytes),
    by: ({ rssBytes }) => rssBytes,
  },
  { title: 'Version', width: '7rem', cell: ({ version }) => version },
]

function figure(title: string, read: (facts: NodeFacts) => number): Column<NodeFacts> {
  return { title, width: '5.5rem', right: true, cell: (facts) => printCount(read(facts)), by: read }
}
