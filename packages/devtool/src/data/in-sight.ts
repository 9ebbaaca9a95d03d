// Asking a node for what is in sight, as long as the view is there, nobody pauses it and its page is not hidden.

import { useEffect, useRef, useState } from 'preact/hooks'
import type { Askings } from './askings.ts'
import { keepWatch, watchedAskings } from './watched.ts'

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
  askings.current ??= watchedAskings(ask, setProblem, { everyMs })
  useEffect(() => keepWatch(askings.current!), [])
  return { want: (needs) => askings.current!.want(needs), problem }
}
