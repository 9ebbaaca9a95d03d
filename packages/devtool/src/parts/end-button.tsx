// Ending an actor by hand: asked twice, with a reason that its end will tell.

import type { ActorRow } from '@sluice/core'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { api, node } from '../data/state.ts'

interface EndButtonProps {
  readonly actor: ActorRow
  readonly ended: () => void
}

export function EndButton({ actor, ended }: EndButtonProps): JSX.Element {
  const [step, setStep] = useState<'closed' | 'asked' | 'sent'>('closed')
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState('')
  if (step === 'closed') {
    return (
      <button type="button" class="danger" onClick={() => setStep('asked')}>
        End it …
      </button>
    )
  }
  const end = async (event: Event): Promise<void> => {
    event.preventDefault()
    setStep('sent')
    try {
      await api.post(`/debug/actors/${encodeURIComponent(actor.id)}/end`, {
        node: node.value,
        reason,
      })
      setStep('closed')
      ended()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
      setStep('asked')
    }
  }
  return (
    <form class="row" onSubmit={(event) => void end(event)}>
      <input
        placeholder="why, for its tombstone"
        aria-label="Reason"
        value={reason}
        onInput={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <button type="submit" class="danger" disabled={step === 'sent'}>
        End {actor.behavior} {actor.id} and all that it owns
      </button>
      <button type="button" onClick={() => setStep('closed')}>
        Leave it
      </button>
      {problem !== '' && <span class="bad">{problem}</span>}
    </form>
  )
}
