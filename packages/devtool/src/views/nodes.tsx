// Every node of the cluster: how it is linked, what it carries; and the way to take one out.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { NodeFacts, NodesAnswer } from '../data/answers.ts'
import { printBytes, printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, hrefFor } from '../data/state.ts'
import { ClusterSums } from '../parts/cluster-sums.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Missing } from '../parts/missing.tsx'
import { Asked } from '../parts/notice.tsx'
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
      {value && <Missing answer={value} />}
      {value && <ClusterSums answer={value} />}
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
    width: '4.5rem',
    cell: ({ link, draining }) => (
      <span class={link === 'up' && !draining ? '' : 'bad'}>{draining ? 'draining' : link}</span>
    ),
    by: ({ link }) => link,
  },
  {
    title: 'Up',
    width: '4rem',
    right: true,
    cell: ({ uptimeMs }) => printMs(uptimeMs),
    by: ({ uptimeMs }) => uptimeMs,
  },
  figure('Connections', ({ connections }) => connections, '6rem'),
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

function drainColumn(choose: (node: NodeFacts) => void): Column<NodeFacts> {
  return {
    title: 'Take out',
    width: '5rem',
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

function figure(
  title: string,
  read: (facts: NodeFacts) => number,
  width = '4.5rem',
): Column<NodeFacts> {
  return { title, width, right: true, cell: (facts) => printCount(read(facts)), by: read }
}
