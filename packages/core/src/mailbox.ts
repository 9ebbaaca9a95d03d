// A mailbox is the bounded queue in front of one actor, and a small lane beside it that is always served first.
//
//   pushSystem ──▶ [ s1 s2 … ]          ┐
//                                       ├──▶ take
//   push ──▶ [ m1 m2 … m(capacity) ]    ┘
//     ▲
//   full: reject, drop-oldest, drop-newest, or suspend: the sender waits in line for a slot
//
// A million actors are idle, so an empty mailbox is one object of a few words: the ring comes with the second message
// in line, and goes when the mailbox is empty again.

import { Code, SluiceError } from './errors.ts'
import { Ring } from './ring.ts'

const overflows = ['reject', 'drop-oldest', 'drop-newest', 'suspend'] as const

/** What a full mailbox does with one more message. */
export type Overflow = (typeof overflows)[number]

/** How much a mailbox holds, and what then. */
export interface MailboxOptions {
  /** Messages held before `overflow` applies. Default 1024. */
  capacity?: number
  /** Default reject. */
  overflow?: Overflow
}

/** Options as a mailbox takes them: one object for all actors of a behaviour. */
export type MailboxLimits = Readonly<Required<MailboxOptions>>

export const mailboxDefaults: MailboxLimits = Object.freeze({ capacity: 1024, overflow: 'reject' })

const largestCapacity = 1 << 20

/** Checks the options and fills in the defaults. */
export function resolveMailbox(options: MailboxOptions = {}): MailboxLimits {
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(mailboxDefaults, key)) throw wrong(key, 'no such option')
  }
  const { capacity = mailboxDefaults.capacity, overflow = mailboxDefaults.overflow } = options
  if (!(Number.isInteger(capacity) && capacity >= 1 && capacity <= largestCapacity)) {
    throw wrong('capacity', `expected a whole number from 1 to ${largestCapacity}, got ${capacity}`)
  }
  if (!overflows.includes(overflow)) {
    throw wrong('overflow', `expected ${overflows.join(', ')}, got ${overflow}`)
  }
  return Object.freeze({ capacity, overflow })
}

function wrong(key: string, why: string): SluiceError {
  return new SluiceError(Code.option_invalid, `mailbox.${key}: ${why}`)
}

/**
 * What became of a message: `accepted`; `displaced`, accepted in place of the oldest, which is lost; `dropped`, lost
 * itself; `full`, refused (or the sender may wait with `whenSpace`). `dead` is what the kernel says for a dead actor.
 */
export type Delivery = 'accepted' | 'displaced' | 'dropped' | 'full' | 'dead'

/** The bounded queue in front of one actor. A message is anything but undefined, which is how `take` says "nothing". */
export class Mailbox<M> {
  readonly #limits: MailboxLimits
  /** The next message. It has a place of its own, so that an actor which is sent one at a time never has a ring. */
  #first: M | undefined = undefined
  /** The messages behind the first. */
  #rest: Ring<M> | undefined = undefined
  #system: Ring<M> | undefined = undefined
  #waiters: Ring<() => void> | undefined = undefined

  constructor(limits: MailboxLimits) {
    this.#limits = limits
  }

  /** Messages in the bounded lane. */
  get length(): number {
    return this.#first === undefined ? 0 : this.#rest === undefined ? 1 : this.#rest.length + 1
  }

  /** Messages in the system lane. */
  get systemLength(): number {
    return this.#system?.length ?? 0
  }

  /** Whether the next `push` meets the overflow policy. */
  get full(): boolean {
    return this.length >= this.#limits.capacity
  }

  /** Senders that wait for a slot. */
  get suspended(): number {
    return this.#waiters?.length ?? 0
  }

  /** Puts a message last. `onLost` gets the one that `drop-oldest` displaced. */
  push(message: M, onLost?: (message: M) => void): Delivery {
    if (!this.full) {
      this.#append(message)
      return 'accepted'
    }
    switch (this.#limits.overflow) {
      case 'reject':
      case 'suspend':
        return 'full'
      case 'drop-newest':
        return 'dropped'
      case 'drop-oldest': {
        const lost = this.#remove()
        this.#append(message)
        if (lost !== undefined) onLost?.(lost)
        return 'displaced'
      }
    }
  }

  /** Puts a message before all others but earlier ones of its kind. Not bounded: the kernel sends few, and none twice. */
  pushSystem(message: M): void {
    this.#system ??= new Ring()
    this.#system.push(message)
  }

  /** The next message, or undefined; then whoever waited longest may fill the slot. */
  take(): M | undefined {
    if (this.#system !== undefined) return this.#takeSystem()
    const message = this.#remove()
    if (this.#waiters !== undefined) this.#serve()
    return message
  }

  /**
   * Calls `waiter` when there is a slot for it, each in turn, at once if there is one now; it must push within the
   * call, as later the slot may be somebody else's. If it no longer wants to, the next one gets the slot.
   * False, and never called, if as many wait already as the mailbox holds messages.
   */
  whenSpace(waiter: () => void): boolean {
    if (!this.full) {
      waiter()
      return true
    }
    if (this.suspended >= this.#limits.capacity) return false
    this.#waiters ??= new Ring()
    this.#waiters.push(waiter)
    return true
  }

  /** Takes all waiters out of the line, handing each to `onEach`. For the end of the actor: before `clear`. */
  dropWaiters(onEach?: (waiter: () => void) => void): void {
    const waiters = this.#waiters
    if (waiters === undefined) return
    this.#waiters = undefined
    for (let waiter = waiters.take(); waiter !== undefined; waiter = waiters.take()) {
      onEach?.(waiter)
    }
  }

  /** Drops the messages of both lanes, handing each to `onEach` in the order that `take` has; then waiters are served. */
  clear(onEach?: (message: M) => void): void {
    const system = this.#system
    this.#system = undefined
    for (let message = system?.take(); message !== undefined; message = system?.take()) {
      onEach?.(message)
    }
    for (let left = this.length; left > 0; left--) {
      const message = this.#remove()
      if (message !== undefined) onEach?.(message)
    }
    this.#serve()
  }

  /** Hands all that it holds, and whoever waits for a slot, to an empty one with the same limits. */
  moveTo(other: Mailbox<M>): void {
    other.#waiters = this.#waiters
    // Nobody is to be served by what leaves.
    this.#waiters = undefined
    for (let left = this.systemLength; left > 0; left--) other.pushSystem(this.#takeSystem()!)
    for (let left = this.length; left > 0; left--) other.push(this.#remove()!)
  }

  #takeSystem(): M | undefined {
    const system = this.#system!
    const message = system.take()
    if (system.length === 0) this.#system = undefined
    return message
  }

  #append(message: M): void {
    if (this.#first === undefined) {
      this.#first = message
      return
    }
    this.#rest ??= new Ring()
    this.#rest.push(message)
  }

  #remove(): M | undefined {
    const message = this.#first
    if (this.#rest === undefined) {
      this.#first = undefined
    } else {
      this.#first = this.#rest.take()
      if (this.#first === undefined) this.#rest = undefined
    }
    return message
  }

  #serve(): void {
    while (this.#waiters !== undefined && !this.full) {
      const waiter = this.#waiters.take()
      if (this.#waiters.length === 0) this.#waiters = undefined
      waiter?.()
    }
  }
}
