// Every node of the cluster: how it is linked, what is left of its lease, what it carries; and the way to take one out.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { NodeFacts } from '../data/answers.ts'
import { printBytes, printCount, printLag } from '../data/format.ts'
import { askNodes } from '../data/cluster/members.ts'
import { usePoll } from '../data/poll.ts'
import { api, hrefFor } from '../data/state.ts'
import { ClusterSums } from '../parts/cluster/sums.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Left } from '../parts/cluster/left.tsx'
import { Missing } from '../parts/cluster/missing.tsx'
import { Lease } from '../parts/cluster/lease.tsx'
import { LinkTable } from '../parts/cluster/link-table.tsx'
import { figure } from '../parts/figure.tsx'
import { Asked, Notice } from '../parts/notice.tsx'
import { type Column, Table } from '../parts/table.tsx'

export function NodesView(): JSX.Element {
  const [leaving, setLeaving] = useState<NodeFacts>()
  const { value, problem, again } = usePoll('nodes view', askNodes, 2_000)
  const nodes = value?.nodes.map(({ view }) => view) ?? []
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
      {value && <Missing answer={value} peers={value.peers} />}
      <Left />
      {value && <Versions nodes={nodes} />}
      {value && <ClusterSums answer={value} />}
      {value && (
        <Table
          label="Nodes"
          columns={[...columnsFor(nodes), drainColumn(setLeaving)]}
          rows={nodes}
          keyOf={({ uid }) => uid}
          href={({ name }) => hrefFor({ view: 'overview', query: { node: name } })}
        />
      )}
      <LinkTable nodes={nodes} />
    </>
  )
}

function Versions({ nodes }: { nodes: readonly NodeFacts[] }): JSX.Element | null {
  const groups = Map.groupBy(nodes, ({ version }) => version)
  if (groups.size < 2) return null
  const words = [...groups].map(
    ([version, some]) => `${version} on ${some.map(({ name }) => name).join(', ')}`,
  )
  return <Notice kind="warn">Nodes run different versions: {words.join('; ')}.</Notice>
}

/** By an older version. */
const notTold = <span class="quiet">not told</span>

function columnsFor(nodes: readonly NodeFacts[]): Column<NodeFacts>[] {
  const usual = usualVersion(nodes)
  return [
    { title: 'Node', width: 'minmax(6rem, 1fr)', cell: ({ name }) => name, by: ({ name }) => name },
    {
      title: 'Link',
      width: '6.5rem',
      cell: (facts) => <Link facts={facts} />,
      by: ({ link }) => link,
    },
    {
      title: 'Lease left',
      width: '6.5rem',
      cell: ({ lease, links }) => (links === undefined ? notTold : <Lease lease={lease} />),
      by: ({ lease }) => lease?.leftMs ?? 0,
    },
    {
      title: 'Lag p99',
      width: '4.25rem',
      right: true,
      cell: ({ lagP99Ms }) => (lagP99Ms === undefined ? notTold : printLag(lagP99Ms)),
      by: ({ lagP99Ms }) => lagP99Ms ?? -1,
    },
    figure('Up', '3.5rem', ({ uptimeMs }) => uptimeMs, printMs),
    figure('Clients', '4rem', ({ connections }) => connections),
    figure('Rooms', '4rem', ({ rooms }) => rooms),
    figure('Actors', '4rem', ({ actors: { idle, running, waiting } }) => idle + running + waiting),
    figure('Waiting', '4rem', ({ actors }) => actors.waiting),
    figure('Memory', '5.25rem', ({ rssBytes }) => rssBytes, printBytes),
    {
      title: 'Version',
      width: '4.25rem',
      cell: ({ version }) => (
        <span class={version === usual ? '' : 'bad'} title={version}>
          {version === usual ? '' : '≠ '}
          {version.split(' ').at(-1)}
        </span>
      ),
      by: ({ version }) => version,
    },
  ]
}

/** The state of all its links together, and the longest way to Redis. */
function Link({ facts }: { facts: NodeFacts }): JSX.Element {
  const { link, links = [], draining } = facts
  if (draining) return <span class="bad">draining</span>
  if (link !== 'up') return <span class="bad">{link}</span>
  const trips = links.flatMap(({ roundTripMs }) => roundTripMs ?? [])
  return <>{trips.length === 0 ? 'up' : `up, ${printLag(Math.max(...trips))}`}</>
}

/** What most nodes run. */
function usualVersion(nodes: readonly NodeFacts[]): string | undefined {
  const groups = [...Map.groupBy(nodes, ({ version }) => version)]
  return groups.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0]
}

function drainColumn(choose: (node: NodeFacts) => void): Column<NodeFacts> {
  return {
    title: 'Take out',
    width: '4.5rem',
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
