// A clock that stands still and jumps: as for a process whose loop stood still. After a jump the timers that are due run
// at once, ahead of what the sockets have; timers that they set wait for the next jump.

import type { Clock } from '@sluice/core'

export class JumpClock implements Clock {
  #now = 1_000
  #timers: { at: number; run: () => void }[] = []

  now(): number {
    return this.#now
  }

  wall(): number {
    return Date.UTC(2026, 0, 1) + this.#now
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  soon(run: () => void): void {
    setImmediate(run)
  }

  jump(ms: number): void {
    this.#now += ms
    const due = this.#timers.filter(({ at }) => at <= this.#now)
    this.#timers = this.#timers.filter(({ at }) => at > this.#now)
    for (const { run } of due) run()
  }
}
