// How many actors there are of each kind, from three columns of the table: a million rows in milliseconds, so that it
// can be asked for all the time. No object is made for a row, and no hook of a behaviour is called.

import { State, type StateName, states } from '../../lifecycle.ts'
import type { System } from '../../system.ts'
import { type WaitClass, waitClasses } from '../../table.ts'

/** Actors of one kind. */
export interface Count {
  behavior: string
  state: StateName
  /** Only while waiting. */
  wait?: WaitClass
  count: number
}

/** Kinds of one behaviour: its states, and behind them what it may wait on. */
const width = 16

/** The kinds that there are, the largest first; ties by name. */
export function countActors(system: Pick<System, 'table' | 'names'>): Count[] {
  const { table, names } = system
  const { state, behavior, waitClass } = table
  const counts = new Uint32Array(names.size * width)
  const top = table.top[0] ?? 0
  for (let row = 0; row < top; row++) {
    const at = state[row]!
    // A dead row is counted too, as that costs less than to ask.
    counts[
      behavior[row]! * width + (at === State.waiting ? states.length + waitClass[row]! : at)
    ]!++
  }
  const found: Count[] = []
  counts.forEach((count, at) => {
    const kind = at % width
    if (count === 0 || kind === State.dead) return
    const wait = waitClasses[kind - states.length] as WaitClass
    found.push({
      behavior: names.name(Math.floor(at / width)),
      state: kind < states.length ? states[kind]! : 'waiting',
      ...(kind >= states.length && { wait }),
      count,
    })
  })
  return found.sort((a, b) => b.count - a.count || compare(a, b))
}

function compare(a: Count, b: Count): number {
  const one = `${a.behavior} ${a.state} ${a.wait ?? ''}`
  const other = `${b.behavior} ${b.state} ${b.wait ?? ''}`
  return one < other ? -1 : one > other ? 1 : 0
}
