// Ending an actor by hand: asked twice, with a reason that its end will tell.

import type { ActorRow } from '@sluice/core'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { api, node } from '../data/state.ts'
import { Confirm } from './confirm.tsx'

interface EndButtonProps {
  readonly actor: ActorRow
  readonly ended: () => void
}

export function EndButton({ actor, ended }: EndButtonProps): JSX.Element {
  const [asked, setAsked] = useState(false)
  if (!asked) {
    return (
      <button type="button" class="danger" onClick={() => setAsked(true)}>
        End it …
      </button>
    )
  }
  const end = async (reason: string): Promise<void> => {
    await api.post(`/debug/actors/${encodeURIComponent(actor.id)}/end`, {
      node: node.value,
      reason,
    })
    ended()
  }
  return (
    <Confirm
      words={`End ${actor.behavior} ${actor.id} and all that it owns`}
      act={end}
      close={() => setAsked(false)}
    />
  )
}
