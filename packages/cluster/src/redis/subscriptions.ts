// Which channels this node wants, and which the connection of now has: kept here and not by ioredis, whose own
// resubscription can end in silence.
//
//   want, drop ─▶ gathered for a turn ─▶ SUBSCRIBE, UNSUBSCRIBE with up to 512 names ─▶ acknowledged
//   a new connection ─▶ everything that is wanted, anew

import type { Clock } from '@sluice/core'
import type { Session } from './session.ts'

const batch = 512

interface Waiter {
  resolve: () => void
  reject: (error: unknown) => void
}

export class Subscriptions {
  readonly #session: Session
  readonly #clock: Clock
  readonly #wanted = new Set<string>()
  readonly #sent = new Set<string>()
  #dirty = new Set<string>()
  #waiters: Waiter[] = []
  #asked = false
  /** Commands of one connection are answered in order: who waits for the last waits for all. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(session: Session, clock: Clock) {
    this.#session = session
    this.#clock = clock
  }

  /** Resolves when Redis has acknowledged it. */
  want(channel: string): Promise<void> {
    this.#wanted.add(channel)
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
    this.#dirty = new Set(this.#wanted)
    await this.#flush()
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
    for (let at = 0; at < gone.length; at += batch) {
      const names = gone.slice(at, at + batch)
      answers.push(this.#session.track((redis) => redis.unsubscribe(...names)))
    }
    for (let at = 0; at < come.length; at += batch) {
      const names = come.slice(at, at + batch)
      for (const name of names) this.#sent.add(name)
      answers.push(this.#session.track((redis) => redis.subscribe(...names)))
    }
    const all = Promise.all(answers)
    // A failure is heard by those who wait for it, and not by those who come later.
    this.#last = all.catch(() => {})
    await all
  }
}
