// One actor: a mailbox, a behaviour, a context, one row in the table. The object is its own Ref (outside) and Self
// (inside), so that an idle actor costs one object, its context and its state.
//
//   tell ─▶ mailbox ─▶ slice: take … receive … settle            a handler that awaits: waiting until it settles
//
// What it waits on is in waits.ts; its start, faults, end and restart are in life.ts.

import { ask, displaced, sendLater, tellFor } from './asking.ts'
import type { Reply } from './ask.ts'
import type { AnyBehavior, AskOptions, Behavior, Hold, Ref, Self, SpawnInput } from './behavior.ts'
import { Context, endedError, type Owner } from './context.ts'
import { Budget } from './budget.ts'
import { createEnd, type End } from './ends.ts'
import { SluiceError } from './errors.ts'
import { Flag, notReceiving } from './flags.ts'
import type { Kernel, Program } from './kernel.ts'
import { apply, ending, fail, follow, start, tryFinish } from './life.ts'
import { Event, eventCount, State } from './lifecycle.ts'
import { type Delivery, Mailbox } from './mailbox.ts'
import { isPromise, type MaybePromise } from './maybe.ts'
import { messageType } from './message-type.ts'
import type { Restart } from './supervision.ts'
import { idOf, noRow, type WaitClass } from './table.ts'
import { Rare } from './rare.ts'
import { Carried, carry, handle } from './tracer.ts'
import { hold, showState, waitFor } from './waits.ts'
import { unwatch, watch } from './watches.ts'
import { Timer } from './wheel.ts'

/** Messages of one slice: enough to spare the queue, few enough that nobody starves (goakt 32, Pekko 5). */
const sliceMessages = 32

export class Actor implements Self<never>, Owner {
  readonly kernel: Kernel
  readonly program: Program
  readonly row: number
  readonly generation: number
  readonly budget: Budget | null
  context: Context
  /** Its input, until it has started. */
  state: unknown
  flags = 0
  mailbox: Mailbox<unknown> | null = null
  rare: Rare | null = null

  constructor(
    kernel: Kernel,
    program: Program,
    parent: Actor | null,
    budget: Budget | null,
    site: number,
    input: unknown,
  ) {
    const { table } = kernel
    this.kernel = kernel
    this.program = program
    this.budget = budget
    this.state = input
    this.row = table.claim(program.code, parent === null ? noRow : parent.row, site, kernel.now)
    this.generation = table.generation[this.row] ?? 0
    this.context = new Context(kernel.lifetimes, parent?.context ?? null, this)
    kernel.actors[this.row] = this
  }

  get behavior(): AnyBehavior {
    return this.program.behavior
  }

  get restart(): Restart {
    return this.program.behavior.restart ?? 'temporary'
  }

  get parent(): Actor | null {
    return (this.context.parent?.owner ?? null) as Actor | null
  }

  get id(): string {
    return idOf(this.row, this.generation)
  }

  /** `connection 7f3a`, as ends and dumps call it. */
  get name(): string {
    return `${this.behavior.name} ${this.id}`
  }

  get alive(): boolean {
    return (this.flags & Flag.dead) === 0
  }

  get now(): number {
    return this.kernel.now
  }

  // ── as a Ref ──

  tell(message: never): Delivery {
    if (this.refuses) {
      this.deadLetters(1)
      return 'dead'
    }
    const mailbox = (this.mailbox ??= new Mailbox(this.program.mailbox))
    const delivery = mailbox.push(carry(this.kernel, message), displaced)
    if (delivery === 'accepted') this.wake()
    else this.kernel.counters.overflowed++
    return delivery
  }

  ask<Answer>(make: (reply: Reply<Answer>) => never, options: AskOptions = {}): Promise<Answer> {
    return ask(this, make, options)
  }

  stop(detail = '', cause?: End): void {
    // Whoever is about to start again after a fault does not any more.
    this.flags &= ~Flag.restarting
    this.context.cancel(createEnd('stopped', detail, this.name, cause))
  }

