// The figures that rules are about, read once a second. What costs something to know is looked after only while a rule
// asks for it.

import type { Timer } from '@sluice/core'
import { Garbage } from '../metrics/garbage.ts'
import type { Services } from '../services.ts'
import type { Figure } from './slo.ts'

/**
 * How often it is looked how late the loop is. Not by Node's histogram of delays: when that is reset, it takes no notice of
 * a stall that has begun already.
 */
const beatMs = 20

export class Figures {
  readonly #services: Services
  readonly #beat: Timer | undefined
  readonly #garbage: Garbage | undefined
  #beatAt: number
  #longestLagMs = 0
  #longestPauseMs = 0
  #allocated = { bytes: 0, at: 0 }

  constructor(services: Services, wanted: ReadonlySet<Figure>) {
    this.#services = services
    const { wheel, clock } = services.system
    this.#beatAt = clock.now()
    this.#allocated.at = this.#beatAt
    if (wanted.has('loopLagMs')) this.#beat = wheel.add(beatMs, beat, this)
    if (wanted.has('gcPauseMs') || wanted.has('allocatedBytesPerS')) {
      this.#garbage = new Garbage(wheel, ({ seconds }) => {
        this.#longestPauseMs = Math.max(this.#longestPauseMs, seconds * 1_000)
      })
    }
  }

  /** Every figure as it is now; those that nobody wanted are 0. The longest of something begins anew. */
  read(now: number): Record<Figure, number> {
    const { system, directory, edge } = this.#services
    const memory = process.memoryUsage()
    return {
      actors: system.table.live,
      waiting: system.population().waiting,
      orphans: system.orphans(),
      connections: edge.sockets,
      rooms: directory.size,
      loopLagMs: this.#takeLag(now),
      gcPauseMs: this.#takePause(),
      allocatedBytesPerS: this.#takeAllocation(now),
      heapBytes: memory.heapUsed,
      rssBytes: memory.rss,
    }
  }

  /** Notes how late the loop is. */
  beat(): void {
    const { wheel, clock } = this.#services.system
    this.#noteLag(clock.now())
    wheel.reset(this.#beat!, beatMs)
  }

  #noteLag(now: number): void {
    this.#longestLagMs = Math.max(this.#longestLagMs, now - this.#beatAt - beatMs)
    this.#beatAt = now
  }

  #takeLag(now: number): number {
    if (this.#beat === undefined) return 0
    // Both timers wait for a loop that stands still, and this may be the first to run again.
    if (now - this.#beatAt > beatMs) this.#noteLag(now)
    const longest = this.#longestLagMs
    this.#longestLagMs = 0
    return longest
  }

  #takePause(): number {
    const longest = this.#longestPauseMs
    this.#longestPauseMs = 0
    return longest
  }

  #takeAllocation(now: number): number {
    const { bytes, at } = this.#allocated
    const sum = this.#garbage?.allocatedBytes ?? 0
    this.#allocated = { bytes: sum, at: now }
    return now > at ? ((sum - bytes) / (now - at)) * 1_000 : 0
  }

  close(): void {
    if (this.#beat !== undefined) this.#services.system.wheel.cancel(this.#beat)
    this.#garbage?.close()
  }
}

function beat(figures: Figures): void {
  figures.beat()
}
