// A stack of JavaScript, the innermost frame first.

import type { StackFrame } from '@sluice/core'
import type { JSX } from 'preact'

export function Stack({ frames }: { frames: readonly StackFrame[] }): JSX.Element {
  return (
    <ol class="plain mono">
      {frames.map((frame, at) => (
        <li key={at}>
          {frame.function || '(anonymous)'} <span class="quiet">{frame.at}</span>
        </li>
      ))}
    </ol>
  )
}
