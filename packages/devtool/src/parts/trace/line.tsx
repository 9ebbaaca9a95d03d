// A trace on a line of time: of each message how long it was in the mailbox, ran, and was awaited. Whoever points at one, or
// goes along with the arrow keys, is told about it in words.

import { closeUpWords } from '@sluice/core'
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { type Bar, barsOf, type Span, ticksOf, type Trace } from '../../data/trace/trace.ts'
import {
  laneGap,
  laneHeight,
  nearestBar,
  placesOf,
  type Scale,
  scaleOf,
  shapesOf,
  topOf,
} from '../../data/trace/shapes.ts'
import { useSize } from '../size.ts'

const lanes = 6
/** For the times below the lanes. */
const axis = 20

interface TraceLineProps {
  readonly trace: Trace
  /** How much of it, until its end: ms. */
  readonly zoom: number
}

export function TraceLine({ trace, zoom }: TraceLineProps): JSX.Element {
  const { entries, ms } = trace
  const { ref, width } = useSize()
  const [chosen, choose] = useState<number | undefined>(undefined)
  const span = useMemo(() => spanOf(trace, zoom), [trace, zoom])
  const bars = useMemo(() => barsOf(entries, span, ms, lanes), [entries, span, ms])
  const used = Math.max(1, ...bars.map(({ lane }) => lane + 1))
  const height = used * (laneHeight + laneGap) + laneGap
  const x = useMemo(() => scaleOf(span, width), [span, width])
  const shapes = useMemo(() => shapesOf(bars, x, height), [bars, x, height])
  const found = bars.findIndex(({ entry }) => entry.number === chosen)
  const at = found >= 0 ? found : bars.length - 1
  const bar = bars[at]
  const words = bar === undefined ? 'Nothing in this time.' : wordsOf(bar)
  const move = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: bars.length - 1,
    }
    const to = steps[event.key]
    if (to === undefined || bars.length === 0) return
    event.preventDefault()
    choose(bars[Math.min(bars.length - 1, Math.max(0, to))]!.entry.number)
  }
  const point = (event: PointerEvent): void => {
    const { left, top } = (event.currentTarget as Element).getBoundingClientRect()
    const place = { x: event.clientX - left, y: event.clientY - top }
    choose(nearestBar(bars, x, place)?.entry.number)
  }
  return (
    <div>
      <div
        class="trace-line"
        ref={ref}
        role="slider"
        tabIndex={0}
        aria-label="Line of time"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, bars.length - 1)}
        aria-valuenow={Math.max(0, at)}
        aria-valuetext={words}
        onKeyDown={move}
      >
        <svg
          width={width}
          height={height + axis}
          aria-hidden="true"
          onPointerMove={point}
          onPointerDown={point}
        >
          <Hatching />
          {ticksOf(span, Math.max(2, width / 90)).map((tick) => (
            <g key={tick} class="tick" transform={`translate(${x(tick)} 0)`}>
              <line y2={height} />
              <text y={height + axis - 6} text-anchor={x(tick) > width - 40 ? 'end' : 'start'}>
                {tick / 1_000} s
              </text>
            </g>
          ))}
          {Object.entries(shapes).map(([kind, path]) => (
            <path key={kind} class={kind} d={path} />
          ))}
          {bar && <Ring bar={bar} x={x} height={height} />}
        </svg>
      </div>
      <p class="trace-words">{words}</p>
      <p class="trace-key quiet" aria-hidden="true">
        <span class="queued">in the mailbox</span>
        <span class="ran">ran</span>
        <span class="awaited">awaited</span>
        <span class="failed">failed</span>
        <span class="turn">ending, restart, death</span>
      </p>
    </div>
  )
}

/** Around the one that the words are about. */
function Ring({ bar, x, height }: { bar: Bar; x: Scale; height: number }): JSX.Element {
  const { told, ended } = placesOf(bar, x)
  const across = 'text' in bar.entry
  return (
    <rect
      class="ring"
      x={told - 1.5}
      y={across ? 1 : topOf(bar) - 1.5}
      width={ended - told + 3}
      height={across ? height - 2 : laneHeight + 3}
      rx={3}
    />
  )
}

function Hatching(): JSX.Element {
  return (
    <defs>
      <pattern
        id="awaited"
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="6" height="6" class="ground" />
        <rect width="2.5" height="6" class="hatch" />
      </pattern>
    </defs>
  )
}

/** A trace that is young shows itself as a whole, over so long at least. */
const leastSpan = 5_000
/** The same for one that is so busy that little of it is kept. */
const leastKept = 1_000
/** Something may have begun hours before the trace: so much of that is shown. */
const mostBefore = 2_000

function spanOf({ ms: to, entries, dropped }: Trace, zoom: number): Span {
  const oldest = entries[0]?.atMs ?? 0
  const first =
    dropped > 0
      ? Math.min(oldest, to - leastKept)
      : Math.min(Math.max(-mostBefore, Math.min(0, oldest)), to - leastSpan)
  return { from: Math.max(to - zoom, first), to }
}

function wordsOf({ entry }: Bar): string {
  return `${(entry.atMs / 1_000).toFixed(3)} s: ${closeUpWords(entry)}`
}
