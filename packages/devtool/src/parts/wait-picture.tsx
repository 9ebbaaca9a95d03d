// The wait-for graph, drawn: an arrow from who waits to what it waits on; circles in red, the dead crossed out.

import { printMs, type WaitGraph } from '@sluice/core'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { printCount } from '../data/format.ts'
import { hrefFor } from '../data/state.ts'
import { type Arrow, layOutWaits, type Spot } from '../data/wait-layout.ts'
import { ArrowHeads } from './arrow-heads.tsx'
import { useSize } from './size.ts'

export function WaitPicture({ graph }: { graph: WaitGraph }): JSX.Element {
  const { ref, width } = useSize()
  const shape = JSON.stringify(
    graph.edges.map(({ from, to, cycle, dead, behind }) => [from, to, cycle, dead, behind]),
  )
  const { spots, arrows, ...size } = useMemo(() => layOutWaits(graph, width), [shape, width])
  return (
    <div ref={ref} class="picture" tabIndex={0} role="group" aria-label="Who waits on whom">
      <svg width={size.width} height={size.height} viewBox={`0 0 ${size.width} ${size.height}`}>
        <ArrowHeads name="arrow" colors={['quiet', 'bad']} />
        {arrows.map((arrow) => (
          <Wait key={arrow.from.key} arrow={arrow} />
        ))}
        {spots.map((spot) => (
          <Place key={spot.key} spot={spot} />
        ))}
      </svg>
    </div>
  )
}

function Wait({ arrow }: { arrow: Arrow }): JSX.Element {
  const { from, to, class: kind, ms, cycle } = arrow
  const color = cycle ? 'bad' : 'quiet'
  return (
    <path
      d={pathOf(arrow)}
      fill="none"
      stroke={`var(--${color})`}
      stroke-width={cycle ? 2 : 1}
      marker-end={`url(#arrow-${color})`}
    >
      <title>{`${nameOf(from)} waits on ${nameOf(to)}: ${kind}, ${printMs(ms)}`}</title>
    </path>
  )
}

/** From the left of who waits to the right of who is waited on; what closes a circle, below all between. */
function pathOf({ from, to, back }: Arrow): string {
  if (back) {
    const low = Math.max(from.y, to.y) + 40
    const end = to.y + to.radius + 2
    return `M${from.x} ${from.y + from.radius}C${from.x} ${low} ${to.x} ${low} ${to.x} ${end}`
  }
  const [x1, x2] = [from.x - from.radius, to.x + to.radius + 2]
  const middle = (x1 + x2) / 2
  return `M${x1} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${x2} ${to.y}`
}

function Place({ spot }: { spot: Spot }): JSX.Element {
  const { id, x, y, radius, color, dead, leaf, behavior, class: kind } = spot
  const cross = radius * 0.6
  const href =
    id === ''
      ? hrefFor({ view: 'actors', query: { behavior, state: 'waiting', wait: kind } })
      : hrefFor({ view: 'actor', id })
  return (
    <a href={href}>
      <circle
        cx={x}
        cy={y}
        r={radius}
        fill={dead ? 'var(--surface)' : `var(--${color})`}
        stroke={`var(--${color})`}
        stroke-width="2"
      />
      {dead && (
        <path
          d={`M${x - cross} ${y - cross}l${cross * 2} ${cross * 2}m0 ${-cross * 2}l${-cross * 2} ${cross * 2}`}
          stroke="var(--dead)"
          stroke-width="2"
        />
      )}
      <text
        x={leaf ? x + radius + 5 : x - radius}
        y={leaf ? y + 4 : y - radius - 5}
        font-size="13"
        font-weight={leaf ? 400 : 600}
        fill="var(--text)"
      >
        {nameOf(spot)}
        {dead && ' (dead)'}
      </text>
    </a>
  )
}

function nameOf({ id, behavior, count }: Spot): string {
  return id === '' ? `${printCount(count)} × ${behavior}` : `${behavior} ${id}`
}
