// What is searched for; it stands in the address. `/` leads here.

import type { JSX } from 'preact'
import { refine, route } from '../data/state.ts'

export function Search({ placeholder }: { placeholder: string }): JSX.Element {
  const { search = '' } = route.value.query
  return (
    <input
      type="search"
      placeholder={placeholder}
      aria-label="Search"
      value={search}
      onInput={({ currentTarget }) => refine({ search: currentTarget.value })}
    />
  )
}
