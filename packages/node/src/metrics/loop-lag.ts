// How late the event loop is, in windows of ten seconds: every reader sees the last whole window, however often it or
// others read. A histogram since the start would hide today's trouble under yesterday's calm, and one that readers
// reset would show each of two scrapers a part.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Timer, Wheel } from '@sluice/core'

/** Seconds. */
export interface Lag {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const windowMs = 10_000
/** How often Node looks; what it records is this and the lag. */
const resolutionMs = 20

export class LoopLag {
  readonly #wheel: Wheel
  readonly #histogram: ReturnType<typeof monitorEventLoopDelay>
  readonly #timer: Timer
  #window: Lag | undefined = undefined

  constructor(wheel: Wheel) {
    this.#wheel = wheel
    this.#histogram = monitorEventLoopDelay({ resolution: resolutionMs })
    this.#histogram.enable()
    this.#timer = wheel.add(windowMs, turnWindow, this)
  }

  /** The last whole window; a stall since then shows in `max` at once. */
  read(): Lag {
    const now = this.#measure()
    if (this.#window === undefined) return now
    return { ...this.#window, max: Math.max(this.#window.max, now.max) }
  }

  /** Ends the window that runs. */
  turn(): void {
    this.#window = this.#measure()
    this.#histogram.reset()
    this.#wheel.reset(this.#timer, windowMs)
  }

  close(): void {
    this.#histogram.disable()
    this.#wheel.cancel(this.#timer)
  }

  #measure(): Lag {
    const histogram = this.#histogram
    // Without a sample, max is 0 and percentiles are what the library starts with.
    if (histogram.count === 0) return { p50: 0, p99: 0, max: 0 }
    return {
      p50: toLag(histogram.percentile(50)),
      p99: toLag(histogram.percentile(99)),
      max: toLag(histogram.max),
    }
  }
}

function turnWindow(lag: LoopLag): void {
  lag.turn()
}

function toLag(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolutionMs) / 1_000
}
