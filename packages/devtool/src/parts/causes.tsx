// Why something ended: each cause on a line of its own, the one with which it began last.

import type { JSX } from 'preact'
import { causesOf } from '../data/causes.ts'
import { ActorLink } from './state.tsx'
import '../style/dead.css'

export function Causes({ end }: { end: string }): JSX.Element {
  const causes = causesOf(end)
  return (
    <ol class="causes">
      {causes.map(({ actor, words }, at) => (
        <li key={at} class={at === causes.length - 1 ? 'root' : ''}>
          {actor && <ActorLink id={actor.id}>{`${actor.behavior} ${actor.id}`}</ActorLink>} {words}
          {at === causes.length - 1 && at > 0 && <span class="quiet"> – here it began</span>}
        </li>
      ))}
    </ol>
  )
}
