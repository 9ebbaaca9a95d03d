// The named events of the kernel. The library never logs: logs, metrics and the devtool are subscribers.
// An event is made only when somebody listens.

import type { End } from './ends.ts'

/** What the kernel tells. `actor` is an actor's id, `behavior` its behaviour's name. */
export type KernelEvent =
  | { name: 'actor.failed'; actor: string; behavior: string; error: unknown }
  | { name: 'actor.restarted'; actor: string; behavior: string; restarts: number; delayMs: number }
  | { name: 'actor.ended'; actor: string; behavior: string; end: End }
  | { name: 'actor.forced'; actor: string; behavior: string; graceMs: number }
  | { name: 'supervisor.escalated'; actor: string; behavior: string; end: End }
  | { name: 'letter.dead'; actor: string; behavior: string; letters: number }
  | { name: 'hook.failed'; error: unknown }
  | { name: 'system.ended'; end: End }

/** Anything with a name; each package has its own union. */
export interface NamedEvent {
  readonly name: string
}

export type Listener<E extends NamedEvent> = (event: E) => void

/** Hands events to whoever listens. A listener that throws harms nobody. */
export class Events<E extends NamedEvent> {
  readonly #listeners = new Set<Listener<E>>()

  /** True when somebody listens: look before making an event on a busy path. */
  get heard(): boolean {
    return this.#listeners.size > 0
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** Calls `listener` for every event until the result is called. */
  on(listener: Listener<E>): () => void {
    const own: Listener<E> = (event) => listener(event)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  emit(event: E): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch {
        // A subscriber's fault is the subscriber's: there is nobody left to tell.
      }
    }
  }
}
