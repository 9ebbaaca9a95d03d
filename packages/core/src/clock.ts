// Time as an argument. Everything in the kernel that waits or measures takes a Clock, so a whole system runs on a
// ManualClock in a test: same order every time, and no test ever sleeps.
//
//   now    how long: monotonic, for durations and deadlines
//   wall   when: the date, for people and records; may jump
//   after  not before ms have passed
//   soon   when the I/O that is ready has had its turn

import { Code, SluiceError } from './errors.ts'

/** Where time comes from. */
export interface Clock {
  /** Milliseconds since some fixed moment; monotonic, with fractions. */
  now(): number
  /** Milliseconds since the epoch. */
  wall(): number
  /**
   * Calls `run` once `ms` have passed, unless cancelled by the returned function. Keeps no process alive. A host may be
   * a fraction of a millisecond early: who may not be looks at `now`.
   */
  after(ms: number, run: () => void): () => void
  /** Calls `run` after the I/O of this turn of the loop. */
  soon(run: () => void): void
}

/** What a timer can be asked for beyond 2^31 - 1 ms: hosts fire those at once, so they are cut into spans. */
const longestSpanMs = 2_147_483_647

class SystemClock implements Clock {
  readonly soon: (run: () => void) => void = chooseSoon()

  now(): number {
    return performance.now()
  }

  wall(): number {
    return Date.now()
  }

  after(ms: number, run: () => void): () => void {
    let handle: ReturnType<typeof setTimeout>
    const arm = (left: number): void => {
      const span = Math.min(left, longestSpanMs)
      // Node cuts fractions off, which would fire early and cost a second wake-up.
      handle = setTimeout(left > span ? () => arm(left - span) : run, Math.ceil(span))
      ;(handle as { unref?: () => void }).unref?.()
    }
    arm(ms > 0 ? ms : 0)
    return () => clearTimeout(handle)
  }
}

/** Node has setImmediate. Browsers clamp nested timeouts to 4 ms, but not the messages of a channel. */
function chooseSoon(): (run: () => void) => void {
  const host: Partial<Pick<typeof globalThis, 'setImmediate' | 'MessageChannel'>> = globalThis
  const { setImmediate, MessageChannel } = host
  if (setImmediate !== undefined) return (run) => void setImmediate(run)
  if (MessageChannel === undefined) return (run) => void setTimeout(run, 0)
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  // One message each: a callback that throws takes no other with it.
  port1.addEventListener('message', () => waiting.shift()?.())
  port1.start()
  return (run) => {
    waiting.push(run)
    port2.postMessage(0)
  }
}

/** The clock of the host: Node or a browser. */
export const systemClock: Clock = new SystemClock()

interface Appointment {
  readonly at: number
  readonly order: number
  /** Undefined once run or cancelled; a cancelled one stays in the heap until its time. */
  run: (() => void) | undefined
}

/** How a ManualClock begins. */
export interface ManualClockOptions {
  /** What `now` says first. Default 0. */
  nowMs?: number
  /** What `wall` says at that moment. Default 1767225600000, the first instant of 2026 (UTC). */
  wallMs?: number
  /** Callbacks at one instant before `advance` calls it an endless loop. Default 1000000. */
  limit?: number
}

/**
 * A clock that stands still until it is told to move. At each instant the `soon` callbacks run first, until none is
 * left, then the next timer, and so on: earlier before later, and at equal times first come, first served.
 */
export class ManualClock implements Clock {
  #now: number
  #order = 0
  #running = false
  #runAtThisInstant = 0
  #soon: (() => void)[] = []
  #soonNext = 0
  #live = 0
  readonly #timers: Appointment[] = []
  readonly #wallAtZero: number
  readonly #limit: number

  constructor(options: ManualClockOptions = {}) {
    const { nowMs = 0, wallMs = Date.UTC(2026, 0, 1), limit = 1_000_000 } = options
    this.#now = nowMs
    this.#wallAtZero = wallMs - nowMs
    this.#limit = limit
  }

  now(): number {
    return this.#now
  }

