// The run queue: actors that are ready, in rounds. Who becomes ready during a round is in the next one, so that one
// slice each is fair to all.
//
//   add ─▶ [ next round ] ══▶ [ this round ] ─▶ take
//
// The two lists change places and keep their memory: emptying an array by its length gives its slots back, and a round
// of one actor would then cost an allocation.

import type { Actor } from './actor.ts'

/** Slots above which a list that was mostly empty gives its memory back. */
const keptSlots = 8_192

export class Rounds {
  #round: (Actor | undefined)[] = []
  #size = 0
  #at = 0
  #next: (Actor | undefined)[] = []
  #nextSize = 0

  /** True when nobody is ready. */
  get empty(): boolean {
    return this.#at >= this.#size && this.#nextSize === 0
  }

  add(actor: Actor): void {
    this.#next[this.#nextSize++] = actor
  }

  /** Who is next; undefined when nobody is ready. */
  take(): Actor | undefined {
    if (this.#at >= this.#size) {
      if (this.#nextSize === 0) return undefined
      this.#turnOver()
    }
    const actor = this.#round[this.#at]
    this.#round[this.#at++] = undefined
    return actor
  }

  #turnOver(): void {
    const spent = this.#round.length > keptSlots && this.#size < keptSlots / 2 ? [] : this.#round
    this.#round = this.#next
    this.#size = this.#nextSize
    this.#at = 0
    this.#next = spent
    this.#nextSize = 0
  }
}
