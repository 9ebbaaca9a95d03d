// A clock whose calls belong to no trace. A turn is asked for by whoever has something to do first; what the others do in it
// was not caused by that one, nor is what a shared timer does when it is due.

import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '@sluice/core'

/** The same clock, outside of whatever `here` holds. */
export function createOutsideClock(clock: Clock, here: AsyncLocalStorage<unknown>): Clock {
  const outside = (run: () => void) => (): void => here.run(undefined, run)
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    after: (ms, run) => clock.after(ms, outside(run)),
    soon: (run) => clock.soon(outside(run)),
  }
}
