// One moment of the flight: who ran, who waited and for what, who ran the longest, and what happened around it.

import { type FlightRow, printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { printAgo } from '../../data/flight/moments.ts'
import { FlightCursor } from '../../data/flight/cursor.ts'
import { type Final, longestRuns, rowsAround, type Standing } from '../../data/flight/states.ts'
import { printCount } from '../../data/format.ts'

interface FlightMomentProps {
  /** Those that are searched for. */
  readonly rows: readonly FlightRow[]
  readonly finals: readonly Final[]
  readonly at: number
  readonly end: string
  readonly follow: (actor: string) => void
  readonly setAt: (agoMs: number) => void
}

const most = 8
const around = 12

export function FlightMoment(props: FlightMomentProps): JSX.Element {
  const { rows, finals, at, end, follow, setAt } = props
  const cursor = useMemo(() => new FlightCursor(rows, finals), [rows, finals])
  const runs = useMemo(() => longestRuns(rows, most).filter(({ from, to }) => from > to), [rows])
  cursor.moveTo(at)
  const { running, waiting, waits } = cursor
  return (
    <>
      <div class="cards">
        <section class="card">
          <h3>Running then: {printCount(running.length)}</h3>
          <ul class="plain">
            {running.slice(0, most).map((standing) => (
              <li key={standing.actor}>
                <Follow {...standing} follow={follow} /> {sinceWords(standing, at)}
              </li>
            ))}
          </ul>
          <More count={running.length - most} none={running.length === 0} />
        </section>
        <section class="card">
          <h3>Waiting then: {printCount(waiting)}</h3>
          <ul class="plain">
            {cursor.largest(most).map(({ count, oldest }) => (
              <li key={`${oldest.behavior} ${oldest.wait}`}>
                {count > 1 && `${printCount(count)} × `}
                <Follow {...oldest} follow={follow} />{' '}
                <span class="state waiting">{oldest.wait || 'waiting'}</span>{' '}
                {sinceWords(oldest, at)}
              </li>
            ))}
          </ul>
          <More count={waits - most} none={waits === 0} />
        </section>
        <section class="card">
          <h3>Ran the longest</h3>
          <ul class="plain">
            {runs.map(({ actor, behavior, from, to }) => (
              <li key={`${actor} ${from}`}>
                <Follow actor={actor} behavior={behavior} follow={follow} /> for{' '}
                <button type="button" class="link" onClick={() => setAt(from)}>
                  {printAgo(from - to)}
                </button>
                {to === 0 && `, until ${end}`}
              </li>
            ))}
          </ul>
          {runs.length === 0 && <p class="quiet">no longer than a turn of the loop</p>}
        </section>
      </div>
      <Around rows={rows} at={at} follow={follow} />
    </>
  )
}

function sinceWords({ since }: Standing, at: number): string {
  return since === undefined ? 'since before' : `for ${printMs(since - at)}`
}

function More({ count, none }: { count: number; none: boolean }): JSX.Element | null {
  if (none) return <p class="quiet">nobody</p>
  return count > 0 ? <p class="quiet">and {printCount(count)} more</p> : null
}

interface FollowProps {
  readonly actor: string
  readonly behavior: string
  readonly follow: (actor: string) => void
}

function Follow({ actor, behavior, follow }: FollowProps): JSX.Element {
  return (
    <button type="button" class="link mono" onClick={() => follow(actor)}>
      {behavior} {actor}
    </button>
  )
}

interface AroundProps {
  readonly rows: readonly FlightRow[]
  readonly at: number
  readonly follow: (actor: string) => void
}

function Around({ rows, at, follow }: AroundProps): JSX.Element {
  const { before, after } = rowsAround(rows, at, around)
  const line = (row: FlightRow, place: number): JSX.Element => (
    <li key={place} class={row.agoMs >= at ? '' : 'quiet'}>
      <span class="mono right">{printOffset(at - row.agoMs)}</span>{' '}
      <Follow {...row} follow={follow} /> <span class="quiet">{row.event}</span> {row.from} →{' '}
      <span class={`state ${row.to}`}>
        {row.to}
        {row.wait !== undefined && ` (${row.wait})`}
      </span>
    </li>
  )
  return (
    <section class="card">
      <h3>Around it</h3>
      <ol class="plain steps">
        {before.map(line)}
        <li class="here" aria-label="The moment" />
        {after.map((row, place) => line(row, before.length + place))}
      </ol>
    </section>
  )
}

/** `-12.3 ms`, `+0.4 ms` */
function printOffset(ms: number): string {
  return `${ms > 0 ? '+' : ms < 0 ? '−' : ''}${printAgo(Math.abs(ms))}`
}
