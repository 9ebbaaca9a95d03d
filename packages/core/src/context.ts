// A context is a lifetime: a tree of cancellation and deadlines, as in Go.
//
//   node ─┬─ edge ─┬─ connection 7f3a ── withTimeout(500)
//         │        └─ connection 7f3b
//         └─ rooms ── room lobby
//
// `ended` is true from the very moment the context or any ancestor was cancelled. What follows from it happens in
// slices (reaper.ts): onEnd hooks from the top down, as cancellation travels; owners from the bottom up, children first.
//
// Children hang on intrusive lists: an AbortSignal costs 153 µs an add at 32,000 listeners, this costs three writes.

import { createEnd, type End } from './ends.ts'
import { SluiceError } from './errors.ts'
import type { Clock } from './clock.ts'
import type { Timer, Wheel } from './wheel.ts'

/** What lives exactly as long as a context: an actor. */
export interface Owner {
  /** `connection 7f3a`, for the chain of causes. */
  readonly name: string
  /** The context has ended; children may still be alive. */
  ending(): void
  /** The last child is gone. True when the owner is gone too; else it calls `context.finish()` later. */
  drained(): boolean
}

/** What every context of one system shares. */
export interface Lifetimes {
  readonly clock: Clock
  readonly wheel: Wheel
  /** Hands an ended context to the reaper. */
  reap(context: Context): void
  /** A hook threw. */
  report(error: unknown): void
}

/** The children of a context; most have none. */
interface Brood {
  /** A ring of children through their `next` and `previous`, entered here. */
  first: Context | null
  /** Children that were visited and are not gone yet: their owners stop in their own time. */
  leaving: number
  /** The end that they inherit: one object for all of them. */
  end: End | undefined
}

/** What few contexts have, kept apart so that the many stay small. */
interface Extras {
  deadline: number
  timer: Timer | undefined
  hooks: Set<(end: End) => void> | undefined
  controller: AbortController | undefined
  key: unknown
  value: unknown
}

// How far the reaper has come with a context. Numbers, as there are a million of them.
type Stage = 0 | 1 | 2
const alive = 0
const visited = 1
const gone = 2

export class Context {
  readonly lifetimes: Lifetimes
  readonly parent: Context | null
  readonly owner: Owner | null

  // Its place in its parent's ring.
  next: Context = this
  previous: Context = this
  #brood: Brood | null = null
  #stage: Stage = alive

  #end: End | undefined = undefined
  #extras: Extras | null = null

  constructor(lifetimes: Lifetimes, parent: Context | null, owner: Owner | null = null) {
    this.lifetimes = lifetimes
    this.parent = parent
    this.owner = owner
    if (parent === null) return
    // Where the reaper has not been yet, it finds this child like all others. So nothing here looks further up than the
    // parent, and a chain of 100,000 contexts is made in no more steps than that.
    if (parent.visited) {
      this.#end = parent.inheritedEnd()
      this.#stage = gone
    } else parent.adopt(this)
  }

  /** True as soon as this context or any ancestor has ended. */
  get ended(): boolean {
    return this.cause() !== undefined
  }

