// One actor along the line of the flight: in which state it was, all the time that the line shows.

import type { FlightRow, StateName } from '@sluice/core'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { type Final, statesAt } from '../../data/flight/states.ts'
import { ActorLink } from '../state.tsx'

interface FlightTrackProps {
  readonly rows: readonly FlightRow[]
  readonly finals: readonly Final[]
  readonly actor: string
  readonly oldest: number
  readonly at: number
  readonly live: boolean
  readonly close: () => void
}

interface Stretch {
  readonly from: number
  readonly to: number
  readonly state: StateName
}

export function FlightTrack(props: FlightTrackProps): JSX.Element {
  const { rows, finals, actor, oldest, at, live, close } = props
  const own = useMemo(() => rows.filter((row) => row.actor === actor), [rows, actor])
  const last = useMemo(() => finals.filter(({ id }) => id === actor), [finals, actor])
  // Of thousands, the same ones as before need no second look while the moment moves.
  const steps = useMemo(
    () =>
      stretchesOf(own, last, oldest).map(({ from, to, state }, place) => (
        <span
          key={place}
          class={`step ${state}`}
          style={{ left: `${share(from, oldest)}%`, right: `${100 - share(to, oldest)}%` }}
        />
      )),
    [own, last, oldest],
  )
  const then = statesAt(own, last, at).get(actor)
  const behavior = last[0]?.behavior ?? own[0]?.behavior ?? ''
  const name = `${behavior} ${actor}`.trim()
  return (
    <div>
      <div class="row">
        {live ? <ActorLink id={actor}>{name}</ActorLink> : <strong class="mono">{name}</strong>}
        <span class="grow">
          {then === undefined ? (
            <span class="quiet">was not there, or nothing is known of it</span>
          ) : (
            <span class={`state ${then.state}`}>
              {then.state}
              {then.wait !== '' && `: ${then.wait}`}
            </span>
          )}
        </span>
        <button type="button" class="small" onClick={close} aria-label={`Follow ${name} no more`}>
          ✕
        </button>
      </div>
      <div class="track" aria-hidden="true">
        {steps}
        <i class="cursor" style={{ left: `${share(at, oldest)}%` }} />
      </div>
    </div>
  )
}

function share(agoMs: number, oldest: number): number {
  return (1 - Math.min(oldest, agoMs) / oldest) * 100
}

function stretchesOf(
  rows: readonly FlightRow[],
  [last]: readonly Final[],
  oldest: number,
): Stretch[] {
  const [first] = rows
  if (first === undefined) {
    return last === undefined ? [] : [{ from: last.ageMs, to: 0, state: last.state }]
  }
  const stretches = rows.map(({ agoMs, to }, place) => ({
    from: agoMs,
    to: rows[place + 1]?.agoMs ?? 0,
    state: to,
  }))
  const before = { from: last?.ageMs ?? oldest, to: first.agoMs, state: first.from }
  return [before, ...stretches].filter(({ state }) => state !== 'dead')
}
