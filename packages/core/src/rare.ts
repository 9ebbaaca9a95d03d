// What few actors have, kept apart so that the many stay small.

import type { Actor } from './actor.ts'
import type { Ask } from './ask.ts'
import type { Budget } from './budget.ts'
import type { Work } from './life.ts'
import type { Wait } from './waits.ts'
import type { Timer } from './wheel.ts'

export class Rare {
  readonly holds: Wait[] = []
  /** Asks that it has not answered yet. */
  asks: Set<Ask<never>> | undefined = undefined
  timers: Set<Timer> | undefined = undefined
  /** Who is told of its death, and what. */
  watchers: Map<Actor, unknown[]> | undefined = undefined
  watching: Set<Actor> | undefined = undefined
  /** When children were restarted: what is spent of the intensity. */
  history: number[] | undefined = undefined
  budget: Budget | undefined = undefined
  work: Work | undefined = undefined
  grace: Timer | undefined = undefined
  backoff: Timer | undefined = undefined
  /** Restarts in a row. */
  attempt = 0
  bornAt = 0
}