  /** Why it ended; undefined while it lives. */
  cause(): End | undefined {
    if (this.#end !== undefined) return this.#end
    for (let at = this.parent; at !== null; at = at.parent) {
      if (at.#end !== undefined) return at.inheritedEnd()
    }
    return undefined
  }

  /** When it will end by itself, on the clock's `now` scale; Infinity without a deadline. */
  get deadline(): number {
    let earliest = Infinity
    for (let at: Context | null = this; at !== null; at = at.parent) {
      if (at.#extras !== null && at.#extras.deadline < earliest) earliest = at.#extras.deadline
    }
    return earliest
  }

  /** A child that can be cancelled on its own. */
  withCancel(): Context {
    return new Context(this.lifetimes, this)
  }

  /** A child that ends after `ms` at the latest. */
  withTimeout(ms: number): Context {
    return this.withDeadline(this.lifetimes.clock.now() + ms)
  }

  /** A child that ends at `at` (clock time) at the latest. Never later than its parent. */
  withDeadline(at: number): Context {
    const child = new Context(this.lifetimes, this)
    child.setDeadline(at)
    return child
  }

  /** A child that carries a value for `key`. */
  withValue(key: unknown, value: unknown): Context {
    const child = new Context(this.lifetimes, this)
    const extras = child.#more()
    extras.key = key
    extras.value = value
    return child
  }

  /** The nearest value for `key`, from here upwards. */
  value(key: unknown): unknown {
    for (let at: Context | null = this; at !== null; at = at.parent) {
      if (at.#extras !== null && at.#extras.key === key) return at.#extras.value
    }
    return undefined
  }

  /** Calls `hook` once when this context has ended; soon, if it already has. The result takes the hook away. */
  onEnd(hook: (end: End) => void): () => void {
    const end = this.cause()
    if (end !== undefined && this.visited) {
      let wanted = true
      this.lifetimes.clock.soon(() => {
        if (wanted) this.#call(hook, end)
      })
      return () => {
        wanted = false
      }
    }
    const hooks = (this.#more().hooks ??= new Set())
    // A wrapper of its own, so that one function given twice is two hooks.
    const own = (reason: End): void => hook(reason)
    hooks.add(own)
    return () => {
      hooks.delete(own)
    }
  }

  /** An AbortSignal for `fetch` and friends, made when first asked for. */
  get signal(): AbortSignal {
    const extras = this.#more()
    if (extras.controller === undefined) {
      extras.controller = new AbortController()
      const end = this.cause()
      if (end !== undefined) extras.controller.abort(endedError(end))
    }
    return extras.controller.signal
  }

  /** Ends this context and all below it. False when it had ended before. */
  cancel(end: End = createEnd('stopped')): boolean {
    if (this.ended) return false
    this.#finalEnd(end)
    this.lifetimes.reap(this)
    return true
  }

  /** Throws when the context has ended: for loops that would go on. */
  check(): void {
    const end = this.cause()
    if (end !== undefined) throw endedError(end)
  }

  /** Ends at `at`, unless an ancestor does earlier. */
  setDeadline(at: number): void {
    if (this.ended || at >= this.deadline) return
    const extras = this.#more()
    extras.deadline = at
    if (extras.timer !== undefined) this.lifetimes.wheel.cancel(extras.timer)
    const { clock, wheel } = this.lifetimes
    const left = at - clock.now()
    // As in Go, what is late already has ended before anything can be begun with it.
    if (left > 0) extras.timer = wheel.add(left, passDeadline, this)
    else passDeadline(this)
  }

  // What follows is the reaper's side.

  /** The reaper has been here: hooks ran, the owner knows. */
  get visited(): boolean {
    return this.#stage !== alive
  }

  /** Nothing of it is left. */
  get gone(): boolean {
    return this.#stage === gone
  }

  /** Where the ring of children begins. */
  get first(): Context | null {
    return this.#brood === null ? null : this.#brood.first
  }

  /** No child is left, whether linked or leaving. */
  get empty(): boolean {
    const brood = this.#brood
    return brood === null || (brood.first === null && brood.leaving === 0)
  }

  /** The end that children inherit. */
  inheritedEnd(): End {
    const brood = this.#children()
    return (brood.end ??= createEnd('context', '', this.owner?.name ?? '', this.cause()))
  }

  adopt(child: Context): void {
    const brood = this.#children()
    const { first } = brood
    if (first === null) {
      brood.first = child
      child.next = child
      child.previous = child
    } else {
      child.next = first
      child.previous = first.previous
      first.previous.next = child
      first.previous = child
    }
  }

  /** Runs the hooks; from the top down. */
  visit(): void {
    this.#stage = visited
    if (this.parent !== null) this.#leave(this.parent.#children())
    const end = this.cause() ?? createEnd('unknown')
    this.#finalEnd(end)
    const extras = this.#extras
    if (extras !== null) {
      if (extras.controller !== undefined) extras.controller.abort(endedError(end))
      if (extras.hooks !== undefined) for (const hook of extras.hooks) this.#call(hook, end)
      extras.hooks = undefined
    }
    this.owner?.ending()
  }

  /** Nothing of it is left; the reaper looks at the parent again. */
  finish(): void {
    if (this.gone) return
    this.#stage = gone
    const parent = this.parent
    if (parent === null) return
    parent.#children().leaving--
    if (parent.visited && parent.empty) this.lifetimes.reap(parent)
  }

  /** Out of the ring, but not gone. */
  #leave(siblings: Brood): void {
    if (this.next === this) siblings.first = null
    else {
      this.previous.next = this.next
      this.next.previous = this.previous
      if (siblings.first === this) siblings.first = this.next
    }
    this.next = this
    this.previous = this
    siblings.leaving++
  }

  #finalEnd(end: End): void {
    this.#end = end
    const timer = this.#extras?.timer
    if (timer !== undefined) this.lifetimes.wheel.cancel(timer)
  }

  #call(hook: (end: End) => void, end: End): void {
    try {
      hook(end)
    } catch (error) {
      this.lifetimes.report(error)
    }
  }

  #children(): Brood {
    return (this.#brood ??= { first: null, leaving: 0, end: undefined })
  }

  #more(): Extras {
    return (this.#extras ??= {
      deadline: Infinity,
      timer: undefined,
      hooks: undefined,
      controller: undefined,
      key: undefined,
      value: undefined,
    })
  }
}

/** The error that an operation on an ended context gets. */
export function endedError(end: End): SluiceError {
  const code = end.code === 'deadline' ? 'deadline_exceeded' : 'context_ended'
  return new SluiceError(code, end.detail || end.code, { cause: end })
}

function passDeadline(context: Context): void {
  context.cancel(createEnd('deadline'))
}
