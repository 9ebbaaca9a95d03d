// Whose turn it is to write a dump, in memory that the threads of a process share: two at once would take twice the memory,
// and one is written just because there is little left.
//
//   loop       not while anybody writes
//   watchdog   not while anybody writes; of a stall also while the loop does, as that stands still
//   end        waits for the watchdog, whose thread ends with the process; not for the loop, which does not turn again

const bits = { loop: 1, watchdog: 2, end: 4 } as const

/** Who writes: the main thread in turns of its loop, or at once as the process ends; or the other thread. */
export type Writer = keyof typeof bits

export class DumpTurn {
  readonly buffer: SharedArrayBuffer
  readonly #state: Int32Array

  /** Of the first who asks; the others are given its buffer. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.buffer = buffer
    this.#state = new Int32Array(buffer)
  }

  /** False while somebody writes who is not one of `beside`. */
  take(who: Writer, ...beside: Writer[]): boolean {
    const allowed = beside.reduce((sum, other) => sum | bits[other], 0)
    for (;;) {
      const held = Atomics.load(this.#state, 0)
      if ((held & ~allowed) !== 0) return false
      if (Atomics.compareExchange(this.#state, 0, held, held | bits[who]) === held) return true
    }
  }

  /** The same for who has no other turn: waits for it, and takes it anyway when that was in vain. Holds its thread. */
  insist(who: Writer, patienceMs: number, ...beside: Writer[]): void {
    const until = performance.now() + patienceMs
    while (!this.take(who, ...beside)) {
      const left = until - performance.now()
      if (left <= 0) {
        Atomics.or(this.#state, 0, bits[who])
        return
      }
      Atomics.wait(this.#state, 0, Atomics.load(this.#state, 0), left)
    }
  }

  /** Whoever waits comes next. */
  give(who: Writer): void {
    Atomics.and(this.#state, 0, ~bits[who])
    Atomics.notify(this.#state, 0)
  }
}
