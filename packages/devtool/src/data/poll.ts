// Asking a node again and again, as long as somebody looks: one question at a time, none while the page is hidden or
// paused, fewer while there is no answer.

import { useEffect, useState } from 'preact/hooks'
import { ApiError } from './api.ts'
import { locked, paused } from './state.ts'

export interface Polled<T> {
  /** The last answer; stays while newer ones fail. */
  readonly value: T | undefined
  /** Why there is no newer one. */
  readonly problem: string | undefined
  /** When the answer came, in the clock of `Date.now`. */
  readonly at: number
}

/** While nobody answers. */
const slowestMs = 10_000

/** Asks now and every `everyMs`, anew whenever `key` changes. */
export function usePoll<T>(
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
  everyMs = 1_000,
): Polled<T> & { again: () => void } {
  const [state, setState] = useState<Polled<T>>({ value: undefined, problem: undefined, at: 0 })
  const [round, setRound] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let failures = 0
    const look = async (): Promise<void> => {
      timer = undefined
      if (!document.hidden && !paused.peek()) {
        try {
          const value = await ask(stop.signal)
          if (stop.signal.aborted) return
          failures = 0
          locked.value = false
          setState({ value, problem: undefined, at: Date.now() })
        } catch (error) {
          if (stop.signal.aborted) return
          failures++
          if (error instanceof ApiError && error.status === 401) locked.value = true
          const problem = error instanceof Error ? error.message : String(error)
          setState((before) => ({ ...before, problem }))
        }
      }
      const later = Math.min(slowestMs, everyMs * 2 ** Math.min(failures, 6))
      const pause = failures === 0 ? everyMs : later
      timer = setTimeout(() => void look(), pause)
    }
    // Not only when the next question is due: that may be in an hour.
    const seen = (): void => {
      if (document.hidden || paused.peek() || timer === undefined) return
      clearTimeout(timer)
      void look()
    }
    document.addEventListener('visibilitychange', seen)
    void look()
    const unpaused = paused.subscribe(seen)
    return () => {
      stop.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', seen)
      unpaused()
    }
    // `ask` is made anew on every draw; `key` says when it asks something else.
  }, [key, everyMs, round])
  return { ...state, again: () => setRound((before) => before + 1) }
}
