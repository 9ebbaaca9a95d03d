// What was done of late, the latest of each name. A failover may lose what Redis confirmed a moment before: whoever did it knows.

import type { Clock } from '@sluice/core'

const keepMs = 2_000
const maxKept = 100_000

export class Latest<What> {
  readonly #clock: Clock
  /** The oldest first. */
  readonly #byName = new Map<string, { what: What; at: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts from the last one on: while nothing is confirmed, nothing is forgotten. */
  note(name: string, what: What): void {
    const now = this.#clock.now()
    this.#byName.delete(name)
    this.#byName.set(name, { what, at: now })
    for (const [oldest, { at }] of this.#byName) {
      if (now - at < keepMs && this.#byName.size <= maxKept) return
      this.#byName.delete(oldest)
    }
  }

  /** All of it, which is forgotten here. */
  take(): [name: string, what: What][] {
    const all = [...this.#byName].map(([name, { what }]): [string, What] => [name, what])
    this.#byName.clear()
    return all
  }
}
