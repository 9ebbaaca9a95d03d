// Every timer of a system, on one hierarchical wheel: 100,000 heartbeats cost one timer of the host, and moving one
// costs a few nanoseconds. Time is counted in ticks of the resolution. A level has 32 slots, each as wide as the
// whole level below, and a slot is a ring of linked timers.
//
//   level 0   ▫▫▪▫▫▫…   32 slots of 1 tick         5 ms each      run when their tick comes
//   level 1   ▪▫▫▫▪▫…   32 slots of 32 ticks     160 ms each   ┐
//   level 2   ▫▫▫▫▫▪…   32 slots of 1,024 ticks  5.1 s each    ├ spread over the levels below when their tick comes
//   …  5      ▫▪▫▫▫▫…   32 slots of 2^25 ticks   46 h each     ┘ (60 days; what is longer waits in the last slot)
//
// A timer's level is that of the highest bit in which its tick differs from the current one. So all of a level comes
// after all of the level below it, and what comes next is the lowest bit of the lowest word that is not zero.

import type { Clock } from './clock.ts'
import { Code, SluiceError } from './errors.ts'

const bits = 5
const slotsPerLevel = 1 << bits
const top = 5
/** Ticks that a timer may be ahead without meeting the current slot of the top level again from behind. */
const reach = 2 ** (bits * (top + 1)) - 2 ** (bits * top)
/** Timers handled between two looks at the clock, which costs about 60 ns. */
const stepsPerLook = 8

// Written as a method, as only those may take an argument that is narrower than unknown.
type Run = { run(owner: unknown, timer: Timer): void }['run']

/**
 * A timer of a wheel: it waits, or rests. It is linked into its slot itself, and the callback and its argument are two
 * fields, so that a timer is one object, with no closure and no map entry.
 */
export class Timer {
  /** What `run` is called with. */
  owner: unknown
  /** What happens when the time has come. */
  run: Run
  /** The wheel's: the tick to run at. In the head of a slot: the number of the slot. */
  due = 0
  /** The wheel's: undefined while the timer rests. */
  next: Timer | undefined = undefined
  /** The wheel's. */
  prev: Timer | undefined = undefined

  constructor(run: Run, owner: unknown) {
    this.run = run
    this.owner = owner
  }

  /** Whether it is going to run. */
  get waiting(): boolean {
    return this.next !== undefined
  }
}

/**
 * Runs timers in the order of their ticks: never early, at most one resolution late (and the host's own lag). The
 * host is asked for one wake-up, at the next occupied slot, and for none while no timer waits. A turn that has used
 * its budget goes on after the I/O that is ready, where it stopped.
 */
export class Wheel {
  readonly #clock: Clock
  readonly #resolutionMs: number
  readonly #budgetMs: number
  readonly #onError: (error: unknown, timer: Timer) => void
  /** The heads of the slots; level by level. */
  readonly #slots: Timer[] = []
  /** One bit for each slot that is not empty, one word for each level. */
  readonly #occupied = new Int32Array(top + 1)
  /** The tick that the wheel stands at: nothing waits for it or an earlier one, but in the slot that is open. */
  #current: number
  /** The tick of the armed wake-up; Infinity without one, -Infinity while a turn goes on. */
  #next = Infinity
  #disarm: (() => void) | undefined
  /** The slot that a turn is at, kept from one slice to the next: its timers come before all others. */
  #open: Timer | undefined
  #size = 0
  #closed = false

  constructor(
    clock: Clock,
    resolutionMs = 5,
    onError: (error: unknown, timer: Timer) => void = throwIt(clock),
    budgetMs = 5,
  ) {
    if (!(resolutionMs > 0 && budgetMs > 0)) {
      throw new SluiceError(
        Code.option_invalid,
        `wheel: expected resolution and budget above 0 ms, got ${resolutionMs} and ${budgetMs}`,
      )
    }
    this.#clock = clock
    this.#resolutionMs = resolutionMs
    this.#budgetMs = budgetMs
    this.#onError = onError
    for (let slot = 0; slot < slotsPerLevel * (top + 1); slot++) {
      const head = new Timer(nothing, undefined)
      head.due = slot
      head.next = head
      head.prev = head
      this.#slots.push(head)
    }
    this.#current = this.#tickAt(clock.now())
  }

