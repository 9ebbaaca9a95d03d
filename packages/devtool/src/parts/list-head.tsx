// Above a long list: what is searched for, by what the greatest are found, and how many there are that are not shown.

import type { ComponentChildren, JSX } from 'preact'
import type { List } from '../data/answers.ts'
import { printCount } from '../data/format.ts'
import { route } from '../data/state.ts'
import { Choice } from './choice.tsx'
import { Search } from './search.tsx'

interface ListHeadProps {
  readonly title: string
  /** The first one is meant when none is chosen. */
  readonly sorts: readonly string[]
  readonly list: List<unknown> | undefined
  /** What else may be chosen. */
  readonly children?: ComponentChildren
}

export function ListHead({ title, sorts, list, children }: ListHeadProps): JSX.Element {
  const { sort = sorts[0]! } = route.value.query
  return (
    <div class="row">
      <h1>{title}</h1>
      <Search placeholder="search" />
      <Choice label="Greatest by" name="sort" value={sort} values={sorts} />
      {children}
      {list && (
        <span class="quiet">
          {printCount(list.rows.length)} shown · {printCount(list.matched)} match ·{' '}
          {printCount(list.total)} in all
        </span>
      )}
    </div>
  )
}
