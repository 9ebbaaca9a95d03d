// The figures that rules are about, read once a second. What costs something to know is looked after only while a rule
// asks for it.

import { Garbage } from '../metrics/garbage.ts'
import { LoopBeat } from '../metrics/loop-beat.ts'
import type { Services } from '../services.ts'
import type { Figure } from './slo.ts'

export class Figures {
  readonly #services: Services
  readonly #beat: LoopBeat | undefined
  readonly #garbage: Garbage | undefined
  #longestLagMs = 0
  #longestPauseMs = 0
  #allocated = { bytes: 0, at: 0 }

  constructor(services: Services, wanted: ReadonlySet<Figure>) {
    this.#services = services
    const { wheel, clock } = services.system
    this.#allocated.at = clock.now()
    if (wanted.has('loopLagMs')) {
      this.#beat = new LoopBeat(clock, (lagMs) => {
        this.#longestLagMs = Math.max(this.#longestLagMs, lagMs)
      })
    }
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
      loopLagMs: this.#takeLag(),
      gcPauseMs: this.#takePause(),
      allocatedBytesPerS: this.#takeAllocation(now),
      heapBytes: memory.heapUsed,
      rssBytes: memory.rss,
    }
  }

  #takeLag(): number {
    this.#beat?.look()
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
    this.#beat?.close()
    this.#garbage?.close()
  }
}