  /** Timers that wait. */
  get size(): number {
    return this.#size
  }

  /**
   * Calls `run(owner, timer)` once `ms` have passed. One `run` for many owners, instead of a closure each. Whoever
   * has just read the clock passes it on as `now`, as the read costs more than the rest.
   */
  add<Owner>(
    ms: number,
    run: (owner: Owner, timer: Timer) => void,
    owner: Owner,
    now: number = this.#clock.now(),
  ): Timer {
    if (this.#closed) throw new SluiceError(Code.closed, 'the wheel takes no more timers')
    const timer = new Timer(run, owner)
    this.#start(timer, this.#tickFor(ms, now), now)
    return timer
  }

  /** The timer runs `ms` from now instead; one that rests (because it ran, or was cancelled) waits again. */
  reset(timer: Timer, ms: number, now: number = this.#clock.now()): void {
    if (this.#closed) throw new SluiceError(Code.closed, 'the wheel takes no more timers')
    const due = this.#tickFor(ms, now)
    if (timer.next !== undefined) {
      // A later tick costs nothing now: the timer moves when the slot that it is in comes up. A heartbeat is put off
      // by every frame of its connection, and so moves once in a period, not once in a frame.
      if (due >= timer.due) {
        timer.due = due
        return
      }
      this.#unlink(timer)
      this.#size--
    }
    this.#start(timer, due, now)
  }

  /** The timer rests. Nothing happens to one that rests already. */
  cancel(timer: Timer): void {
    if (timer.next === undefined) return
    this.#unlink(timer)
    if (--this.#size === 0) this.#sleep()
  }

  /** Cancels all timers and takes no more. */
  close(): void {
    this.#closed = true
    this.#size = 0
    this.#sleep()
    // Unlinked one by one: an owner that keeps its timer must not keep all the others.
    for (const head of this.#slots) {
      while (head.next !== head) this.#unlink(head.next!)
    }
  }

  /** The last tick that has come. Corrected, as a division may round to either side of it. */
  #tickAt(now: number): number {
    const tick = Math.floor(now / this.#resolutionMs)
    if (tick * this.#resolutionMs > now) return tick - 1
    return (tick + 1) * this.#resolutionMs <= now ? tick + 1 : tick
  }

  /** The first tick at which `ms` have passed since `now`. */
  #tickFor(ms: number, now: number): number {
    const at = ms > 0 ? now + ms : now
    const tick = Math.ceil(at / this.#resolutionMs)
    return tick * this.#resolutionMs < at ? tick + 1 : tick
  }

  #start(timer: Timer, due: number, now: number): void {
    // Nothing waits before the next wake-up, so the wheel may stand at `now`, and the timer gets a level that fits.
    const tick = this.#tickAt(now)
    if (tick > this.#current && tick < this.#next) this.#current = tick
    // Always a tick to come: what is added in a slot's turn cannot keep that turn going for ever.
    timer.due = due > this.#current ? due : this.#current + 1
    this.#size++
    this.#place(timer)
  }

  /** Links a timer into the slot of its tick, and sees to it that the wheel is awake by then. */
  #place(timer: Timer): void {
    const current = this.#current
    const at = timer.due < current + reach ? timer.due : current + reach
    // Ticks outgrow 32 bits after months; the bits that matter do not.
    const differs = at ^ current
    let level = differs === 0 ? 0 : ((31 - Math.clz32(differs)) / bits) | 0
    if (level > top) level = top
    const index = (at >>> (level * bits)) & (slotsPerLevel - 1)
    this.#occupied[level]! |= 1 << index
    const head = this.#slots[level * slotsPerLevel + index]!
    const last = head.prev!
    timer.prev = last
    timer.next = head
    last.next = timer
    head.prev = timer
    // The wake-up is never between the start of the slot and the tick, so the tick is enough to compare.
    if (at < this.#next) this.#arm()
  }

  #unlink(timer: Timer): void {
    const next = timer.next!
    const prev = timer.prev!
    timer.next = undefined
    timer.prev = undefined
    next.prev = prev
    prev.next = next
    // Both neighbours the same one: that is the head of a slot, empty now.
    if (next === prev) this.#occupied[next.due >> bits]! &= ~(1 << (next.due & (slotsPerLevel - 1)))
  }

  /** Arms the wake-up for the slot that comes next. */
  #arm(): void {
    this.#disarm?.()
    this.#next = this.#startOf(this.#ahead()!)
    this.#disarm = this.#clock.after(
      this.#next * this.#resolutionMs - this.#clock.now(),
      this.#wake,
    )
  }

  /** Nothing waits, so nothing is armed; a turn that goes on sees to that itself. */
  #sleep(): void {
    if (this.#next === -Infinity) return
    this.#next = Infinity
    this.#disarm?.()
    this.#disarm = undefined
  }

  readonly #wake = (): void => {
    this.#disarm = undefined
    this.#next = -Infinity
    this.#turn()
  }

