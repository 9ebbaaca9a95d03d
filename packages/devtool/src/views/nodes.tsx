// Every node of the cluster: how it is linked, what it carries; and the way to take one out.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { NodeFacts, NodesAnswer } from '../data/answers.ts'
import { printBytes, printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, hrefFor } from '../data/state.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Asked, Notice } from '../parts/notice.tsx'
import { type Column, Table } from '../parts/table.tsx'

export function NodesView(): JSX.Element {
  const [leaving, setLeaving] = useState<NodeFacts>()
  const { value, problem, again } = usePoll(
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
      {leaving && (
        <Confirm
          words={`Drain ${leaving.name}: ${printCount(leaving.connections)} connections go elsewhere`}
          act={async (reason) => {
            await api.post('/debug/nodes/drain', { node: leaving.name, reason })
            again()
          }}
          close={() => setLeaving(undefined)}
        />
      )}
      {value && <Sums facts={value.nodes.map(({ view }) => view)} />}
      {value && (
        <Table
          label="Nodes"
          columns={[...columns, drainColumn(setLeaving)]}
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

/** Of all nodes that have answered. */
function Sums({ facts }: { facts: readonly NodeFacts[] }): JSX.Element {
  const sum = (read: (one: NodeFacts) => number): string =>
    printCount(facts.reduce((total, one) => total + read(one), 0))
  const sums = [
    ['nodes', printCount(facts.length)],
    ['connections', sum(({ connections }) => connections)],
    ['actors', sum(({ actors: { idle, running, waiting } }) => idle + running + waiting)],
    ['waiting', sum(({ actors }) => actors.waiting)],
    ['orphans', sum(({ orphans }) => orphans)],
    ['unknown ends', sum(({ unknownEnds }) => unknownEnds)],
    ['restarts', sum(({ restarts }) => restarts)],
  ]
  return (
    <dl class="totals">
      {sums.map(([label, text]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}

function drainColumn(choose: (node: NodeFacts) => void): Column<NodeFacts> {
  return {
    title: 'Take it out',
    width: '6rem',
    cell: (facts) => (
      <button
        type="button"
        class="danger small"
        disabled={facts.draining}
        aria-label={`Drain ${facts.name} …`}
        onClick={(event) => {
          // The line itself leads to the node.
          event.stopPropagation()
          choose(facts)
        }}
      >
        Drain …
      </button>
    ),
  }
}

function figure(title: string, read: (facts: NodeFacts) => number): Column<NodeFacts> {
  return { title, width: '5.5rem', right: true, cell: (facts) => printCount(read(facts)), by: read }
}
