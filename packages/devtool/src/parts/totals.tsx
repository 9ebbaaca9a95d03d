// Figures in a line, each under its name.

import type { JSX } from 'preact'

export interface Total {
  readonly label: string
  readonly text: string
  /** It should be otherwise. */
  readonly odd?: boolean
}

export function Totals({ totals }: { totals: readonly Total[] }): JSX.Element {
  return (
    <dl class="totals">
      {totals.map(({ label, text, odd }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd class={odd ? 'bad' : ''}>{text}</dd>
        </div>
      ))}
    </dl>
  )
}
