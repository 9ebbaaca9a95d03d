// The last transitions of an actor on a line of time, and in words.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { ActorDetail } from '../../data/answers.ts'

export function Trail({ trail }: { trail: ActorDetail['trail'] }): JSX.Element {
  if (trail.length === 0)
    return <p class="quiet">The flight recorder holds none of its transitions any more.</p>
  const oldest = Math.max(1, trail[0]!.agoMs)
  return (
    <>
      <div
        class="trail"
        role="img"
        aria-label={`${trail.length} transitions in ${printMs(oldest)}`}
      >
        {trail.map(({ agoMs, to, wait }, at) => {
          const next = trail[at + 1]?.agoMs ?? 0
          const words = `${to}${wait === undefined ? '' : ` (${wait})`} for ${printMs(agoMs - next)}`
          return (
            <span
              key={at}
              class={`step ${to}`}
              title={words}
              style={{ flexGrow: String(Math.max(0.002, (agoMs - next) / oldest)) }}
            />
          )
        })}
      </div>
      <ol class="plain steps">
        {trail.toReversed().map(({ agoMs, event, from, to, wait }, at) => (
          <li key={at}>
            <span class="mono right">{printMs(agoMs)} ago</span> <span class="quiet">{event}</span>{' '}
            {from} →{' '}
            <span class={`state ${to}`}>
              {to}
              {wait !== undefined && ` (${wait})`}
            </span>
          </li>
        ))}
      </ol>
    </>
  )
}