  signal(message: unknown): void {
    if (this.refuses) return
    this.mailbox ??= new Mailbox(this.program.mailbox)
    this.mailbox.pushSystem(carry(this.kernel, message))
    this.wake()
  }

  // ── as a Self ──

  spawn<M, I>(behavior: Behavior<M, unknown, I>, ...input: SpawnInput<I>): Ref<M> {
    const message = this.kernel.current === this ? this.kernel.message : this.rare?.work?.message
    return this.adopt(behavior, input[0], messageType(message))
  }

  /** Makes a child; its start runs in its first slice. */
  adopt(behavior: AnyBehavior, input: unknown, message: string): Actor {
    const { kernel } = this
    const end = this.cause()
    if (end !== undefined) throw endedError(end)
    const program = kernel.program(behavior)
    const own = this.#budgetForChildren()
    if (own !== null && !own.take()) {
      const error = new SluiceError(
        'too_many_children',
        `${own.limit} actors below ${own.holder.name}`,
      )
      if (own.holder !== this) fail(own.holder, error)
      throw error
    }
    const spawner = this.parent === null ? '' : this.behavior.name
    const site = kernel.sites.code(
      kernel.table.site[this.row] ?? 0,
      spawner,
      message,
      behavior.name,
    )
    let child: Actor
    try {
      child = new Actor(kernel, program, this, own, site, input)
    } catch (error) {
      own?.release()
      throw error
    }
    kernel.counters.spawned++
    if (kernel.sites.sample > 0) kernel.sites.stacks.spawned(child.id)
    kernel.enqueue(child)
    return child
  }

  send<M>(to: Ref<M>, message: M): MaybePromise<Delivery> {
    const target = to as unknown as Actor
    const delivery = tellFor(this, target, message)
    if (delivery !== 'full' || target.program.mailbox.overflow !== 'suspend') return delivery
    return sendLater(this, target, message)
  }

  wait<T>(wait: WaitClass, target: string | Ref, promise: PromiseLike<T>): Promise<T> {
    return waitFor(this, wait, target, promise)
  }

  hold(wait: WaitClass, target: string | Ref, deadlineMs: number = Infinity): Hold {
    return hold(this, wait, target, this.kernel.now + deadlineMs)
  }

  after(ms: number, message: never): Timer {
    // A handler that goes on after its actor's death gets a timer that rests.
    if (!this.alive) return new Timer(nothing, undefined)
    const timers = (this.more().timers ??= new Set())
    const timer = this.kernel.wheel.add(
      ms,
      (actor: Actor, due: Timer) => {
        timers.delete(due)
        actor.signal(message)
      },
      this,
    )
    timers.add(timer)
    return timer
  }

  cancel(timer: Timer): void {
    if (this.rare?.timers?.delete(timer)) this.kernel.wheel.cancel(timer)
  }

  watch(other: Ref, message: never): void {
    watch(this, other as unknown as Actor, message)
  }

  unwatch(other: Ref): void {
    unwatch(this, other as unknown as Actor)
  }

  // ── as an Owner ──

  ending(): void {
    ending(this)
  }

  drained(): boolean {
    this.flags |= Flag.drained
    return tryFinish(this)
  }

  // ── inside the kernel ──

  /** Takes up to a slice of messages, and says how many. The scheduler calls it with `queued` set. */
  slice(): number {
    const { kernel } = this
    if (this.flags & notReceiving || this.cause() !== undefined) {
      this.flags &= ~Flag.queued
      return 0
    }
    this.step(Event.take)
    this.enter()
    if ((this.flags & Flag.started) === 0) start(this)
    const { mailbox } = this
    let taken = 0
    if (mailbox !== null) {
      const closeUp = this.rare?.closeUp
      while (taken < sliceMessages) {
        if (this.flags & notReceiving || this.cause() !== undefined) break
        const letter = mailbox.take()
        if (letter === undefined) break
        taken++
        closeUp?.enter('receive', letter)
        this.#receive(letter)
        closeUp?.leave()
      }
      kernel.table.handled[this.row]! += taken
      kernel.counters.handled += taken
    }
    this.flags &= ~Flag.queued
    this.leave()
    showState(this)
    this.wake()
    return taken
  }

