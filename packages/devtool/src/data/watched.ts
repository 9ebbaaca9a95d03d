// Asking a node while somebody looks: nothing while the page is hidden or paused, and all of it at once when that is over.

import { ApiError } from './api.ts'
import { Askings, type AskingOptions } from './askings.ts'
import { problemOf } from './problem.ts'
import { locked, paused } from './state.ts'

/** `told` hears why there is nothing newer; undefined when there is. */
export function watchedAskings<Need extends { readonly key: string }>(
  ask: (need: Need, signal: AbortSignal) => Promise<void>,
  told: (problem: string | undefined) => void,
  options: Omit<AskingOptions, 'awake'>,
): Askings<Need> {
  return new Askings<Need>(
    async (need, signal) => {
      await ask(need, signal)
      if (signal.aborted) return
      locked.value = false
      told(undefined)
    },
    (error) => {
      if (error instanceof ApiError && error.status === 401) locked.value = true
      told(problemOf(error))
    },
    { ...options, awake: isLookedAt },
  )
}

/** Until what it gives back is called, which stops them. */
export function keepWatch(askings: Pick<Askings<never>, 'again' | 'stop'>): () => void {
  const look = (): void => void (isLookedAt() && askings.again())
  document.addEventListener('visibilitychange', look)
  const unpaused = paused.subscribe(look)
  return () => {
    document.removeEventListener('visibilitychange', look)
    unpaused()
    askings.stop()
  }
}

function isLookedAt(): boolean {
  return !document.hidden && !paused.peek()
}
