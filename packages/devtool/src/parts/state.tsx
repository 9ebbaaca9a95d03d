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

interface ActorLinkProps {
  readonly id: string
  /** The node that it lives on. Default: the one that is looked at. */
  readonly on?: string | undefined
  readonly children?: string
}

/** A link to an actor. */
export function ActorLink({ id, on, children }: ActorLinkProps): JSX.Element {
  const query = on === undefined ? {} : { node: on }
  return (
    <a class="mono" href={hrefFor({ view: 'actor', id, query })}>
      {children ?? id}
    </a>
  )
}
