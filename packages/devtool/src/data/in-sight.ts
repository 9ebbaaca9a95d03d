// Asking a node for what is in sight, as long as the view is there, nobody pauses it and its page is not hidden.

import { useEffect, useRef, useState } from 'preact/hooks'
import { ApiError } from './api.ts'
import { Askings } from './askings.ts'
import { locked, paused } from './state.ts'

const everyMs = 2_000

export interface InSight<Need> {
  /** This is in sight now, and nothing else. */
  readonly want: (needs: readonly Need[]) => void
  /** Why there is nothing newer. */
  readonly problem: string | undefined
}

/** `ask` is what it is at first; whatever it asks about beside its need must be in the key of the component. */
export function useInSight<Need extends { readonly key: string }>(
  ask: (need: Need, signal: AbortSignal) => Promise<void>,
): InSight<Need> {
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const askings = useRef<Askings<Need>>(undefined)
  askings.current ??= new Askings<Need>(
    async (need, signal) => {
      await ask(need, signal)
      locked.value = false
      setProblem(undefined)
    },
    (error) => {
      if (error instanceof ApiError && error.status === 401) locked.value = true
      setProblem(error instanceof Error ? error.message : String(error))
    },
    { everyMs, awake: () => !document.hidden && !paused.peek() },
  )
  useEffect(() => {
    const own = askings.current!
    const seen = (): void => void (document.hidden || own.again())
    document.addEventListener('visibilitychange', seen)
    const unpaused = paused.subscribe((is) => void (is || own.again()))
    return () => {
      document.removeEventListener('visibilitychange', seen)
      unpaused()
      own.stop()
    }
  }, [])
  return { want: (needs) => askings.current!.want(needs), problem }
}
