// What a tolerant room keeps back for a member whose socket is full, until it drains. What is left out is counted, and
// shows to the client as a gap in the offsets.
//
//   drop-oldest   the newest messages, up to a number of bytes
//   latest        the newest message for each key

import { messageFrames } from '../edge/frames.ts'
import type { SlowOptions } from '../room-options.ts'

export interface Parked {
  /** About: UTF-16 units. */
  readonly bytes: number
  add(message: string, key: string): void
  /** All of it, as frames. */
  frames(): Buffer
}

/** The store that a room's policy asks for; `dropped` hears of every message left out. */
export function createParked(slow: SlowOptions, dropped: () => void): Parked {
  return slow.policy === 'latest'
    ? new Latest(slow.maxBytes, dropped)
    : new Newest(slow.maxBytes, dropped)
}

class Newest implements Parked {
  bytes = 0
  #messages: string[] = []
  #from = 0
  readonly #maxBytes: number
  readonly #dropped: () => void

  constructor(maxBytes: number, dropped: () => void) {
    this.#maxBytes = maxBytes
    this.#dropped = dropped
  }

  add(message: string): void {
    this.#messages.push(message)
    this.bytes += message.length
    while (this.bytes > this.#maxBytes && this.#from < this.#messages.length - 1) {
      this.bytes -= this.#messages[this.#from]!.length
      this.#messages[this.#from++] = ''
      this.#dropped()
    }
    // Compacted by halves, so that dropping stays O(1) a message.
    if (this.#from > 1_024 && this.#from * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#from)
      this.#from = 0
    }
  }

  frames(): Buffer {
    return messageFrames(this.#messages.slice(this.#from))
  }
}

class Latest implements Parked {
  bytes = 0
  readonly #byKey = new Map<string, string>()
  readonly #maxBytes: number
  readonly #dropped: () => void

  constructor(maxBytes: number, dropped: () => void) {
    this.#maxBytes = maxBytes
    this.#dropped = dropped
  }

  add(message: string, key: string): void {
    this.#forget(key)
    this.#byKey.set(key, message)
    this.bytes += message.length
    // Keys come from publishers: their number is bounded by the same bytes, the key that is oldest goes first.
    for (const oldest of this.#byKey.keys()) {
      if (this.bytes <= this.#maxBytes || this.#byKey.size === 1) break
      this.#forget(oldest)
    }
  }

  frames(): Buffer {
    return messageFrames([...this.#byKey.values()])
  }

  #forget(key: string): void {
    const old = this.#byKey.get(key)
    if (old === undefined) return
    this.#byKey.delete(key)
    this.bytes -= old.length
    this.#dropped()
  }
}
