// The close-ups of a system: few at a time, each for a while. One that is over, most often because its actor died while
// somebody looked, can still be read for some minutes.

import type { Actor } from './actor.ts'
import { CloseUp } from './close-up.ts'
import { SluiceError } from './errors.ts'
import type { Timer, Wheel } from './wheel.ts'

export const closeUpDefaults = {
  /** How long one lasts. */
  ms: 60_000,
  mostMs: 600_000,
  /** At one time. */
  most: 8,
  /** How long, and how many of them, are kept when they are over. */
  keptMs: 600_000,
  kept: 8,
} as const

export class CloseUps {
  readonly #wheel: Wheel
  /** By actor; the timer ends it. */
  readonly #running = new Map<string, [CloseUp, Timer]>()
  /** The oldest first; the timer forgets it. */
  readonly #over = new Map<string, [CloseUp, Timer]>()

  constructor(wheel: Wheel) {
    this.#wheel = wheel
  }

  /** Those that go on. */
  get running(): readonly CloseUp[] {
    return Array.from(this.#running.values(), ([closeUp]) => closeUp)
  }

  /**
   * Looks at the actor from now on for `ms`. Who looks at it already goes on, at least for so long. Throws `option_invalid`,
   * `actor_dead`, or `capacity_exceeded` while there are as many as there may be.
   */
  begin(actor: Actor, ms: number = closeUpDefaults.ms): CloseUp {
    if (!(ms > 0 && ms <= closeUpDefaults.mostMs)) {
      throw new SluiceError(
        'option_invalid',
        `ms: expected more than 0 and at most ${closeUpDefaults.mostMs}, got ${ms}`,
      )
    }
    if (!actor.alive) throw new SluiceError('actor_dead', actor.name)
    const [same, timer] = this.#running.get(actor.id) ?? []
    if (same !== undefined) {
      const { clock } = actor.kernel
      same.until = Math.max(same.until, clock.now() + ms)
      this.#wheel.reset(timer!, same.until - clock.now())
      return same
    }
    if (this.#running.size >= closeUpDefaults.most) {
      const ids = [...this.#running.keys()].join(', ')
      throw new SluiceError('capacity_exceeded', `looked at already: ${ids}`)
    }
    // First: a wheel that is closed takes none, and then nothing has begun.
    const end = this.#wheel.add(ms, () => closeUp.end('time'), undefined)
    const closeUp = new CloseUp(actor, ms, (over) => this.#keep(over))
    this.#forget(actor.id)
    this.#running.set(actor.id, [closeUp, end])
    return closeUp
  }

  /** Of the actor with this id: the one that goes on, or the last one, while it is kept. */
  find(id: string): CloseUp | undefined {
    return (this.#running.get(id) ?? this.#over.get(id))?.[0]
  }

  #keep(closeUp: CloseUp): void {
    const { id } = closeUp
    const found = this.#running.get(id)
    if (found === undefined) return
    this.#running.delete(id)
    const timer = found[1]
    this.#wheel.cancel(timer)
    const forget = this.#wheel.add(closeUpDefaults.keptMs, () => this.#over.delete(id), undefined)
    this.#over.set(id, [closeUp, forget])
    const [oldest] = this.#over.keys()
    if (this.#over.size > closeUpDefaults.kept) this.#forget(oldest!)
  }

  #forget(id: string): void {
    const found = this.#over.get(id)
    if (found === undefined) return
    this.#wheel.cancel(found[1])
    this.#over.delete(id)
  }
}
