// A trace of one actor while it comes: what its messages come to, each of them on a line of time, all of them in a table.

import { closeUpOverWords, closeUpTypes, printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { TraceState } from '../../data/answers.ts'
import { download } from '../../data/download.ts'
import { printCount } from '../../data/format.ts'
import { usePoll } from '../../data/poll.ts'
import { api, node } from '../../data/state.ts'
import { type Trace, TraceStore } from '../../data/trace/trace.ts'
import { Action } from '../action.tsx'
import { Asked, Notice } from '../notice.tsx'
import { TraceLine } from './line.tsx'
import { TraceTable } from './table.tsx'
import { TraceTypes } from './types.tsx'

interface TracePanelProps {
  readonly id: string
  readonly state: TraceState
  /** Somebody has ended it. */
  readonly changed: () => void
}

/** How much of it the line shows, in ms; all of it when there is no end. */
const zooms = [5_000, 30_000, Infinity] as const

const liveMs = 500
/** Nothing comes any more. */
const overMs = 3_600_000

export function TracePanel({ id, state, changed }: TracePanelProps): JSX.Element {
  const path = `/debug/actors/${encodeURIComponent(id)}/trace`
  const store = useMemo(() => new TraceStore(), [])
  const [zoom, setZoom] = useState<number>(zooms[1])
  const { value, problem } = usePoll(
    `trace ${node.value} ${id}`,
    async (signal) =>
      store.take(await api.get<Trace>(path, { node: node.value, since: store.since }, signal)),
    state.over === undefined ? liveMs : overMs,
  )
  const types = useMemo(() => closeUpTypes(value?.entries ?? []), [value])
  const live = state.over === undefined && value?.over === undefined
  return (
    <section class="card trace" aria-labelledby="trace">
      <div class="row">
        <h2 id="trace">Trace</h2>
        <span class="grow quiet" role="status">
          {value && saying(value, live)}
        </span>
        {zooms.map((one) => (
          <button
            key={one}
            type="button"
            class="small"
            aria-pressed={one === zoom}
            onClick={() => setZoom(one)}
          >
            {one === Infinity ? 'all of it' : `the last ${printMs(one)}`}
          </button>
        ))}
        {value && (
          <button
            type="button"
            class="small"
            onClick={() => download(`trace-${value.behavior}-${id}.json`, value)}
          >
            Keep the trace
          </button>
        )}
        {live && (
          <Action
            label="End the trace"
            words="End the trace now"
            harmless
            small
            act={async (reason) => {
              await api.post(path, { node: node.value, seconds: 0, reason })
              changed()
            }}
          />
        )}
      </div>
      <Asked value={value} problem={problem} />
      {value && value.dropped > 0 && (
        <Notice kind="warn">
          {printCount(value.dropped)} older entries were dropped: what is below is of the last{' '}
          {printCount(value.entries.length)}.
        </Notice>
      )}
      {value && (
        <>
          <TraceTypes types={types} />
          <TraceLine trace={value} zoom={zoom} />
          <TraceTable entries={value.entries} />
        </>
      )}
    </section>
  )
}

function saying({ leftMs, over, ms, entries, dropped }: Trace, live: boolean): string {
  const count = entries.length + dropped
  const seen = `${printCount(count)} ${count === 1 ? 'entry' : 'entries'} in ${printMs(ms)}`
  if (live) return `${seen}, ${printMs(leftMs)} left`
  return over === undefined ? seen : `${seen}; over: ${closeUpOverWords[over]}`
}
