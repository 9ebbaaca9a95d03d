// The state map: the whole population as one picture. Area is count, colour is state, the bar below is age. The same below it as
// a list, for what is too small to be read, and for who cannot see it.

import type { Group, StateMap } from '@sluice/core'
import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { ageShare } from '../data/age.ts'
import { type Explanation, useExplanation } from '../data/explanation.ts'
import { printCount } from '../data/format.ts'
import { hrefFor } from '../data/state.ts'
import { figure } from '../parts/figure.tsx'
import { Asked, Notice } from '../parts/notice.tsx'
import { ActorLink } from '../parts/state.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { groupQuery, keyOf, Treemap } from '../parts/treemap.tsx'

export function MapView(): JSX.Element {
  const { value, problem } = useExplanation(['map'])
  return (
    <>
      <h1>State map</h1>
      <Asked value={value} problem={problem} />
      {value && <About map={value.map} />}
      {value && <Treemap groups={value.map.groups} sites={value.sites} />}
      {value && <Groups map={value.map} sites={value.sites} />}
      {value && <Clusters map={value.map} />}
    </>
  )
}

function About({ map }: { map: StateMap }): JSX.Element {
  const { groups, groupCount, total, grouped, parked } = map
  return (
    <p class="quiet" style={{ margin: 0 }}>
      {printCount(total)} actors in {printCount(groupCount)} groups;{' '}
      {(parked.share * 100).toFixed(0)} % parked
      {parked.waits.length > 0 &&
        `, waiting for ${parked.waits.map(({ wait, count }) => `${wait} ${printCount(count)}`).join(', ')}`}
      {grouped < total && `. ${printCount(total - grouped)} actors are in no group shown`}
      {groups.length < groupCount && `. The largest ${groups.length} groups are shown`}.
    </p>
  )
}

function Groups({
  map,
  sites,
}: {
  map: StateMap
  sites: Explanation<'map'>['sites']
}): JSX.Element {
  const columns: Column<Group>[] = [
    figure('Actors', '5rem', ({ count }) => count),
    {
      title: 'Behaviour',
      width: 'minmax(8rem, 2fr)',
      cell: ({ behavior }) => <span title={behavior}>{behavior}</span>,
      by: ({ behavior }) => behavior,
    },
    {
      title: 'State',
      width: 'minmax(9rem, 2fr)',
      cell: ({ state, wait }) => (
        <span class={`state ${state}`}>{wait === '' ? state : `${state}: ${wait}`}</span>
      ),
      by: ({ state, wait }) => `${state} ${wait}`,
    },
    {
      title: 'Half longer than',
      width: '7.5rem',
      right: true,
      cell: ({ ms }) => (
        <span class="measure">
          {printMs(ms.p50)}
          <i style={{ width: `${ageShare(ms.p50) * 100}%` }} />
        </span>
      ),
      by: ({ ms }) => ms.p50,
    },
    figure('Longest', '5rem', ({ ms }) => ms.max, printMs),
    {
      title: 'Spawned at',
      width: 'minmax(8rem, 2fr)',
      cell: ({ site }) => sites[site]?.line ?? '',
      by: ({ site }) => sites[site]?.line ?? '',
    },
  ]
  return (
    <Table
      label="Groups"
      columns={columns}
      rows={map.groups}
      keyOf={keyOf}
      href={(group) => hrefFor({ view: 'actors', query: groupQuery(group) })}
    />
  )
}

function Clusters({ map }: { map: StateMap }): JSX.Element {
  const { clusters, unlisted, outliers } = map.clustering
  return (
    <section>
      <h2>Clusters</h2>
      <p class="quiet" style={{ margin: '0.25rem 0' }}>
        Actors that are alike in state, wait, age, depth and mailbox, whatever their behaviour.
      </p>
      {clusters.map(({ words, sample, state }) => (
        <p key={words} style={{ margin: '0.25rem 0' }}>
          <span class={`state ${state}`} /> {words}{' '}
          {sample.map((id) => (
            <>
              <ActorLink key={id} id={id} />{' '}
            </>
          ))}
        </p>
      ))}
      {unlisted.clusters > 0 && (
        <Notice>
          {unlisted.clusters} smaller clusters with {printCount(unlisted.count)} actors are not
          shown.
        </Notice>
      )}
      {outliers.count > 0 && (
        <p class="quiet">
          {outliers.count === 1
            ? '1 actor is like few others: '
            : `${printCount(outliers.count)} actors are like few others: `}
          {outliers.sample.map((id) => (
            <>
              <ActorLink key={id} id={id} />{' '}
            </>
          ))}
        </p>
      )}
    </section>
  )
}
