// Groups of actors as areas: a tile each, as large as its share, in the colour of its state, with a bar for its age. Each leads to
// the actors in it.

import { type Group, printMs, type Site } from '@sluice/core'
import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy'
import type { JSX } from 'preact'
import { ageMarks, ageShare } from '../data/age.ts'
import { printCount } from '../data/format.ts'
import { hrefFor } from '../data/state.ts'
import { useSize } from './size.ts'
import '../style/map.css'

interface TreemapProps {
  readonly groups: readonly Group[]
  readonly sites: Readonly<Record<string, Site>>
}

/** A tile is never smaller than this share of all: one actor among a million can be pointed at. */
const leastShare = 1 / 400

export function Treemap({ groups, sites }: TreemapProps): JSX.Element {
  const { ref, width } = useSize()
  const height = Math.max(260, Math.min(460, width * 0.45))
  const least = groups.reduce((sum, { count }) => sum + count, 0) * leastShare
  const root = hierarchy<{ group?: Group; children?: { group: Group }[] }>({
    children: groups.map((group) => ({ group })),
  })
    .sum(({ group }) => (group === undefined ? 0 : Math.max(group.count, least)))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
  const placed = treemap<typeof root.data>()
    .size([width, height])
    .tile(treemapSquarify)
    .paddingInner(2)
    .round(true)(root)
  const enlarged = groups.some(({ count }) => count < least)
  return (
    <div class="stack">
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
      <Legend enlarged={enlarged} />
    </div>
  )
}

interface TileProps {
  readonly group: Group
  readonly line: string
  readonly box: { left: number; top: number; width: number; height: number }
}

function Tile({ group, line, box }: TileProps): JSX.Element {
  const { behavior, state, wait, count, ms } = group
  const doing = wait === '' ? state : `${state}: ${wait}`
  const ages = agesOf(ms)
  return (
    <a
      class={`tile ${state}`}
      style={{
        left: `${box.left}px`,
        top: `${box.top}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      }}
      href={hrefFor({ view: 'actors', query: groupQuery(group) })}
      title={`${printCount(count)} × ${behavior} ${doing}\n${ages}${line && `\nfrom ${line}`}`}
      aria-label={`${printCount(count)} ${behavior} ${doing} ${ages}`}
    >
      <span class="words">
        {linesFor(box, [behavior, doing, ages], printCount(count)).map((words, at) => (
          <span key={at}>{at === 0 ? <strong>{words}</strong> : ` ${words}`}</span>
        ))}
      </span>
      <span class="age" style={{ width: `${ageShare(ms.p50) * 100}%` }} />
    </a>
  )
}

/** As many lines as the tile has room for, the count first; what is too small for it has none. */
function linesFor(
  { width, height }: TileProps['box'],
  lines: readonly string[],
  count: string,
): readonly string[] {
  if (width < 14 + 9 * count.length || height < 22) return []
  return width < 44 ? [count] : [count, ...lines].slice(0, Math.floor((height - 8) / 19))
}

/** What colour, area and bar mean; the marks stand along a tile as wide as this. */
function Legend({ enlarged }: { enlarged: boolean }): JSX.Element {
  return (
    <div class="legend">
      <span class="state idle">idle</span>
      <span class="state running">running</span>
      <span class="state waiting">waiting</span>
      <span
        class="ages"
        role="img"
        aria-label="Bars are ages: from 0.1 s at the left to 1 day at the right"
      >
        {ageMarks.map(({ ms, label }) => (
          <i key={ms} style={{ left: `${ageShare(ms) * 100}%` }}>
            {label}
          </i>
        ))}
      </span>
      <span class="quiet">
        The bar of a tile: for how long half of its actors have been in their state, at least.
        {enlarged && ' The smallest tiles are drawn larger than their share.'}
      </span>
    </div>
  )
}

/** The youngest, the one in the middle, the oldest; once where they are alike. */
function agesOf(ms: Group['ms']): string {
  return [...new Set([ms.min, ms.p50, ms.max].map(printMs))].join(' … ')
}

/** Where the actors of a group are found. */
export function groupQuery({ behavior, state, wait }: Group): Record<string, string> {
  const [waitClass = ''] = wait.split(' ')
  return { behavior, state, wait: waitClass }
}

export function keyOf({ behavior, state, wait, site }: Group): string {
  return `${behavior} ${state} ${wait} ${site}`
}
