// The tabs of behaviours: those of modules that the configuration names, also while no actor has one, and those of whoever lives.

import type { System, Tab } from '@sluice/core'
import type { Services } from '../services.ts'
import type { List } from './list.ts'

export interface TabRow extends Tab {
  behavior: string
  /** Its actors on this node. */
  live: number
}

/** A page has room for so many. */
const mostTabs = 100

/** The tabs that this node knows, by title. */
export function viewTabs({ system, modules, options }: Services): List<TabRow> {
  const rows = new Map<string, TabRow>()
  for (const behavior of modules.all) {
    const { tab } = system.program(behavior)
    if (tab !== undefined) rows.set(behavior.name, { behavior: behavior.name, ...tab, live: 0 })
  }
  for (const { behavior, tab, live } of population(system)) {
    const known = rows.get(behavior)
    if (known !== undefined) known.live = live
    else if (tab !== undefined) rows.set(behavior, { behavior, ...tab, live })
  }
  const sorted = [...rows.values()].sort((a, b) => compare(a.title, b.title))
  return {
    node: options.name,
    total: sorted.length,
    matched: sorted.length,
    rows: sorted.slice(0, mostTabs),
  }
}

interface Kind {
  behavior: string
  /** Of the first actor that is called so: those of one name are taken for alike. */
  tab: Tab | undefined
  live: number
}

/** Of each behaviour how many there are. One column is read, and one actor of each. */
function population({ table, names, actors }: System): Kind[] {
  const kinds: (Kind | undefined)[] = []
  const top = table.top[0] ?? 0
  for (let row = 0; row < top; row++) {
    const actor = actors[row]
    if (actor === undefined) continue
    const code = table.behavior[row] ?? 0
    const kind = (kinds[code] ??= { behavior: names.name(code), tab: actor.program.tab, live: 0 })
    kind.live++
  }
  return kinds.filter((kind) => kind !== undefined)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
