import type { Clock } from '../src/clock.ts'

/** A host that is late: time jumps, and only then its callbacks run. Looking at the clock takes `lookMs`. */
export class LateClock implements Clock {
  lookMs = 0
  #now = 0
  readonly #timers = new Map<() => void, number>()
  #soon: (() => void)[] = []

  now(): number {
    this.#now += this.lookMs
    return this.#now
  }
  wall(): number {
    return this.#now
  }
  after(ms: number, run: () => void): () => void {
    this.#timers.set(run, this.#now + ms)
    return () => void this.#timers.delete(run)
  }
  soon(run: () => void): void {
    this.#soon.push(run)
  }
  /** Time passes, then one turn of the loop. */
  jump(ms: number): void {
    this.#now += ms
    for (const [run, at] of this.#timers) {
      if (at > this.#now) continue
      this.#timers.delete(run)
      run()
    }
  }
  /** The `soon` callbacks of one turn; false if there were none. */
  turn(): boolean {
    const batch = this.#soon
    this.#soon = []
    for (const run of batch) run()
    return batch.length > 0
  }
  get pending(): number {
    return this.#timers.size + this.#soon.length
  }
}
