// Which channels this node wants from one primary, and which the connection of now has: kept here and not by ioredis, whose
// own resubscription can end in silence.
//
//   want, drop ─▶ gathered for a turn ─▶ SUBSCRIBE, UNSUBSCRIBE with up to 512 names of one slot ─▶ acknowledged
//   a new connection ─▶ everything that is wanted, anew
//   a slot that moved ─▶ released here, adopted there

import type { Clock } from '@sluice/core'
import type { Redis } from 'ioredis'
import type { Slots } from './commands.ts'
import { isRedirect, type Layout } from './layout.ts'
import type { Session } from './session.ts'

interface Waiter {
  resolve: () => void
  reject: (error: unknown) => void
}

const batch = 512

export class Subscriptions {
  readonly #session: Session
  readonly #layout: Layout
  readonly #clock: Clock
  /** With the slot of each. */
  readonly #wanted = new Map<string, number>()
  readonly #sent = new Set<string>()
  #dirty = new Set<string>()
  #waiters: Waiter[] = []
  #asked = false
  /** Commands of one connection are answered in order: who waits for the last waits for all. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(session: Session, layout: Layout, clock: Clock) {
    this.#session = session
    this.#layout = layout
    this.#clock = clock
  }

  /** Resolves when Redis has acknowledged it. */
  want(channel: string): Promise<void> {
    this.#want(channel)
    return this.#change(channel)
  }

  /** Resolves when nothing more is sent to us, at once without a link. */
  async drop(channel: string): Promise<void> {
    this.#wanted.delete(channel)
    // Without its connection the subscription is gone in any case.
    if (this.#session.up) await this.#change(channel).catch(() => {})
  }

  /** Takes a channel back that could not be subscribed to. */
  forget(channel: string): void {
    this.#wanted.delete(channel)
  }

  /** All of them, on a new connection. */
  async resync(): Promise<void> {
    this.#sent.clear()
    this.#dirty = new Set(this.#wanted.keys())
    await this.#flush()
  }

  /** Lets the channels of these slots go, which Redis has ended or will end by itself; returns them. */
  release(slots: Slots): string[] {
    const released = [...this.#wanted].flatMap(([channel, slot]) => (slots(slot) ? [channel] : []))
    for (const channel of released) {
      this.#wanted.delete(channel)
      this.#sent.delete(channel)
    }
    return released
  }

  /** Takes channels over that another primary had; resolves when they are acknowledged here. */
  async adopt(channels: readonly string[]): Promise<void> {
    for (const channel of channels) {
      this.#want(channel)
      this.#dirty.add(channel)
    }
    await this.#flush()
  }

  /** Channels that are wanted and that the connection does not have: Redis ended them, or refused. */
  missing(redis: Redis): string[] {
    const subscriber = redis.condition?.subscriber
    const has = new Set(subscriber ? subscriber.channels('ssubscribe') : [])
    const missing = [...this.#wanted.keys()].filter((channel) => !has.has(channel))
    for (const channel of missing) this.#sent.delete(channel)
    return missing
  }

  #want(channel: string): void {
    if (!this.#wanted.has(channel)) this.#wanted.set(channel, this.#layout.slotOf(channel))
  }

  #change(channel: string): Promise<void> {
    this.#dirty.add(channel)
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      if (this.#asked) return
      this.#asked = true
      this.#clock.soon(() => {
        this.#asked = false
        const waiters = this.#waiters
        this.#waiters = []
        this.#flush().then(
          () => waiters.forEach((one) => one.resolve()),
          (error: unknown) => waiters.forEach((one) => one.reject(error)),
        )
      })
    })
  }

  async #flush(): Promise<void> {
    const dirty = [...this.#dirty]
    this.#dirty.clear()
    const gone = dirty.filter((channel) => !this.#wanted.has(channel) && this.#sent.delete(channel))
    const come = dirty.filter((channel) => this.#wanted.has(channel) && !this.#sent.has(channel))
    const answers: Promise<unknown>[] = [this.#last]
    for (const names of this.#batches(gone)) {
      const answer = this.#session.track((redis) => this.#layout.unsubscribe(redis, names))
      answers.push(
        answer.catch((error: unknown) => {
          // Another's slot by now: Redis ended it.
          if (!isRedirect(error)) throw error
        }),
      )
    }
    for (const names of this.#batches(come)) {
      for (const name of names) this.#sent.add(name)
      const answer = this.#session.track((redis) => this.#layout.subscribe(redis, names))
      answers.push(
        answer.catch((error: unknown) => {
          for (const name of names) this.#sent.delete(name)
          throw error
        }),
      )
    }
    const all = Promise.all(answers)
    // A failure is heard by those who wait for it, and not by those who come later.
    this.#last = all.catch(() => {})
    await all
  }

  #batches(channels: readonly string[]): string[][] {
    const batches: string[][] = []
    const open = new Map<number, string[]>()
    for (const channel of channels) {
      const slot = this.#wanted.get(channel) ?? this.#layout.slotOf(channel)
      let names = open.get(slot)
      if (names === undefined || names.length === batch) {
        names = []
        open.set(slot, names)
        batches.push(names)
      }
      names.push(channel)
    }
    return batches
  }
}
