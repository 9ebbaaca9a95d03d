// The heads of a picture's arrows, one in each colour: `url(#<name>-<color>)`.

import type { JSX } from 'preact'

interface ArrowHeadsProps {
  readonly name: string
  /** Names of colours among the tokens. */
  readonly colors: readonly string[]
}

export function ArrowHeads({ name, colors }: ArrowHeadsProps): JSX.Element {
  return (
    <defs>
      {colors.map((color) => (
        <marker
          key={color}
          id={`${name}-${color}`}
          viewBox="0 0 8 8"
          refX="8"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0 8 4 0 8z" fill={`var(--${color})`} />
        </marker>
      ))}
    </defs>
  )
}
