// A picture over time, drawn by uPlot in the colours of the page.

import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

export interface Line {
  readonly label: string
  /** The name of a colour among the tokens. */
  readonly color: string
  readonly values: readonly (number | null)[]
}

interface ChartProps {
  readonly title: string
  /** Seconds since 1970. */
  readonly at: readonly number[]
  readonly lines: readonly Line[]
  readonly print?: (value: number) => string
  /** Lines stand on each other, and the areas add up. */
  readonly stacked?: boolean
  readonly height?: number
}

export function Chart({
  title,
  at,
  lines,
  print = String,
  stacked = false,
  height = 150,
}: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const shown = stacked ? stack(lines) : lines
  const data = [at, ...shown.map(({ values }) => values)] as uPlot.AlignedData
  useEffect(() => {
    const element = box.current!
    const color = (name: string): string =>
      getComputedStyle(element).getPropertyValue(`--${name}`).trim()
    const axis = {
      stroke: color('quiet'),
      grid: { stroke: color('line'), width: 1 },
      ticks: { show: false },
    }
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        cursor: { drag: { x: false, y: false } },
        legend: { show: false },
        scales: { y: { range: (_self, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
        axes: [
          { ...axis, size: 26 },
          { ...axis, size: 58, values: (_self, splits) => splits.map((value) => print(value)) },
        ],
        series: [
          {},
          ...lines.map(({ label, color: name }) => ({
            label,
            stroke: color(name),
            width: 1.5,
            points: { show: false },
            ...(stacked && { fill: `color-mix(in srgb, ${color(name)} 30%, transparent)` }),
          })),
        ],
      },
      data,
      element,
    )
    plot.current = made
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    watch.observe(element)
    return () => {
      watch.disconnect()
      made.destroy()
    }
    // Lines are the same ones for as long as their names are.
  }, [lines.map(({ label }) => label).join(), height])
  useEffect(() => plot.current?.setData(data))
  return (
    <figure class="card chart" style={{ margin: 0 }}>
      <figcaption class="row">
        <strong class="grow">{title}</strong>
        {lines.map(({ label, color, values }) => (
          <span key={label} class="key">
            <i style={{ background: `var(--${color})` }} /> {label}{' '}
            <span class="mono">{lastOf(values, print)}</span>
          </span>
        ))}
      </figcaption>
      <div ref={box} role="img" aria-label={`${title} over time`} />
    </figure>
  )
}

/** The last figure that there is. */
function lastOf(values: readonly (number | null)[], print: (value: number) => string): string {
  const value = values.findLast((one) => one !== null)
  return value === undefined || value === null ? '–' : print(value)
}

/** Each line on top of those before it; drawn from the top, so that the lower ones stay in sight. */
function stack(lines: readonly Line[]): readonly Line[] {
  let below: readonly (number | null)[] = []
  return lines.map((line) => {
    const base = below
    below = line.values.map((value, i) => (value === null ? null : value + (base[i] ?? 0)))
    return { ...line, values: below }
  })
}
