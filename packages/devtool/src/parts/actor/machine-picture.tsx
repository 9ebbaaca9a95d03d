// A behaviour's own machine: its states, the one it is in, and what leads from one to the other. A ? stands where a guard decides.

import type { MachineChart } from '@sluice/core'
import type { JSX } from 'preact'
import { box, layOutMachine, type StateBox, type StepArrow } from '../../data/machine-layout.ts'
import { ArrowHeads } from '../arrow-heads.tsx'

export function MachinePicture({ machine }: { machine: MachineChart }): JSX.Element {
  const { boxes, arrows, width, height } = layOutMachine(machine)
  const now = boxes.filter((one) => one.now).map(({ path }) => path)
  return (
    <div
      class="picture"
      tabIndex={0}
      role="group"
      aria-label={`Its machine, now ${now.join(' and ')}`}
    >
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        <ArrowHeads name="step" colors={['quiet', 'accent']} />
        {arrows.map((arrow) => (
          <Step key={`${arrow.from.path} ${arrow.to.path}`} arrow={arrow} />
        ))}
        {boxes.map((one) => (
          <State key={one.path} state={one} />
        ))}
      </svg>
    </div>
  )
}

function State({ state: { path, x, y, now, final, stays } }: { state: StateBox }): JSX.Element {
  const { width, height } = box
  return (
    <g>
      <rect
        x={x}
        y={y}
        width={width}
        height={height}
        rx="8"
        fill={now ? 'var(--accent)' : 'var(--surface)'}
        stroke={now ? 'var(--accent)' : 'var(--quiet)'}
        stroke-width={final ? 3 : 1}
      />
      <text
        x={x + width / 2}
        y={y + (stays === '' ? 25 : 17)}
        text-anchor="middle"
        font-size="13"
        font-weight={now ? 650 : 400}
        fill={now ? 'var(--on-accent)' : 'var(--text)'}
      >
        {path || 'its only state'}
      </text>
      {stays !== '' && (
        <text
          x={x + width / 2}
          y={y + 33}
          text-anchor="middle"
          font-size="11"
          fill={now ? 'var(--on-accent)' : 'var(--quiet)'}
        >
          ↺ {stays}
        </text>
      )}
    </g>
  )
}

function Step({ arrow }: { arrow: StepArrow }): JSX.Element {
  const { words, from } = arrow
  const color = from.now ? 'accent' : 'quiet'
  const { path, x, y } = wayOf(arrow)
  return (
    <g>
      <path
        d={path}
        fill="none"
        stroke={`var(--${color})`}
        stroke-width={from.now ? 2 : 1}
        marker-end={`url(#step-${color})`}
      />
      <text class="over" x={x} y={y} text-anchor="middle" font-size="12" fill="var(--text)">
        {words}
      </text>
    </g>
  )
}

/** To the right from side to side, down or up within a column, and back below all. */
function wayOf({ from, to, back }: StepArrow): { path: string; x: number; y: number } {
  const { width, height } = box
  if (back) {
    const [x1, y1] = [from.x + width / 2, from.y + height]
    const [x2, y2] = [to.x + width / 2, to.y + height + 2]
    const low = Math.max(y1, y2) + 44
    return {
      path: `M${x1} ${y1}C${x1} ${low} ${x2} ${low} ${x2} ${y2}`,
      x: (x1 + x2) / 2,
      y: (y1 + y2) / 8 + low * 0.75 + 4,
    }
  }
  if (from.x === to.x) {
    const down = to.y > from.y
    const x = from.x + width * (down ? 0.35 : 0.65)
    const [y1, y2] = down ? [from.y + height, to.y - 2] : [from.y, to.y + height + 2]
    return { path: `M${x} ${y1}L${x} ${y2}`, x, y: (y1 + y2) / 2 + 4 }
  }
  const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x - 2, to.y + height / 2]
  const middle = (x1 + x2) / 2
  return {
    path: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`,
    x: middle,
    y: (y1 + y2) / 2 - (y1 === y2 ? 6 : -4),
  }
}
