// What keyed publishes returned, for as long as their keys count, in two generations:
//
//   young  gets every new key
//   old    is only asked, and dropped whole when its last key has expired
//
// So neither expiry nor the bound on their number ever walks the keys. When the young fill up before the old expire, the
// old are forgotten early, and a repeat of one of them is a new publication: what always counts is the newest half.

import type { Position } from './bus.ts'

/** What a publish with this key returned; the position is absent where there was no history. */
export interface Outcome {
  readonly position: Position | undefined
  readonly expiresAt: number
}

export class IdempotencyKeys {
  readonly #half: number
  readonly #onForgotten: (keys: number) => void
  #young = new Map<string, Outcome>()
  #old = new Map<string, Outcome>()
  #youngExpiresAt = Number.NEGATIVE_INFINITY
  #oldExpiresAt = Number.NEGATIVE_INFINITY

  constructor(maxKeys: number, onForgotten: (keys: number) => void) {
    this.#half = Math.max(1, Math.floor(maxKeys / 2))
    this.#onForgotten = onForgotten
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  find(room: string, key: string, now: number): Outcome | undefined {
    const id = join(room, key)
    const outcome = this.#young.get(id) ?? this.#old.get(id)
    return outcome !== undefined && now < outcome.expiresAt ? outcome : undefined
  }

  remember(
    room: string,
    key: string,
    position: Position | undefined,
    ttlMs: number,
    now: number,
  ): void {
    if (this.#young.size >= this.#half) {
      if (now < this.#oldExpiresAt) this.#onForgotten(this.#old.size)
      this.#age()
    }
    const expiresAt = now + ttlMs
    this.#young.set(join(room, key), { position, expiresAt })
    this.#youngExpiresAt = Math.max(this.#youngExpiresAt, expiresAt)
  }

  /** Drops the old generation when all of it has expired. */
  sweep(now: number): void {
    if (now >= this.#oldExpiresAt && this.size > 0) this.#age()
  }

  clear(): void {
    this.#age()
    this.#age()
  }

  #age(): void {
    this.#old = this.#young
    this.#oldExpiresAt = this.#youngExpiresAt
    this.#young = new Map()
    this.#youngExpiresAt = Number.NEGATIVE_INFINITY
  }
}

// The length keeps apart what a separator could not: room and key may hold any character.
function join(room: string, key: string): string {
  return `${room.length} ${room}${key}`
}
