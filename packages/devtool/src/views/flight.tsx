// What all actors did in the last seconds, from the flight recorder.

import type { JSX } from 'preact'
import type { Flight } from '../data/answers.ts'
import { printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, node } from '../data/state.ts'
import { FlightLine } from '../parts/flight-line.tsx'
import { Asked } from '../parts/notice.tsx'

export function FlightView(): JSX.Element {
  const { value, problem, again } = usePoll(
    `flight ${node.value}`,
    (signal) => api.get<Flight>('/debug/view/flight', { node: node.value, ms: 5_000 }, signal),
    3_600_000,
  )
  return (
    <>
      <div class="row">
        <h1>Flight</h1>
        <button type="button" onClick={again}>
          The last seconds until now
        </button>
        {value && (
          <span class="quiet">
            {printCount(value.rows.length)} transitions until {value.takenAt}
          </span>
        )}
      </div>
      <Asked value={value} problem={problem} />
      {value && <FlightLine rows={value.rows} />}
    </>
  )
}
