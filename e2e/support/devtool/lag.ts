// How late a node's loop is while something goes on: the p99 of each of its windows of ten seconds.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Gateway } from '../gateway.ts'

export interface LagWatch {
  /** The p99s, in milliseconds, the smallest first; none if a window was not yet over. */
  stop(): Promise<number[]>
}

/** A window of a node's `loop_lag_p99_ms`. */
export const windowMs = 10_000

export function watchLag(gateway: Gateway): LagWatch {
  const stopped = new AbortController()
  const found: number[] = []
  const watching = (async () => {
    for (;;) {
      // The first whole window is the one after the one that runs.
      await sleep(windowMs, undefined, { signal: stopped.signal })
      found.push(Number((await gateway.vars())['loop_lag_p99_ms']))
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await watching.catch((error: Error) => {
        if (error.name !== 'AbortError') throw error
      })
      return found.slice(1).toSorted((a, b) => a - b)
    },
  }
}
