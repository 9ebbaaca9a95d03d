// What only an actor's own objects tell, and the table does not: its label, its behaviour's columns, its deadline, why it
// ends. Bounded, as all of this comes from users' code. Never message contents.

import type { Actor } from '../../actor.ts'
import type { Scalar } from '../../behavior.ts'
import { formatEnd } from '../../ends.ts'
import { Flag } from '../../flags.ts'
import type { ActorRow } from '../dump.ts'
import { printThrown, shorten } from '../escape.ts'

const longestText = 200
const longestEnd = 1_000
const mostColumns = 32

/** Adds it to the row. `now` is the clock's. */
export function describeActor(actor: Actor, row: ActorRow, now: number): void {
  const { context, rare, kernel } = actor
  const { deadline } = context
  const cause = context.cause()
  const timers = rare?.timers?.size ?? 0
  const stack = kernel.sites.stacks.of(actor.id)
  const more = columnsOf(actor)
  row.label = shorten(actor.label(), longestText)
  if (deadline !== Infinity) row.deadlineMs = deadline - now
  if (cause !== undefined) row.ending = shorten(formatEnd(cause), longestEnd)
  if (rare?.lastEnd !== undefined) row.restarted = shorten(formatEnd(rare.lastEnd), longestEnd)
  if (timers > 0) row.timers = timers
  if (stack !== undefined) row.stack = stack
  if (more !== undefined) row.more = more
}

/** A behaviour's own columns; one that throws says so in its row and harms nobody. */
function columnsOf(actor: Actor): Record<string, Scalar> | undefined {
  if ((actor.flags & Flag.started) === 0 || actor.behavior.describe === undefined) return undefined
  try {
    const columns = Object.entries(actor.behavior.describe(actor.state))
    return Object.fromEntries(columns.slice(0, mostColumns).map(bound))
  } catch (error) {
    return { describe: `failed: ${printThrown(error, longestText)}` }
  }
}

function bound([name, value]: [string, Scalar]): [string, Scalar] {
  return [shorten(name, longestText), scalarOf(value)]
}

/** Types are no promise at run time, and what JSON cannot write would spoil the dump of all. */
function scalarOf(value: unknown): Scalar {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  const plain = typeof value === 'string' || typeof value === 'bigint'
  return shorten(plain ? String(value) : Object.prototype.toString.call(value), longestText)
}
