// The flight along a line of time: drag, or use the arrow keys, to a moment; below it what everybody was doing then.

import { type FlightRow, printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { bucketsOf, finalsOf, printAgo, rowsOf } from '../../data/flight/moments.ts'
import { type Final, nextMoment } from '../../data/flight/states.ts'
import { FlightMoment } from './moment.tsx'
import { FlightTrack } from './track.tsx'
import '../../style/flight.css'

interface FlightLineProps {
  readonly rows: readonly FlightRow[]
  /** The actors of the end of the line, where all are known. */
  readonly finals?: readonly Final[]
  /** Who is followed at first, from where it last began to run. */
  readonly focus?: string | undefined
  /** What the line ends with: `the dump`, `now`. */
  readonly end: string
  /** The actors can be looked at. */
  readonly live?: boolean
}

const buckets = 120
const nobody: readonly Final[] = []

export function FlightLine(props: FlightLineProps): JSX.Element {
  const { rows, finals = nobody, focus, end, live = false } = props
  // Whoever is followed later is looked at in the moment that one is at.
  const [moment, setMoment] = useState(() => firstMoment(rows, focus))
  const [followed, follow] = useState(focus)
  const [search, setSearch] = useState('')
  const shown = useMemo(() => rowsOf(rows, search), [rows, search])
  const shownFinals = useMemo(() => finalsOf(finals, search), [finals, search])
  if (rows.length === 0)
    return (
      <p class="quiet">Nothing moved in that time, or the recorder does not reach so far back.</p>
    )
  const oldest = Math.max(1, rows[0]!.agoMs)
  const at = Math.min(oldest, moment)
  return (
    <div class="stack">
      <div class="row">
        <strong class="moment">{at === 0 ? `at ${end}` : `${printAgo(at)} before ${end}`}</strong>
        <span class="grow quiet">drag, or ← and →; with shift to the next transition</span>
        <input
          type="search"
          placeholder="behaviour or actor"
          aria-label="Only these"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      </div>
      <Line rows={shown} oldest={oldest} at={at} end={end} setAt={setMoment} />
      {followed !== undefined && (
        <FlightTrack
          rows={rows}
          finals={finals}
          actor={followed}
          oldest={oldest}
          at={at}
          live={live}
          close={() => follow(undefined)}
        />
      )}
      <FlightMoment
        rows={shown}
        finals={shownFinals}
        at={at}
        end={end}
        follow={follow}
        setAt={setMoment}
      />
    </div>
  )
}

/** Where who is followed began to run last; else where something moved last. */
function firstMoment(rows: readonly FlightRow[], followed: string | undefined): number {
  const began = rows.findLast(({ actor, to }) => actor === followed && to === 'running')
  return (began ?? rows.at(-1))?.agoMs ?? 0
}

interface LineProps {
  readonly rows: readonly FlightRow[]
  readonly oldest: number
  readonly at: number
  readonly end: string
  readonly setAt: (agoMs: number) => void
}

function Line({ rows, oldest, at, end, setAt }: LineProps): JSX.Element {
  const counts = useMemo(() => bucketsOf(rows, buckets, oldest), [rows, oldest])
  const highest = Math.max(...counts.map(({ total }) => total), 1)
  const clamp = (agoMs: number): number => Math.max(0, Math.min(oldest, agoMs))
  const point = ({ currentTarget, clientX, buttons }: PointerEvent): void => {
    if (buttons === 0) return
    const { left, width } = (currentTarget as Element).getBoundingClientRect()
    setAt(clamp(oldest * (1 - (clientX - left) / width)))
  }
  const press = (event: KeyboardEvent): void => {
    const step = (later: boolean): number =>
      event.shiftKey
        ? (nextMoment(rows, at, later) ?? at)
        : clamp(at + (later ? -1 : 1) * (oldest / buckets))
    const moves: Record<string, () => number> = {
      ArrowLeft: () => step(false),
      ArrowDown: () => step(false),
      ArrowRight: () => step(true),
      ArrowUp: () => step(true),
      // As of every slider: up is more, which here is later.
      PageDown: () => clamp(at + oldest / 10),
      PageUp: () => clamp(at - oldest / 10),
      Home: () => oldest,
      End: () => 0,
    }
    const move = moves[event.key]
    if (move === undefined) return
    event.preventDefault()
    setAt(move())
  }
  return (
    <div>
      <div
        class="flight"
        role="slider"
        tabIndex={0}
        aria-label="Moment"
        aria-valuemin={0}
        aria-valuemax={Math.round(oldest)}
        aria-valuenow={Math.round(oldest - at)}
        aria-valuetext={`${printAgo(at)} before ${end}`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          point(event)
        }}
        onPointerMove={point}
        onKeyDown={press}
      >
        {counts.map(({ total, waits }, place) => (
          <span
            key={place}
            class="bar"
            title={`${total} transitions, ${waits} into waiting`}
            style={{ height: `${Math.max(total > 0 ? 3 : 0, Math.sqrt(total / highest) * 100)}%` }}
          >
            <i style={{ height: `${total === 0 ? 0 : (waits / total) * 100}%` }} />
          </span>
        ))}
        <i class="cursor" style={{ left: `${(1 - at / oldest) * 100}%` }} />
      </div>
      <div class="row quiet scale">
        <span>{printMs(oldest)} before</span>
        <span class="grow">
          transitions, of them <span class="state waiting">into waiting</span>
        </span>
        <span>{end}</span>
      </div>
    </div>
  )
}
