// What is searched for; it stands in the address. `/` leads here, and ↓ on to
// what is found.

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
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown') return
        event.preventDefault()
        document.querySelector<HTMLElement>('[data-line][tabindex="0"]')?.focus()
      }}
      onInput={({ currentTarget }) => refine({ search: currentTarget.value })}
    />
  )
}
