// A sentence that must be seen: what is wrong, what is not shown, what to do.

import type { ComponentChildren, JSX } from 'preact'
import { paused } from '../data/state.ts'

interface NoticeProps {
  readonly kind?: 'bad' | 'warn' | 'good' | 'plain'
  readonly children: ComponentChildren
}

export function Notice({ kind = 'plain', children }: NoticeProps): JSX.Element {
  return (
    <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  )
}

/** What came of asking: a problem, and that there is nothing yet. */
export function Asked({
  value,
  problem,
}: {
  value: unknown
  problem: string | undefined
}): JSX.Element | null {
  if (problem !== undefined) {
    return (
      <Notice kind="bad">
        {problem}
        {value === undefined ? '' : '. What is below is older.'}
      </Notice>
    )
  }
  if (value !== undefined) return null
  return (
    <p class="quiet">{paused.value ? 'Paused: nothing is asked until it goes on.' : 'asking …'}</p>
  )
}
