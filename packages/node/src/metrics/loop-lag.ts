// How late the event loop is, in windows of ten seconds: every reader sees the last whole window, however often it or
// others read. A histogram since the start would hide today's trouble under yesterday's calm, and one that readers
// reset would show each of two scrapers a part.

import { createHistogram } from 'node:perf_hooks'
import type { Clock } from '@sluice/core'
import { LoopBeat } from './loop-beat.ts'

/** Seconds. */
export interface Lag {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const defaultWindowMs = 10_000
/** An hour, in the microseconds that are counted. */
const most = 3.6e9

export class LoopLag {
  readonly #lags = createHistogram({ lowest: 1, highest: most, figures: 3 })
  readonly #beat: LoopBeat
  readonly #windowMs: number
  #window: Lag | undefined = undefined
  #began: number

  constructor(clock: Clock, windowMs: number = defaultWindowMs) {
    this.#windowMs = windowMs
    this.#began = clock.now()
    this.#beat = new LoopBeat(clock, (lagMs, now) => this.#note(lagMs, now))
  }

  /** The last whole window; a stall since then shows in `max` at once. */
  read(): Lag {
    this.#beat.look()
    const now = this.#measure()
    if (this.#window === undefined) return now
    return { ...this.#window, max: Math.max(this.#window.max, now.max) }
  }

  close(): void {
    this.#beat.close()
  }

  #note(lagMs: number, now: number): void {
    // What is less than the least is told as the least.
    this.#lags.record(Math.min(most, Math.max(1, Math.round(lagMs * 1_000))))
    if (now - this.#began < this.#windowMs) return
    this.#window = this.#measure()
    this.#lags.reset()
    this.#began = now
  }

  #measure(): Lag {
    const lags = this.#lags
    // Without a sample, max is 0 and percentiles are what the library starts with.
    if (lags.count === 0) return { p50: 0, p99: 0, max: 0 }
    return {
      p50: lags.percentile(50) / 1e6,
      p99: lags.percentile(99) / 1e6,
      max: lags.max / 1e6,
    }
  }
}
