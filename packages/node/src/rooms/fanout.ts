// The fan-out of one room on one node: messages of one turn are gathered, framed once, and shared by all members.
//
//   publication ─▶ gathered texts ─ end of turn ─▶ one buffer ─▶ every member's outlet
//
// No closure, promise, timer or copy per delivery.

import type { Context } from '@opentelemetry/api'
import type { Outlet, Tolerant } from '../edge/outlet.ts'
import type { Gathered, Writer } from '../edge/writer.ts'
import { messageFrames } from '../edge/frames.ts'
import type { SlowOptions } from '../room-options.ts'
import type { Tracing } from '../tracing/tracing.ts'
import { createParked, type Parked } from './parked.ts'

/** Who receives; a place in the room's list. */
export interface Receiver {
  readonly outlet: Outlet
  /** Its place in the list; -1 when in none. */
  place: number
}

/** What a room's fan-out counts. */
export interface FanoutCounters {
  /** Messages × members. */
  deliveries: number
  /** Messages that a tolerant room left out for a slow member. */
  dropped: number
}

export class Fanout<R extends Receiver> implements Gathered, Tolerant {
  readonly receivers: R[] = []
  readonly #writer: Writer
  readonly #slow: SlowOptions
  readonly #counters: FanoutCounters
  #messages: string[] = []
  readonly #tracing: Tracing | undefined
  /** What of the messages is followed came from here. */
  #places: Context[] | undefined = undefined
  /** Conflation keys beside the messages; kept only by rooms that need them. */
  #keys: string[] = []

  constructor(writer: Writer, slow: SlowOptions, counters: FanoutCounters, tracing?: Tracing) {
    this.#writer = writer
    this.#slow = slow
    this.#counters = counters
    this.#tracing = tracing
  }

  /**
   * Gathers one message for all who are members now. `key` says what a later one replaces under `latest`; `traceparent`, what
   * caused it on another node.
   */
  add(message: string, key: string, traceparent?: string): void {
    if (this.receivers.length === 0) return
    if (this.#messages.length === 0) this.#writer.room(this)
    this.#messages.push(message)
    if (this.#slow.policy === 'latest') this.#keys.push(key)
    if (this.#tracing !== undefined) this.#places = this.#tracing.gather(this.#places, traceparent)
  }

  /** From now on; messages gathered before are not for the new member. */
  enter(receiver: R): void {
    this.flush()
    receiver.place = this.receivers.length
    this.receivers.push(receiver)
  }

  /** Messages gathered before still arrive, unless its socket is full and the room tolerant. False when it was no member. */
  leave(receiver: R): boolean {
    const { place } = receiver
    if (this.receivers[place] !== receiver) return false
    this.flush()
    const last = this.receivers.pop()
    if (last !== undefined && last !== receiver) {
      this.receivers[place] = last
      last.place = place
    }
    receiver.place = -1
    receiver.outlet.unpark(this)
    return true
  }

  flush(): void {
    const places = this.#places
    if (places === undefined) this.#flush()
    else {
      this.#places = undefined
      const sizes = {
        'sluice.messages': this.#messages.length,
        'sluice.members': this.receivers.length,
      }
      this.#tracing!.fanOut(places, sizes, () => this.#flush())
    }
  }

  /** One member's place for what its full socket cannot take. */
  createParked(): Parked {
    return createParked(this.#slow, this.#counters)
  }

  #flush(): void {
    const messages = this.#messages
    if (messages.length === 0) return
    const keys = this.#keys
    this.#messages = []
    this.#keys = []
    const frames = messageFrames(messages)
    const { policy, maxAgeMs } = this.#slow
    const strict = policy === 'disconnect'
    const within = strict ? maxAgeMs : Infinity
    this.#counters.deliveries += messages.length * this.receivers.length
    for (const { outlet } of this.receivers) {
      if (strict || !outlet.blocked) outlet.share(frames, within)
      else outlet.park(this, messages, keys)
    }
  }
}
