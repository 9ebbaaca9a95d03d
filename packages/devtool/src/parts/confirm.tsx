// The second question, before something is changed: with a reason, which will be told where the change is. Whoever asked by the
// keyboard goes on there, and is back where it was when it is over.

import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { problemOf } from '../data/problem.ts'

interface ConfirmProps {
  /** What the button does, in full. */
  readonly words: string
  /** It ends nothing. */
  readonly harmless?: boolean
  readonly act: (reason: string) => Promise<unknown>
  /** It is done, or will not be. */
  readonly close: () => void
}

export function Confirm({ words, harmless = false, act, close }: ConfirmProps): JSX.Element {
  const [sent, setSent] = useState(false)
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState('')
  const first = useRef<HTMLInputElement>(null)
  // Before anybody sees it: no key may go elsewhere.
  useLayoutEffect(() => {
    const before = document.activeElement
    first.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    setSent(true)
    try {
      await act(reason)
      close()
    } catch (error) {
      setProblem(problemOf(error))
      setSent(false)
    }
  }
  return (
    <form
      class="row"
      onSubmit={(event) => void submit(event)}
      onKeyDown={({ key }) => key === 'Escape' && close()}
    >
      <input
        ref={first}
        placeholder="why"
        aria-label="Reason"
        value={reason}
        onInput={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <button type="submit" class={harmless ? 'primary' : 'danger'} disabled={sent}>
        {words}
      </button>
      <button type="button" onClick={close}>
        Leave it
      </button>
      {problem !== '' && (
        <span class="bad" role="alert">
          {problem}
        </span>
      )}
    </form>
  )
}
