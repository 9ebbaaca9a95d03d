// Restart decisions, pure: what a supervisor does when a child ends. Time, history and randomness are arguments.
//
//   child ends ─▶ wanted? ─no─▶ let it go
//                    │yes
//                 within intensity? ─no─▶ escalate
//                    │yes
//                 restart, after a backoff, with whom the strategy says

import type { End } from './ends.ts'
import { SluiceError } from './errors.ts'

/** Who is restarted along with a failed child: nobody, all siblings, or those started after it. */
export type Strategy = 'one-for-one' | 'one-for-all' | 'rest-for-one'

/** After which ends a child is restarted: any of its own, faults only, or none. */
export type Restart = 'permanent' | 'transient' | 'temporary'

export interface Backoff {
  /** Default 10. */
  minMs: number
  /** Default 10,000. */
  maxMs: number
  /** Default 2. */
  factor: number
  /** The share of a delay that is random, 0 to 1. Default 0.2. */
  jitter: number
}

export interface Supervision {
  /** Default `one-for-one`. */
  strategy: Strategy
  /** Restarts within `periodMs` before the supervisor itself fails. Default 5. */
  intensity: number
  /** Default 5,000. */
  periodMs: number
  backoff: Backoff
}

export const supervisionDefaults: Supervision = {
  strategy: 'one-for-one',
  intensity: 5,
  periodMs: 5_000,
  backoff: { minMs: 10, maxMs: 10_000, factor: 2, jitter: 0.2 },
}

const strategies: readonly string[] = ['one-for-one', 'one-for-all', 'rest-for-one']

/** Given options over the defaults, checked. */
export function resolveSupervision(given: Partial<Supervision> = {}): Supervision {
  const options = {
    ...supervisionDefaults,
    ...given,
    backoff: { ...supervisionDefaults.backoff, ...given.backoff },
  }
  const { strategy, intensity, periodMs, backoff } = options
  const checks: [name: string, good: boolean, rule: string][] = [
    ['strategy', strategies.includes(strategy), strategies.join(', ')],
    ['intensity', Number.isInteger(intensity) && intensity >= 0, 'a whole number from 0'],
    ['periodMs', periodMs > 0, 'more than 0'],
    ['backoff.minMs', backoff.minMs >= 0, '0 or more'],
    ['backoff.maxMs', backoff.maxMs >= backoff.minMs, 'at least backoff.minMs'],
    ['backoff.factor', backoff.factor >= 1, '1 or more'],
    ['backoff.jitter', backoff.jitter >= 0 && backoff.jitter <= 1, '0 to 1'],
  ]
  for (const [name, good, rule] of checks) {
    if (!good) throw new SluiceError('option_invalid', `supervise.${name}: expected ${rule}`)
  }
  return options
}

/** True when this end of a child with this restart kind calls for a restart. Asked-for ends never do. */
export function wantsRestart(restart: Restart, end: End): boolean {
  switch (end.code) {
    case 'failed':
    case 'escalated':
      return restart !== 'temporary'
    case 'completed':
      return restart === 'permanent'
    case 'stopped':
    case 'context':
    case 'deadline':
    case 'killed':
    case 'unknown':
      return false
  }
}

/** Counts one more restart at `now` into `history`; false when that is more than the budget allows. */
export function admitRestart(history: number[], now: number, options: Supervision): boolean {
  let stale = 0
  while (stale < history.length && (history[stale] ?? 0) <= now - options.periodMs) stale++
  history.splice(0, stale)
  history.push(now)
  return history.length <= options.intensity
}

/** How long to wait before the `attempt`-th restart in a row, counted from 1. */
export function backoffMs(attempt: number, backoff: Backoff, random: () => number): number {
  // Bounded, as nothing times infinity is no number.
  const growth = Math.min(backoff.factor ** Math.max(0, attempt - 1), Number.MAX_VALUE)
  const delay = Math.min(backoff.maxMs, backoff.minMs * growth)
  return delay * (1 - backoff.jitter * random())
}

/** True when an incarnation lived long enough for its backoff to start over. */
export function isSettled(upMs: number, backoff: Backoff): boolean {
  return upMs >= (backoff.minMs + backoff.maxMs) / 2
}
