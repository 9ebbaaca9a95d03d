// A trace on a line of time: of each message how long it was in the mailbox, ran, and was awaited. Whoever points at one, or
// goes along with the arrow keys, is told about it in words.

import { closeUpWords } from '@sluice/core'
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { type Bar, barsOf, type Span, ticksOf, type Trace } from '../data/trace.ts'
import { useSize } from './size.ts'

const lanes = 6
const laneHeight = 18
const gap = 4
const axis = 20
/** What happens at the very end can be seen as well. */
const edge = 4
/** However short something was, it can be seen. */
const leastWidth = 2

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
  const height = used * (laneHeight + gap) + gap + axis
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
  const x = (time: number): number =>
    edge + ((time - span.from) / (span.to - span.from)) * (width - 2 * edge)
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
        <svg width={width} height={height} aria-hidden="true">
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
          {ticksOf(span, Math.max(2, width / 90)).map((tick) => (
            <g key={tick} class="tick" transform={`translate(${x(tick)} 0)`}>
              <line y2={height - axis} />
              <text y={height - 6} text-anchor={x(tick) > width - 40 ? 'end' : 'start'}>
                {tick / 1_000} s
              </text>
            </g>
          ))}
          {bars.map((one, place) => (
            <BarShape
              key={one.entry.number}
              bar={one}
              x={x}
              chosen={place === at}
              height={height - axis}
              choose={() => choose(one.entry.number)}
            />
          ))}
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

interface BarShapeProps {
  readonly bar: Bar
  readonly x: (time: number) => number
  readonly chosen: boolean
  readonly height: number
  readonly choose: () => void
}

function BarShape({ bar, x, chosen, height, choose }: BarShapeProps): JSX.Element {
  const { entry, lane, toldAt, ranAt, awaitedAt, endedAt } = bar
  const y = gap + lane * (laneHeight + gap)
  const outcome = 'outcome' in entry ? entry.outcome : entry.what
  const kind = `bar ${outcome}${chosen ? ' chosen' : ''}`
  if ('text' in entry) {
    return (
      <g class={kind} onMouseEnter={choose} onClick={choose}>
        <line x1={x(ranAt)} x2={x(ranAt)} y1={0} y2={height} />
        <rect x={x(ranAt) - 4} y={0} width={8} height={height} class="reach" />
      </g>
    )
  }
  const end = Math.max(x(endedAt), x(ranAt) + leastWidth)
  const ranHere = 'outcome' in entry && !entry.before
  const ran = Math.max(x(awaitedAt), x(ranAt) + (ranHere ? leastWidth : 0))
  return (
    <g class={kind} onMouseEnter={choose} onClick={choose}>
      <Part class="queued" from={x(toldAt)} to={x(ranAt)} y={y} />
      <Part class="ran" from={x(ranAt)} to={ran} y={y} />
      <Part class="awaited" from={ran} to={end} y={y} />
      {chosen && (
        <rect
          class="ring"
          x={x(toldAt) - 1.5}
          y={y - 1.5}
          width={Math.max(0, end - x(toldAt)) + 3}
          height={laneHeight + 3}
          rx={3}
        />
      )}
    </g>
  )
}

function Part(part: { class: string; from: number; to: number; y: number }): JSX.Element | null {
  const { from, to, y } = part
  if (to <= from) return null
  return <rect class={part.class} x={from} y={y} width={to - from} height={laneHeight} />
}

/** A trace that is young shows itself as a whole, over so long at least. */
const leastSpan = 5_000
/** Something may have begun hours before the trace: so much of that is shown. */
const mostBefore = 2_000

function spanOf({ ms: to, entries }: Trace, zoom: number): Span {
  const first = Math.max(-mostBefore, Math.min(0, entries[0]?.atMs ?? 0))
  return { from: Math.max(to - zoom, Math.min(first, to - leastSpan)), to }
}

function wordsOf({ entry }: Bar): string {
  return `${(entry.atMs / 1_000).toFixed(3)} s: ${closeUpWords(entry)}`
}
