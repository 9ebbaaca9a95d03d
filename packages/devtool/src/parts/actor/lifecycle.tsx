// The four states of every actor, and where this one is. The transitions are those of core's lifecycle machine.

import type { StateName } from '@sluice/core'
import type { JSX } from 'preact'

interface LifecycleProps {
  readonly state: StateName
  /** Its last transition, drawn bold. */
  readonly last: { from: string; to: string; event: string } | undefined
}

const places: Record<StateName, readonly [x: number, y: number]> = {
  idle: [60, 40],
  running: [220, 40],
  waiting: [220, 130],
  dead: [60, 130],
}

const arrows: readonly { from: StateName; to: StateName; bend?: number }[] = [
  { from: 'idle', to: 'running', bend: -14 },
  { from: 'running', to: 'idle', bend: -14 },
  { from: 'running', to: 'waiting', bend: -14 },
  { from: 'waiting', to: 'running', bend: -14 },
  { from: 'waiting', to: 'idle', bend: 0 },
  { from: 'idle', to: 'dead', bend: 0 },
  { from: 'waiting', to: 'dead', bend: 0 },
]

export function Lifecycle({ state, last }: LifecycleProps): JSX.Element {
  return (
    <svg
      viewBox="0 0 290 170"
      style={{ maxWidth: '22rem', width: '100%' }}
      role="img"
      aria-label={`The lifecycle, now ${state}`}
    >
      <defs>
        <marker
          id="step"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          markerUnits="userSpaceOnUse"
          orient="auto-start-reverse"
        >
          <path d="M0 0 8 4 0 8z" fill="var(--quiet)" />
        </marker>
      </defs>
      {arrows.map(({ from, to, bend = 0 }) => (
        <path
          key={`${from} ${to}`}
          d={arrowOf(from, to, bend)}
          fill="none"
          stroke="var(--quiet)"
          stroke-width={last?.from === from && last.to === to ? 2.5 : 1}
          marker-end="url(#step)"
        />
      ))}
      {Object.entries(places).map(([name, [x, y]]) => (
        <g key={name}>
          <rect
            x={x - 38}
            y={y - 15}
            width="76"
            height="30"
            rx="6"
            fill={name === state ? `var(--${name})` : 'var(--surface)'}
            stroke={`var(--${name})`}
          />
          <text
            x={x}
            y={y + 5}
            text-anchor="middle"
            fill={name === state ? 'var(--surface)' : 'var(--text)'}
            font-size="13"
            font-weight={name === state ? 650 : 400}
          >
            {name}
          </text>
        </g>
      ))}
    </svg>
  )
}

/** From the edge of one box to the edge of the other, beside its way back. */
function arrowOf(from: StateName, to: StateName, bend: number): string {
  const [[x1, y1], [x2, y2]] = [places[from], places[to]]
  const [dx, dy] = [Math.sign(x2 - x1), Math.sign(y2 - y1)]
  const [startX, startY] = [x1 + dx * 40, y1 + (dx === 0 ? dy * 17 : dy * 10)]
  const [endX, endY] = [x2 - dx * 40, y2 - (dx === 0 ? dy * 17 : dy * 10)]
  const [sideX, sideY] = [-dy * bend * 0.8, dx * bend * 0.6]
  return `M${startX + sideX} ${startY + sideY}L${endX + sideX} ${endY + sideY}`
}
