// Why actors do not go on: by family and target, and who waits on whom.

import { type Blocked, type BlockedTarget, printMs, type WaitGraph } from '@sluice/core'
import type { JSX } from 'preact'
import { useExplanation } from '../data/explanation.ts'
import { printCount } from '../data/format.ts'
import { hrefFor } from '../data/state.ts'
import { Families } from '../parts/families.tsx'
import { figure, printBad } from '../parts/figure.tsx'
import { Asked, Notice } from '../parts/notice.tsx'
import { ActorLink } from '../parts/state.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { WaitPicture } from '../parts/wait-picture.tsx'

export function BlockedView(): JSX.Element {
  const { value, problem } = useExplanation(['blocked', 'graph'], 2_000)
  return (
    <>
      <h1>Blocked</h1>
      <Asked value={value} problem={problem} />
      {value && <Cycles graph={value.graph} />}
      {value && <Families {...value.blocked} />}
      {value && <Graph graph={value.graph} />}
      {value && <Targets blocked={value.blocked} />}
    </>
  )
}

function Cycles({ graph }: { graph: WaitGraph }): JSX.Element {
  return (
    <>
      {graph.cycles.map(({ actors, words, ms }) => (
        <Notice key={actors[0]!.id} kind="bad">
          <strong>Deadlock for {printMs(ms)}:</strong> {words}{' '}
          {actors.map(({ id, behavior }) => (
            <>
              <ActorLink key={id} id={id}>{`${behavior} ${id}`}</ActorLink>{' '}
            </>
          ))}
        </Notice>
      ))}
    </>
  )
}

type Row = BlockedTarget & { family: string }

function Targets({ blocked }: { blocked: Blocked }): JSX.Element {
  const rows = blocked.families.flatMap(({ family, targets }) =>
    targets.map((target) => ({ ...target, family })),
  )
  const unlisted = blocked.families.reduce((sum, family) => sum + family.unlisted, 0)
  return (
    <>
      <Table
        label="By target"
        columns={columns}
        rows={rows}
        keyOf={(row) => `${row.class} ${row.target}`}
        href={(row) => hrefFor({ view: 'actors', query: { wait: row.class, state: 'waiting' } })}
        empty="nobody waits"
      />
      {unlisted > 0 && <Notice>{printCount(unlisted)} targets more are not shown.</Notice>}
    </>
  )
}

const columns: Column<Row>[] = [
  { title: 'Family', width: '7rem', cell: ({ family }) => family, by: ({ family }) => family },
  { title: 'Class', width: '6rem', cell: (row) => row.class, by: (row) => row.class },
  {
    title: 'Target',
    width: 'minmax(8rem, 2fr)',
    cell: ({ target }) => target || '–',
    by: ({ target }) => target,
  },
  figure('Actors', '6rem', ({ count }) => count),
  figure('Longest', '6rem', ({ ms }) => ms.max, printMs),
  figure('Overdue', '5rem', ({ overdue }) => overdue, printBad),
  figure('On the dead', '6rem', ({ dead }) => dead, printBad),
  {
    title: 'Most wait on',
    width: 'minmax(8rem, 2fr)',
    cell: ({ most }) =>
      most.slice(0, 3).map(({ actor, count }) => (
        <span key={actor}>
          <ActorLink id={actor} /> ({count}){' '}
        </span>
      )),
  },
]

function Graph({ graph }: { graph: WaitGraph }): JSX.Element {
  const { count, roots, rootCount, edges } = graph
  if (count === 0) return <p class="quiet">No actor waits on another.</p>
  return (
    <section class="card">
      <h2>Who waits on whom</h2>
      <WaitPicture graph={graph} />
      {edges.length < count && (
        <p class="quiet">
          {printCount(edges.length)} of {printCount(count)} waits are drawn: circles first, then
          those that hold up most.
        </p>
      )}
      <ul class="plain">
        {roots.slice(0, 10).map(({ id, words }) => (
          <li key={id}>
            <ActorLink id={id} /> {words}
          </li>
        ))}
      </ul>
      {rootCount > 10 && <p class="quiet">and {printCount(rootCount - 10)} more ends of chains</p>}
    </section>
  )
}
