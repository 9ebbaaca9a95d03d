// What the garbage collector tells: how long each pause was, and how much was allocated between them. The heap before a
// collection, less the heap after the one before, is what was allocated; nothing else in Node knows that figure.

import { GCProfiler } from 'node:v8'
import type { Timer, Wheel } from '@sluice/core'

/** The names that other Node programs use for kinds of collections. */
const kinds: Readonly<Record<string, string>> = {
  Scavenge: 'minor',
  MinorMarkSweep: 'minor',
  MarkSweepCompact: 'major',
  IncrementalMarking: 'incremental',
  ProcessWeakCallbacks: 'weakcb',
}

/** Often enough that what is kept of them stays small, also when there are hundreds a second. */
const lookMs = 1_000
/** The longest pause is that of a window, as the lag of the loop is: whoever looks sees the same. */
const windowMs = 10_000

/** What was seen at a look. */
export interface Pause {
  readonly kind: string
  readonly seconds: number
}

export class Garbage {
  /** Allocated on the heap of the main thread, since the start. */
  allocatedBytes = 0
  /** All pauses since the start together. */
  pausedSeconds = 0
  readonly #wheel: Wheel
  readonly #timer: Timer
  readonly #onPause: (pause: Pause) => void
  #profiler: GCProfiler | undefined = started()
  #usedAfter: number | undefined = undefined
  readonly #window: Timer
  /** In the last whole window, and in the one that runs. */
  readonly #longest = { last: 0, now: 0 }

  constructor(wheel: Wheel, onPause: (pause: Pause) => void) {
    this.#wheel = wheel
    this.#onPause = onPause
    this.#timer = wheel.add(lookMs, look, this)
    this.#window = wheel.add(windowMs, turnWindow, this)
  }

  /** The longest pause of the last whole window; a longer one since then shows at once. */
  get longestSeconds(): number {
    return Math.max(this.#longest.last, this.#longest.now)
  }

  /** Takes in what happened since the last look; nothing any more after the end. */
  look(): void {
    if (this.#profiler === undefined) return
    this.#take(this.#profiler.stop())
    this.#profiler = started()
    this.#wheel.reset(this.#timer, lookMs)
  }

  /** Ends the window that runs. */
  turn(): void {
    this.#longest.last = this.#longest.now
    this.#longest.now = 0
    this.#wheel.reset(this.#window, windowMs)
  }

  close(): void {
    this.#wheel.cancel(this.#timer)
    this.#wheel.cancel(this.#window)
    this.#profiler?.stop()
    this.#profiler = undefined
  }

  #take({ statistics }: ReturnType<GCProfiler['stop']>): void {
    for (const { gcType, cost, beforeGC, afterGC } of statistics) {
      const used = beforeGC.heapStatistics.usedHeapSize
      if (this.#usedAfter !== undefined) {
        this.allocatedBytes += Math.max(0, used - this.#usedAfter)
      }
      this.#usedAfter = afterGC.heapStatistics.usedHeapSize
      const seconds = cost / 1e6
      this.pausedSeconds += seconds
      this.#longest.now = Math.max(this.#longest.now, seconds)
      this.#onPause({ kind: kinds[gcType] ?? 'other', seconds })
    }
  }
}

function look(garbage: Garbage): void {
  garbage.look()
}

function turnWindow(garbage: Garbage): void {
  garbage.turn()
}

function started(): GCProfiler {
  const profiler = new GCProfiler()
  profiler.start()
  return profiler
}