  /** Runs what is due, or as much of it as the budget allows. */
  readonly #turn = (): void => {
    const now = this.#clock.now()
    const tick = this.#tickAt(now)
    let done = false
    try {
      done = this.#drain(tick, now + this.#budgetMs)
    } finally {
      // Also when onError threw: the timers behind the one that failed have done nothing wrong.
      if (this.#size === 0) {
        this.#open = undefined
        this.#next = Infinity
      } else if (done) {
        this.#arm()
      } else {
        this.#clock.soon(this.#turn)
      }
    }
  }

  /** Empties slot after slot until the next one is after `tick`; false if the budget ended first. */
  #drain(tick: number, until: number): boolean {
    let steps = 0
    for (;;) {
      const head = (this.#open ??= this.#enter(tick))
      if (head === undefined) return true
      // From the front, one at a time: a callback may cancel or move any timer of this slot, and none can join it, as
      // what is added is due later than the current tick.
      for (let timer = head.next!; timer !== head; timer = head.next!) {
        if (++steps % stepsPerLook === 0 && this.#clock.now() >= until) return false
        this.#unlink(timer)
        if (timer.due > this.#current) this.#place(timer)
        else this.#run(timer)
      }
      this.#open = undefined
    }
  }

  #run(timer: Timer): void {
    this.#size--
    try {
      timer.run(timer.owner, timer)
    } catch (error) {
      this.#onError(error, timer)
    }
  }

  /** Moves on to the slot that comes next, unless it starts after `tick`. */
  #enter(tick: number): Timer | undefined {
    const head = this.#ahead()
    if (head === undefined) return undefined
    const start = this.#startOf(head)
    if (start > tick) return undefined
    this.#current = start
    return head
  }

  /** The occupied slot that comes next. */
  #ahead(): Timer | undefined {
    for (let level = 0; level <= top; level++) {
      const word = this.#occupied[level]!
      if (word === 0) continue
      // Turned so that the current slot is the lowest bit: the top level goes round.
      const here = (this.#current >>> (level * bits)) & (slotsPerLevel - 1)
      const turned = (word >>> here) | (word << (slotsPerLevel - here))
      const distance = 31 - Math.clz32(turned & -turned)
      return this.#slots[level * slotsPerLevel + ((here + distance) & (slotsPerLevel - 1))]
    }
    return undefined
  }

  /** The first tick of a slot that is ahead, or that the wheel stands at. */
  #startOf(head: Timer): number {
    const shift = (head.due >> bits) * bits
    const distance = (head.due - (this.#current >>> shift)) & (slotsPerLevel - 1)
    return this.#current - (this.#current & ((1 << shift) - 1)) + distance * 2 ** shift
  }
}

function nothing(): void {}

/** The default for what a callback throws: out of the loop's hands, into the host's. */
function throwIt(clock: Clock): (error: unknown) => void {
  return (error) =>
    clock.soon(() => {
      throw error
    })
}
