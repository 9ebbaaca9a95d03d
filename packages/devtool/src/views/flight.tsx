// What all actors did in the last seconds, from the flight recorder.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Flight } from '../data/answers.ts'
import { printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, node } from '../data/state.ts'
import { FlightLine } from '../parts/flight/line.tsx'
import { Asked } from '../parts/notice.tsx'

/** How far back one can look, if the recorder holds so much. */
const spans = [5_000, 30_000, 300_000]

export function FlightView(): JSX.Element {
  const [ms, setMs] = useState(spans[0]!)
  const { value, problem, again } = usePoll(
    `flight ${node.value} ${ms}`,
    (signal) => api.get<Flight>('/debug/view/flight', { node: node.value, ms }, signal),
    3_600_000,
  )
  return (
    <>
      <div class="row">
        <h1>Flight</h1>
        {spans.map((span) => (
          <button
            key={span}
            type="button"
            aria-pressed={span === ms}
            onClick={() => (span === ms ? again() : setMs(span))}
          >
            the last {printMs(span)}
          </button>
        ))}
        {value && (
          <span class="quiet">
            {printCount(value.rows.length)} transitions until {value.takenAt}
          </span>
        )}
      </div>
      <Asked value={value} problem={problem} />
      {value && <FlightLine key={value.takenAt} rows={value.rows} end="now" live />}
    </>
  )
}
