// What few actors have, kept apart so that the many stay small.

import type { Actor } from './actor.ts'
import type { Ask } from './ask.ts'
import type { Hold } from './behavior.ts'
import type { Budget } from './budget.ts'
import type { CloseUp } from './close-up.ts'
import type { End } from './ends.ts'
import type { Cohort } from './restart.ts'
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
  /** What each incarnation starts with. */
  input: unknown = undefined
  work: Work | undefined = undefined
  grace: Timer | undefined = undefined
  /** Children that start again together. */
  cohort: Cohort | undefined = undefined
  backoff: Timer | undefined = undefined
  /** `waiting: timer restart`, while it is backing off. */
  backoffHold: Hold | undefined = undefined
  backoffMs = 0
  /** Restarts in a row. */
  attempt = 0
  /** When the incarnation had started; Infinity while it has not. */
  startedAt = 0
  /** Why the incarnation before ended. */
  lastEnd: End | undefined = undefined
  /** While somebody looks at this actor closely. */
  closeUp: CloseUp | undefined = undefined
}