  wall(): number {
    return this.#wallAtZero + this.#now
  }

  after(ms: number, run: () => void): () => void {
    const timer: Appointment = { at: this.#now + (ms > 0 ? ms : 0), order: this.#order++, run }
    push(this.#timers, timer)
    this.#live++
    return () => {
      if (timer.run === undefined) return
      timer.run = undefined
      this.#live--
    }
  }

  soon(run: () => void): void {
    this.#soon.push(run)
  }

  /** Timers and `soon` callbacks that have not run yet. */
  get pending(): number {
    return this.#live + this.#soon.length - this.#soonNext
  }

  /** Moves time on by `ms`, running everything that falls due on the way. What a callback throws ends the advance. */
  advance(ms: number): void {
    const until = this.#begin(ms)
    try {
      while (this.#step(until)) continue
    } finally {
      this.#running = false
    }
    this.#move(until)
  }

  /** As `advance`, but lets promises settle before each callback and at the end: for systems with async handlers. */
  async advanceAsync(ms: number): Promise<void> {
    const until = this.#begin(ms)
    try {
      do await promisesSettled()
      while (this.#step(until))
    } finally {
      this.#running = false
    }
    this.#move(until)
  }

  /** Runs what is due now. */
  flush(): void {
    this.advance(0)
  }

  #begin(ms: number): number {
    if (!(ms >= 0 && ms < Infinity)) {
      throw new SluiceError(Code.option_invalid, `advance: expected milliseconds, got ${ms}`)
    }
    // The inner advance would run what the outer one has not come to yet, and time would go backwards after it.
    if (this.#running) {
      throw new SluiceError(Code.not_available, 'the clock is being advanced already')
    }
    this.#running = true
    this.#runAtThisInstant = 0
    return this.#now + ms
  }

  /** Runs the one thing that comes next, if its time is not after `until`. */
  #step(until: number): boolean {
    const run = this.#takeSoon() ?? this.#takeTimer(until)
    if (run === undefined) return false
    if (++this.#runAtThisInstant > this.#limit) {
      throw new SluiceError(
        Code.capacity_exceeded,
        `${this.#limit} callbacks ran at ${this.#now} ms and more are due: an endless loop of soon or after(0)`,
      )
    }
    run()
    return true
  }

  #takeSoon(): (() => void) | undefined {
    const run = this.#soon[this.#soonNext]
    if (run === undefined) return undefined
    this.#soonNext++
    if (this.#soonNext === this.#soon.length) {
      this.#soon = []
      this.#soonNext = 0
    }
    return run
  }

  #takeTimer(until: number): (() => void) | undefined {
    for (;;) {
      const timer = this.#timers[0]
      if (timer === undefined || timer.at > until) return undefined
      pop(this.#timers)
      const { run } = timer
      if (run === undefined) continue
      timer.run = undefined
      this.#live--
      this.#move(timer.at)
      return run
    }
  }

  #move(to: number): void {
    if (to > this.#now) {
      this.#now = to
      this.#runAtThisInstant = 0
    }
  }
}

/** A turn of the real loop: whatever promises were settled, their reactions have run by then. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => systemClock.soon(resolve))
}

// A binary heap, the earliest first. Sorted insertion would be shorter, and quadratic for 100,000 timers.

function before(a: Appointment, b: Appointment): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function push(heap: Appointment[], timer: Appointment): void {
  let at = heap.length
  while (at > 0) {
    const up = (at - 1) >> 1
    const parent = heap[up]!
    if (before(parent, timer)) break
    heap[at] = parent
    at = up
  }
  heap[at] = timer
}

function pop(heap: Appointment[]): void {
  const last = heap.pop()!
  const { length } = heap
  if (length === 0) return
  let at = 0
  for (;;) {
    let down = 2 * at + 1
    if (down >= length) break
    if (down + 1 < length && before(heap[down + 1]!, heap[down]!)) down++
    const child = heap[down]!
    if (before(last, child)) break
    heap[at] = child
    at = down
  }
  heap[at] = last
}
