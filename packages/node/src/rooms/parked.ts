// What a tolerant room keeps back for a member whose socket is full, until it drains. What is left out is counted, and
// shows to the client as a gap in the offsets.
//
//   drop-oldest   the newest messages, up to a number of bytes
//   latest        the newest message for each key, up to a number of bytes

import { messageFrames } from '../edge/frames.ts'
import type { SlowOptions } from '../room-options.ts'

/** What counts the messages left out. */
export interface DropCounter {
  dropped: number
}

export interface Parked {
  /** About: UTF-16 units. */
  readonly bytes: number
  /** Keeps the message, and as many of the older ones as `room` bytes and the policy's own allow; always the newest one. */
  add(message: string, key: string, room: number): void
  /** All of it, as frames. */
  frames(): Buffer
  /** Nobody will read it. */
  discard(): void
}

/** The store that a room's policy asks for. */
export function createParked(slow: SlowOptions, counter: DropCounter): Parked {
  return slow.policy === 'latest'
    ? new Latest(slow.maxBytes, counter)
    : new Newest(slow.maxBytes, counter)
}

class Newest implements Parked {
  bytes = 0
  #messages: string[] = []
  #from = 0
  readonly #maxBytes: number
  readonly #counter: DropCounter

  constructor(maxBytes: number, counter: DropCounter) {
    this.#maxBytes = maxBytes
    this.#counter = counter
  }

  add(message: string, _key: string, room: number): void {
    this.#messages.push(message)
    this.bytes += message.length
    const most = Math.min(this.#maxBytes, room)
    while (this.bytes > most && this.#from < this.#messages.length - 1) {
      this.bytes -= this.#messages[this.#from]!.length
      this.#messages[this.#from++] = ''
      this.#counter.dropped++
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

  discard(): void {
    this.#counter.dropped += this.#messages.length - this.#from
  }
}

class Latest implements Parked {
  bytes = 0
  readonly #byKey = new Map<string, string>()
  readonly #maxBytes: number
  readonly #counter: DropCounter

  constructor(maxBytes: number, counter: DropCounter) {
    this.#maxBytes = maxBytes
    this.#counter = counter
  }

  add(message: string, key: string, room: number): void {
    this.#forget(key)
    this.#byKey.set(key, message)
    this.bytes += message.length
    const most = Math.min(this.#maxBytes, room)
    // Keys come from publishers: their number is bounded by the same bytes, the key that is oldest goes first.
    for (const oldest of this.#byKey.keys()) {
      if (this.bytes <= most || this.#byKey.size === 1) break
      this.#forget(oldest)
    }
  }

  frames(): Buffer {
    return messageFrames([...this.#byKey.values()])
  }

  discard(): void {
    this.#counter.dropped += this.#byKey.size
  }

  #forget(key: string): void {
    const old = this.#byKey.get(key)
    if (old === undefined) return
    this.#byKey.delete(key)
    this.bytes -= old.length
    this.#counter.dropped++
  }
}
