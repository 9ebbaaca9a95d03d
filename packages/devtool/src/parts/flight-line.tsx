// Transitions along a line of time: how many there were, and, where one points, which ones.

import { type FlightRow, printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { bucketsOf, rowsWithin } from '../data/flight.ts'
import { ActorLink } from './state.tsx'

const buckets = 120
const most = 200

export function FlightLine({ rows }: { rows: readonly FlightRow[] }): JSX.Element {
  const [chosen, setAt] = useState<number>()
  if (rows.length === 0)
    return (
      <p class="quiet">Nothing moved in that time, or the recorder does not reach so far back.</p>
    )
  const { counts, oldestMs } = bucketsOf(rows, buckets)
  // Until somebody points: where something moved last.
  const at =
    chosen ??
    Math.max(
      0,
      counts.findLastIndex(({ total }) => total > 0),
    )
  const highest = Math.max(...counts.map(({ total }) => total), 1)
  const width = oldestMs / buckets
  const [from, to] = [oldestMs - at * width, oldestMs - (at + 1) * width]
  const shown = rowsWithin(rows, from, to)
  return (
    <>
      <div class="flight" aria-hidden="true">
        {counts.map(({ total, waits }, place) => (
          <span
            key={place}
            class={place === at ? 'bar chosen' : 'bar'}
            title={`${total} transitions, ${waits} into waiting, ${printMs(oldestMs - place * width)} ago`}
            style={{ height: `${Math.max(total > 0 ? 3 : 0, (total / highest) * 100)}%` }}
            onClick={() => setAt(place)}
          >
            <i style={{ height: `${total === 0 ? 0 : (waits / total) * 100}%` }} />
          </span>
        ))}
      </div>
      <label class="row">
        <span>
          {printMs(from)} to {printMs(Math.max(0, to))} before
        </span>
        <input
          class="grow"
          type="range"
          min="0"
          max={buckets - 1}
          value={at}
          aria-label="Moment"
          onInput={({ currentTarget }) => setAt(Number(currentTarget.value))}
        />
      </label>
      <ol class="plain steps">
        {shown
          .slice(0, most)
          .map(({ agoMs, actor, behavior, event, from: was, to: is, wait }, place) => (
            <li key={place}>
              <span class="mono right">{agoMs.toFixed(1)} ms</span>{' '}
              <ActorLink id={actor}>{`${behavior} ${actor}`}</ActorLink>{' '}
              <span class="quiet">{event}</span> {was} →{' '}
              <span class={`state ${is}`}>
                {is}
                {wait !== undefined && ` (${wait})`}
              </span>
            </li>
          ))}
      </ol>
      {shown.length > most && <p class="quiet">and {shown.length - most} more in this moment</p>}
      {shown.length === 0 && <p class="quiet">nothing happened in this moment</p>}
    </>
  )
}
