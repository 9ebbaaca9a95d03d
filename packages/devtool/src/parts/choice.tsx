// One of several, for what is looked at; it stands in the address.

import type { JSX } from 'preact'
import { refine } from '../data/state.ts'

interface ChoiceProps {
  readonly label: string
  /** In the address. */
  readonly name: string
  readonly value: string
  readonly values: readonly string[]
  /** What the empty value is called. Default `any`. */
  readonly none?: string
}

export function Choice({ label, name, value, values, none = 'any' }: ChoiceProps): JSX.Element {
  return (
    <label class="row">
      {label}
      <select
        value={value}
        onChange={({ currentTarget }) => refine({ [name]: currentTarget.value })}
      >
        {values.map((one) => (
          <option key={one} value={one}>
            {one === '' ? none : one}
          </option>
        ))}
      </select>
    </label>
  )
}
