// An actor's state, as it looks everywhere: a shape and a word, and what it waits for.

import type { ActorRow } from '@sluice/core'
import type { JSX } from 'preact'
import { hrefFor } from '../data/state.ts'

export function State({ actor }: { actor: Pick<ActorRow, 'state' | 'wait'> }): JSX.Element {
  const { state, wait } = actor
  return (
    <span class={`state ${state}`}>
      {wait === undefined ? state : `waiting: ${waitWords(wait)}`}
    </span>
  )
}

/** `ask room 3f` */
export function waitWords({
  class: kind,
  target,
  actor,
  dead,
}: NonNullable<ActorRow['wait']>): string {
  return [kind, target, actor, dead && '(dead)'].filter(Boolean).join(' ')
}

/** A link to an actor. */
export function ActorLink({ id, children }: { id: string; children?: string }): JSX.Element {
  return (
    <a class="mono" href={hrefFor({ view: 'actor', id })}>
      {children ?? id}
    </a>
  )
}
