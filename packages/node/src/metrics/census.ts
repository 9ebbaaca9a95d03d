// The actor table, counted: who there is by behaviour and state, who waits for what, and what lies in mailboxes. One
// pass over three columns, so that a scrape of a million actors costs milliseconds and no dump.

import {
  type StateName,
  states,
  type System,
  type WaitClass,
  waitClasses as tableClasses,
} from '@sluice/core'

/** The classes of waits, in the order of their codes in the table, which has `none` before them. */
export const waitClasses: readonly WaitClass[] = tableClasses.slice(1) as WaitClass[]

export interface Census {
  /** Live actors by behaviour, then by state. */
  readonly behaviors: ReadonlyMap<string, Readonly<Record<StateName, number>>>
  /** Waiting actors by what for. */
  readonly waits: ReadonlyMap<WaitClass, number>
  /** Messages in all mailboxes. */
  readonly messages: number
}

/** Counts every live actor. */
export function takeCensus(system: System): Census {
  const { table, names } = system
  const { state, behavior, waitClass, depth } = table
  const kinds = states.length
  const dead = states.indexOf('dead')
  const counts = new Uint32Array(names.size * kinds)
  const waiting = new Uint32Array(waitClasses.length + 1)
  const top = table.top[0] ?? 0
  let messages = 0
  for (let row = 0; row < top; row++) {
    const now = state[row]!
    if (now === dead) continue
    counts[behavior[row]! * kinds + now]!++
    waiting[waitClass[row]!]!++
    messages += depth[row]!
  }
  const behaviors = new Map<string, Record<StateName, number>>()
  for (let code = 0; code < names.size; code++) {
    const own = counts.subarray(code * kinds, (code + 1) * kinds)
    if (own.every((count) => count === 0)) continue
    const named = states.map((name, at) => [name, own[at]!])
    behaviors.set(names.name(code), Object.fromEntries(named) as Record<StateName, number>)
  }
  const waits = new Map(waitClasses.map((name, at) => [name, waiting[at + 1]!]))
  return { behaviors, waits, messages }
}