  /** Asks for a slice if there is something to take. */
  wake(): void {
    const { mailbox } = this
    if (mailbox === null) return
    const length = mailbox.length + mailbox.systemLength
    this.kernel.table.depth[this.row] = length
    if (length > 0 && (this.flags & (Flag.queued | notReceiving)) === 0) {
      this.kernel.enqueue(this)
    }
  }

  /** One event of the lifecycle, through the compiled table. */
  step(event: number): void {
    const { table, recorder, next, now } = this.kernel
    const row = this.row
    const from = table.state[row] ?? 0
    const to = next[from * eventCount + event] ?? from
    if (from === to && event !== Event.wait) return
    // Recorded first: to another thread, a row that does not agree with its newest record is in the middle of a step.
    table.lastRecord[row] = recorder.write(
      row,
      this.generation,
      this.program.code,
      table.lastRecord[row] ?? 0,
      event,
      from,
      to,
      to === State.waiting ? (table.waitClass[row] ?? 0) : 0,
      now,
    )
    if (from === to) return
    table.since[row] = now
    // What it waited on is not what it does now: nobody who looks may take it for a wait.
    if (to !== State.waiting) table.waitClass[row] = 0
    table.state[row] = to
    table.population[from]!--
    table.population[to]!++
  }

  /** Its hooks are on the stack from now on. */
  enter(): void {
    this.flags |= Flag.busy
    this.kernel.current = this
    this.kernel.table.current[0] = this.row
  }

  leave(): void {
    this.flags &= ~Flag.busy
    this.kernel.current = undefined
    this.kernel.message = undefined
    this.kernel.table.current[0] = noRow
  }

  more(): Rare {
    return (this.rare ??= new Rare())
  }

  *children(): Generator<Actor> {
    const first = this.context.first
    let at = first
    while (at !== null) {
      const following: Context = at.next
      if (at.owner !== null) yield at.owner as Actor
      at = following === first ? null : following
    }
  }

  /** Why its context ended, if it has; asks its ancestors only while there may be news. */
  cause(): End | undefined {
    const told = this.flags & (Flag.ending | Flag.dead)
    return told || this.kernel.reaping ? this.context.cause() : undefined
  }

  end(): End {
    return this.context.cause() ?? createEnd('unknown', '', this.name)
  }

  /** Its end, if it may take up nothing new: its context has ended, and this is not its stop hook. */
  over(): End | undefined {
    if (!this.alive) return this.end()
    return this.flags & Flag.stopped ? undefined : this.cause()
  }

  label(): string {
    if ((this.flags & Flag.started) === 0) return ''
    try {
      const label: unknown = this.behavior.label?.(this.state)
      // Types are no promise at run time.
      return typeof label === 'string' || typeof label === 'number' ? String(label) : ''
    } catch {
      return ''
    }
  }

  deadLetters(letters: number): void {
    const { counters, events } = this.kernel
    counters.deadLetters += letters
    if (events.heard) {
      events.emit({ name: 'letter.dead', actor: this.id, behavior: this.behavior.name, letters })
    }
  }

  /** Dead, or about to be: a restarting actor still takes messages for its next incarnation. */
  get refuses(): boolean {
    if (this.flags & Flag.dead) return true
    return (this.flags & (Flag.ending | Flag.restarting)) === Flag.ending
  }

  #receive(letter: unknown): void {
    const { kernel } = this
    const carried = kernel.tracer !== undefined && letter instanceof Carried
    const message = (kernel.message = carried ? letter.message : letter)
    try {
      const result: unknown = carried
        ? handle(letter, this)
        : this.program.behavior.receive(this.state, message, this)
      // Within the try: also what it returned may throw when it is looked at.
      if (result === undefined) return
      if (isPromise(result)) follow(this, 'receive', result, message)
      else apply(this, result)
    } catch (error) {
      fail(this, error, message)
    }
  }

  #budgetForChildren(): Budget | null {
    const limit = this.behavior.maxDescendants
    if (limit === undefined) return this.budget
    return (this.more().budget ??= new Budget(this, limit))
  }
}

function nothing(): void {}
