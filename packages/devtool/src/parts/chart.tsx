// A picture over time, drawn by uPlot in the colours of the page.

import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { Line } from '../data/series.ts'
import 'uplot/dist/uPlot.min.css'

interface ChartProps {
  readonly title: string
  /** Seconds since 1970. */
  readonly at: readonly number[]
  readonly lines: readonly Line[]
  readonly print?: (value: number) => string
  /** Lines stand on each other, and the areas add up; the first one is the lowest. */
  readonly stacked?: boolean
  /** Steps of the scale are powers of two. */
  readonly bytes?: boolean
  /** The scale goes at least up to this. Default 4. */
  readonly least?: number
  readonly height?: number
  /** It takes a whole line of the page. */
  readonly broad?: boolean
}

/** Else the first samples would be as broad as the picture. */
const leastSeconds = 10

const powersOfTwo = Array.from({ length: 44 }, (_, power) => 2 ** power)

export function Chart(props: ChartProps): JSX.Element {
  const { title, at, lines, print = String, stacked = false, bytes = false } = props
  const { least = 4, height = 150, broad = false } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  // The highest area first, so that each lower one is drawn over it.
  const shown = stacked ? stack(lines).toReversed() : lines
  const data = [at, ...shown.map(({ values }) => values)] as uPlot.AlignedData
  const names = lines.map(({ label }) => label).join()
  useEffect(() => {
    const element = box.current!
    const color = (name: string): string =>
      getComputedStyle(element).getPropertyValue(`--${name}`).trim()
    const axis = {
      stroke: () => color('quiet'),
      grid: { stroke: () => color('line'), width: 1 },
      ticks: { show: false },
    }
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        padding: [6, 12, 0, 0],
        cursor: { drag: { x: false, y: false } },
        legend: { show: false },
        scales: {
          x: { range: ({ data: [seconds] }) => spanOf(seconds) },
          y: { range: (_self, _low, high) => [0, Math.max(high * 1.08, least)] },
        },
        axes: [
          {
            ...axis,
            size: 24,
            // Not at the edges, where a label has no room.
            splits: (_self, _axis, low, high) =>
              [1, 3, 5].map((sixth) => low + (sixth / 6) * (high - low)),
            values: (_self, splits) => splits.map(printTime),
          },
          {
            ...axis,
            size: (_self, labels) =>
              12 + 7 * Math.max(3, ...(labels ?? []).map(({ length }) => length)),
            ...(bytes && { incrs: powersOfTwo }),
            values: (_self, splits) => splits.map((value) => print(value)),
          },
        ],
        series: [
          {},
          ...shown.map(({ label, color: name }) => ({
            label,
            stroke: () => color(name),
            width: 1.5,
            points: { show: false },
            ...(stacked && { fill: () => color(name) }),
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
    // The same picture for as long as its lines have the same names.
  }, [names, height])
  useEffect(() => plot.current?.setData(data))
  return (
    <figure class={broad ? 'card chart broad' : 'card chart'}>
      <figcaption>
        <strong>{title}</strong>
        <span class="keys">
          {lines.map(({ label, color, values }) => (
            <span key={label} class="key">
              <i style={{ background: `var(--${color})` }} /> {label}{' '}
              <span class="mono">{lastOf(values, print)}</span>
            </span>
          ))}
        </span>
      </figcaption>
      <div
        ref={box}
        class={at.length === 0 ? 'blank' : ''}
        role="img"
        aria-label={`${title} over time`}
      />
    </figure>
  )
}

/** Not as uPlot would have it: a day around a single sample. */
function spanOf(seconds: ArrayLike<number>): [number, number] {
  const [first = 0, last = 0] = [seconds[0], seconds[seconds.length - 1]]
  return [Math.min(first, last - leastSeconds), last]
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

function printTime(seconds: number): string {
  return clock.format(seconds * 1_000)
}

/** The last figure that there is; of what is not known yet, nothing. */
function lastOf(values: readonly (number | null)[], print: (value: number) => string): string {
  const value = values.findLast((one) => one !== null)
  return value === undefined || value === null ? '' : print(value)
}

/** Each line on top of those before it. */
function stack(lines: readonly Line[]): readonly Line[] {
  let below: readonly (number | null)[] = []
  return lines.map((line) => {
    const base = below
    below = line.values.map((value, i) => (value === null ? null : value + (base[i] ?? 0)))
    return { ...line, values: below }
  })
}
