// Why actors do not go on, on all nodes: by family, node by node, and on whom most wait. The rest is on the node's own page.

import { blockedFamilies, type BlockedFamilyName } from '@sluice/core'
import type { JSX } from 'preact'
import type { NodeLints, Reached } from '../data/answers.ts'
import { printCount } from '../data/format.ts'
import { useNodeLints } from '../data/cluster/node-lints.ts'
import { hrefFor } from '../data/state.ts'
import { mostWaitedOn } from '../data/cluster/worst.ts'
import { Families } from '../parts/families.tsx'
import { Missing } from '../parts/cluster/missing.tsx'
import { figure } from '../parts/figure.tsx'
import { Asked } from '../parts/notice.tsx'
import { ActorLink } from '../parts/state.tsx'
import { type Column, Table } from '../parts/table.tsx'

type Row = Reached<NodeLints>['nodes'][number]

export function ClusterBlockedView(): JSX.Element {
  const { value, problem } = useNodeLints()
  const nodes = value?.nodes ?? []
  const sum = (read: (row: Row) => number): number =>
    nodes.reduce((total, row) => total + read(row), 0)
  return (
    <>
      <h1>Blocked, on the whole cluster</h1>
      <Asked value={value} problem={problem} />
      {value && <Missing answer={value} />}
      {value && (
        <Families
          of={sum(({ view }) => view.blocked.of)}
          count={sum(({ view }) => view.blocked.count)}
          families={blockedFamilies.map((family) => ({
            family,
            count: sum(({ view }) => view.blocked.families[family]),
          }))}
        />
      )}
      {value && (
        <Table
          label="Blocked by node"
          columns={columns}
          rows={nodes}
          keyOf={({ uid }) => uid}
          href={({ node }) => hrefFor({ view: 'blocked', query: { node } })}
        />
      )}
    </>
  )
}

const columns: Column<Row>[] = [
  { title: 'Node', width: 'minmax(7rem, 1fr)', cell: ({ node }) => node, by: ({ node }) => node },
  figure('Blocked', '6rem', ({ view }) => view.blocked.count),
  ...blockedFamilies.map((family) => familyColumn(family)),
  figure('Deadlocks', '6rem', ({ view }) => view.cycleCount),
  {
    title: 'Most wait on',
    width: 'minmax(14rem, 3fr)',
    cell: (row) =>
      mostWaitedOn([row], 1).map(({ node, root: { id, behavior, all } }) => (
        <span key={id}>
          <ActorLink id={id} on={node}>{`${behavior} ${id}`}</ActorLink> ({printCount(all)})
        </span>
      )),
  },
]

function familyColumn(family: BlockedFamilyName): Column<Row> {
  const title = family.replace(/^./, (first) => first.toUpperCase())
  return figure(title, '6rem', ({ view }) => view.blocked.families[family])
}
