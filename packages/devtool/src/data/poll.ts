// Asking a node again and again, as long as somebody looks: one question at a time, none while the page is hidden or
// paused, fewer while there is no answer.

import { useEffect, useState } from 'preact/hooks'
import { keepWatch, watchedAskings } from './watched.ts'

export interface Polled<T> {
  /** The last answer; stays while newer ones fail. */
  readonly value: T | undefined
  /** Why there is no newer one. */
  readonly problem: string | undefined
  /** When the answer came, in the clock of `Date.now`. */
  readonly at: number
}

/** Asks now and every `everyMs`, anew whenever `key` changes. */
export function usePoll<T>(
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
  everyMs = 1_000,
): Polled<T> & { again: () => void } {
  const [state, setState] = useState<Polled<T>>({ value: undefined, problem: undefined, at: 0 })
  const [round, setRound] = useState(0)
  useEffect(() => {
    const askings = watchedAskings(
      async (_only, signal) => {
        const value = await ask(signal)
        if (!signal.aborted) setState({ value, problem: undefined, at: Date.now() })
      },
      (problem) =>
        setState((before) => (before.problem === problem ? before : { ...before, problem })),
      { everyMs, afterMs: 0 },
    )
    askings.want([{ key }])
    return keepWatch(askings)
    // `ask` is made anew on every draw; `key` says when it asks something else.
  }, [key, everyMs, round])
  return { ...state, again: () => setRound((before) => before + 1) }
}
