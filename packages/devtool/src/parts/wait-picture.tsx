// The wait-for graph, drawn: an arrow from who waits to what it waits on; circles in red, the dead crossed out.

import type { WaitEdge } from '@sluice/core'
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { hrefFor } from '../data/state.ts'
import { useSize } from './size.ts'

interface Place extends SimulationNodeDatum {
  readonly id: string
  cycle: boolean
  dead: boolean
}

const height = 380
const steps = 200

export function WaitPicture({ edges }: { edges: readonly WaitEdge[] }): JSX.Element {
  const { ref, width } = useSize()
  const shape = edges.map(({ from, to, cycle, dead }) => `${from} ${to} ${cycle} ${dead}`).join()
  const places = useMemo(() => layOut(edges, width), [shape, width])
  return (
    <div ref={ref} class="card">
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label="Who waits on whom"
      >
        <defs>
          {['quiet', 'bad'].map((color) => (
            <marker
              key={color}
              id={`arrow-${color}`}
              viewBox="0 0 8 8"
              refX="16"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              orient="auto"
            >
              <path d="M0 0 8 4 0 8z" fill={`var(--${color})`} />
            </marker>
          ))}
        </defs>
        {edges.map(({ from, to, class: kind, cycle }) => {
          const [a, b] = [places.get(from)!, places.get(to)!]
          const color = cycle ? 'bad' : 'quiet'
          return (
            <line
              key={`${from} ${to}`}
              x1={a.x}
              y1={a.y}
              x2={b.x}
              y2={b.y}
              stroke={`var(--${color})`}
              stroke-width={cycle ? 2 : 1}
              marker-end={`url(#arrow-${color})`}
            >
              <title>{`${from} waits on ${to}: ${kind}`}</title>
            </line>
          )
        })}
        {[...places.values()].map(({ id, x, y, cycle, dead }) => (
          <a key={id} href={hrefFor({ view: 'actor', id })}>
            <circle
              cx={x}
              cy={y}
              r="7"
              fill={dead ? 'var(--surface)' : `var(--${cycle ? 'bad' : 'waiting'})`}
              stroke={`var(--${dead ? 'dead' : 'line'})`}
            />
            {dead && <path d={`M${x! - 5} ${y! - 5}l10 10m0 -10l-10 10`} stroke="var(--dead)" />}
            <text x={x! + 10} y={y! + 4} class="mono" fill="var(--text)">
              {id}
            </text>
          </a>
        ))}
      </svg>
    </div>
  )
}

/** Where each actor is drawn; the same graph always looks the same. */
function layOut(edges: readonly WaitEdge[], width: number): Map<string, Place> {
  const places = new Map<string, Place>()
  const placeOf = (id: string): Place => {
    const known = places.get(id)
    if (known !== undefined) return known
    const made: Place = { id, cycle: false, dead: false }
    places.set(id, made)
    return made
  }
  const links: SimulationLinkDatum<Place>[] = edges.map(({ from, to, cycle, dead }) => {
    const [source, target] = [placeOf(from), placeOf(to)]
    if (cycle) source.cycle = target.cycle = true
    if (dead) target.dead = true
    return { source, target }
  })
  forceSimulation([...places.values()])
    .force('link', forceLink(links).distance(60))
    .force('charge', forceManyBody().strength(-90))
    .force('collide', forceCollide(22))
    .force('x', forceX(width / 2).strength(0.06))
    .force('y', forceY(height / 2).strength(0.12))
    .stop()
    .tick(steps)
  for (const place of places.values()) {
    place.x = Math.max(12, Math.min(width - 60, place.x ?? 0))
    place.y = Math.max(12, Math.min(height - 12, place.y ?? 0))
  }
  return places
}
