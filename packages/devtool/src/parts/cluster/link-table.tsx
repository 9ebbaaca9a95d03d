// How each node is linked to the others, and what went wrong there: a line for each primary of Redis that it talks to.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { LinkHealth, NodeFacts } from '../../data/answers.ts'
import { printCount, printLag } from '../../data/format.ts'
import { hrefFor } from '../../data/state.ts'
import { figure } from '../figure.tsx'
import { type Column, Table } from '../table.tsx'

interface Line {
  readonly facts: NodeFacts
  readonly link: LinkHealth
  /** What is of the node as a whole stands in its first line. */
  readonly first: boolean
}

export function LinkTable({ nodes }: { nodes: readonly NodeFacts[] }): JSX.Element | null {
  const lines = nodes.flatMap((facts) =>
    (facts.links ?? []).map((link, at): Line => ({ facts, link, first: at === 0 })),
  )
  const untold = nodes.filter(({ links }) => links === undefined).map(({ name }) => name)
  if (lines.length === 0) return null
  return (
    <>
      <h2>Links and leases</h2>
      <Table
        label="Links and leases"
        columns={columns}
        rows={lines}
        keyOf={({ facts, link }) => `${facts.uid} ${link.address}`}
        href={({ facts }) => hrefFor({ view: 'overview', query: { node: facts.name } })}
      />
      {untold.length > 0 && (
        <p class="quiet" style={{ margin: 0 }}>
          Not told by {untold.join(', ')}: an older version.
        </p>
      )}
    </>
  )
}

const columns: Column<Line>[] = [
  {
    title: 'Node',
    width: 'minmax(5rem, 1fr)',
    cell: ({ facts }) => facts.name,
    by: ({ facts }) => facts.name,
  },
  {
    title: 'To Redis',
    width: 'minmax(6.5rem, 1fr)',
    cell: ({ link }) => link.address || 'the only one',
    by: ({ link }) => link.address,
  },
  {
    title: 'State',
    width: '4.5rem',
    cell: ({ link }) => <span class={link.state === 'up' ? '' : 'bad'}>{link.state}</span>,
    by: ({ link }) => link.state,
  },
  figure('For', '3.25rem', ({ link }) => link.sinceMs, printMs),
  {
    title: 'Round trip',
    width: '5rem',
    right: true,
    cell: ({ link }) => (link.roundTripMs === undefined ? '–' : printLag(link.roundTripMs)),
    by: ({ link }) => link.roundTripMs ?? -1,
  },
  figure('Times cut', '4.75rem', ({ link }) => link.losses),
  ofNode('Repaired', '4.5rem', ({ bus }) => bus?.repaired),
  ofNode('Gaps', '3rem', ({ bus }) => bus?.gaps, true),
  ofNode('Lost', '3rem', ({ bus }) => bus?.lost, true),
  ofNode('Failed', '3.5rem', ({ bus }) => bus?.failures, true),
  ofNode('Times out', '4.75rem', ({ lease }) => lease?.lapses, true),
  ofNode('Owns', '3rem', ({ owned }) => owned),
  {
    title: 'Reaps',
    width: '4rem',
    cell: ({ facts, first }) => (first ? (facts.lease?.reaping.join(', ') ?? '') : ''),
  },
]

/** `never`: it should be 0. */
function ofNode(
  title: string,
  width: string,
  read: (facts: NodeFacts) => number | undefined,
  never = false,
): Column<Line> {
  return {
    title,
    width,
    right: true,
    cell: ({ facts, first }) => {
      if (!first) return ''
      const count = read(facts) ?? 0
      return <span class={never && count > 0 ? 'bad' : ''}>{printCount(count)}</span>
    },
    by: ({ facts }) => read(facts) ?? 0,
  }
}
