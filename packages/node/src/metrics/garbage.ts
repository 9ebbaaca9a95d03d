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

/** What was seen at a look. */
export interface Pause {
  readonly kind: string
  readonly seconds: number
}

export class Garbage {
  /** Allocated on the heap of the main thread, since the start. */
  allocatedBytes = 0
  readonly #wheel: Wheel
  readonly #timer: Timer
  readonly #onPause: (pause: Pause) => void
  #profiler: GCProfiler | undefined = started()
  #usedAfter: number | undefined = undefined

  constructor(wheel: Wheel, onPause: (pause: Pause) => void) {
    this.#wheel = wheel
    this.#onPause = onPause
    this.#timer = wheel.add(lookMs, look, this)
  }

  /** Takes in what happened since the last look; nothing any more after the end. */
  look(): void {
    if (this.#profiler === undefined) return
    this.#take(this.#profiler.stop())
    this.#profiler = started()
    this.#wheel.reset(this.#timer, lookMs)
  }

  close(): void {
    this.#wheel.cancel(this.#timer)
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
      this.#onPause({ kind: kinds[gcType] ?? 'other', seconds: cost / 1e6 })
    }
  }
}

function look(garbage: Garbage): void {
  garbage.look()
}

function started(): GCProfiler {
  const profiler = new GCProfiler()
  profiler.start()
  return profiler
}
