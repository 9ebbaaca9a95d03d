// The state map: the whole population as one picture. Area is count, colour is state, the bar below is age.

import type { Group, StateMap } from '@sluice/core'
import { printMs } from '@sluice/core'
import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy'
import type { JSX } from 'preact'
import { type Explanation, useExplanation } from '../data/explanation.ts'
import { printCount } from '../data/format.ts'
import { hrefFor } from '../data/state.ts'
import { Asked, Notice } from '../parts/notice.tsx'
import { ActorLink } from '../parts/state.tsx'
import { useSize } from '../parts/size.ts'

export function MapView(): JSX.Element {
  const { value, problem } = useExplanation(['map'])
  return (
    <>
      <h1>State map</h1>
      <Asked value={value} problem={problem} />
      {value && <Figure map={value.map} sites={value.sites} />}
      {value && <Clusters map={value.map} />}
    </>
  )
}

interface FigureProps {
  readonly map: StateMap
  readonly sites: Explanation<'map'>['sites']
}

function Figure({ map, sites }: FigureProps): JSX.Element {
  const { ref, width } = useSize()
  const height = Math.max(260, Math.min(460, width * 0.45))
  const { groups, groupCount, total, grouped, parked } = map
  const root = hierarchy<{ group?: Group; children?: { group: Group }[] }>({
    children: groups.map((group) => ({ group })),
  }).sum(({ group }) => group?.count ?? 0)
  const placed = treemap<typeof root.data>()
    .size([width, height])
    .tile(treemapSquarify)
    .paddingInner(2)
    .round(true)(root)
  return (
    <>
      <p class="quiet" style={{ margin: 0 }}>
        {printCount(total)} actors in {printCount(groupCount)} groups;{' '}
        {(parked.share * 100).toFixed(0)} % parked
        {parked.waits.length > 0 &&
          `, waiting for ${parked.waits.map(({ wait, count }) => `${wait} ${printCount(count)}`).join(', ')}`}
        {grouped < total && `. ${printCount(total - grouped)} actors are in no group shown`}
        {groups.length < groupCount && `. The largest ${groups.length} groups are shown`}.
      </p>
      <div ref={ref} class="treemap" style={{ height: `${height}px` }}>
        {placed.leaves().map(({ x0, y0, x1, y1, data }) => (
          <Tile
            key={keyOf(data.group!)}
            group={data.group!}
            line={sites[data.group!.site]?.line ?? ''}
            box={{ left: x0, top: y0, width: x1 - x0, height: y1 - y0 }}
          />
        ))}
      </div>
    </>
  )
}

interface TileProps {
  readonly group: Group
  readonly line: string
  readonly box: { left: number; top: number; width: number; height: number }
}

function Tile({ group, line, box }: TileProps): JSX.Element {
  const { behavior, state, wait, count, ms } = group
  const words = `${printCount(count)} × ${behavior} ${state}${wait && `: ${wait}`}`
  const ages = agesOf(ms)
  const [waitClass = ''] = wait.split(' ')
  return (
    <a
      class={`tile ${state}`}
      style={{
        left: `${box.left}px`,
        top: `${box.top}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      }}
      href={hrefFor({ view: 'actors', query: { behavior, state, wait: waitClass } })}
      title={`${words}\n${ages}${line && `\nfrom ${line}`}`}
      aria-label={`${words}, ${ages}`}
    >
      {box.width > 60 && box.height > 34 && (
        <span class="words">
          <strong>{printCount(count)}</strong> {behavior}
          <br />
          {state}
          {wait && `: ${wait}`}
          {box.height > 60 && (
            <>
              <br />
              {ages}
            </>
          )}
        </span>
      )}
      <span class="age" style={{ width: `${ageShare(ms.p50) * 100}%` }} />
    </a>
  )
}

/** From a tenth of a second to a day, by factors. */
function ageShare(ms: number): number {
  return Math.max(0, Math.min(1, Math.log10(Math.max(ms, 100) / 100) / Math.log10(864_000)))
}

/** The youngest, the one in the middle, the oldest; once where they are alike. */
function agesOf(ms: Group['ms']): string {
  return [...new Set([ms.min, ms.p50, ms.max].map(printMs))].join(' … ')
}

function keyOf({ behavior, state, wait, site }: Group): string {
  return `${behavior} ${state} ${wait} ${site}`
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
          {printCount(outliers.count)} actors are like few others:{' '}
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
