// Around a view, so that one which fails is all that fails: the others, and the way to them, stay.

import type { ComponentChildren, JSX } from 'preact'
import { useErrorBoundary } from 'preact/hooks'
import { Notice } from './notice.tsx'

export function Guard({ children }: { children: ComponentChildren }): JSX.Element {
  const [thrown, again] = useErrorBoundary((error) => console.error(error)) as [unknown, () => void]
  if (thrown === undefined) return <>{children}</>
  return (
    <Notice kind="bad">
      This view failed, most likely on an answer that it does not know:{' '}
      {thrown instanceof Error ? thrown.message : 'it does not say on which'}{' '}
      <button type="button" class="small" onClick={again}>
        Try again
      </button>
    </Notice>
  )
}
