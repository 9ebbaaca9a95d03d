// The last states of an actor that died, as a small picture: a mark for each, in the shape and colour of its state.

import type { JSX } from 'preact'
import '../../style/dead.css'

/** With its words, where there is room for them. */
export function LastSteps({
  trail,
  words = false,
}: {
  trail: readonly string[]
  words?: boolean
}): JSX.Element {
  if (trail.length === 0) return <span class="quiet">none kept</span>
  return (
    <span class="path" title={trail.join(' → ')}>
      {trail.map((step, at) => (
        <span key={at} class={`state ${step.replace(/\(.*/, '')}`}>
          {words ? step : <span class="visually-hidden">{step}</span>}
        </span>
      ))}
    </span>
  )
}
