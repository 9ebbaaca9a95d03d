// Between the socket and the rooms: bytes are taken from the socket at once, so that Redis never closes it for a full
// output buffer, and handled in slices. What does not fit is dropped here, and found missing there, by its number.

import type { Clock } from '@sluice/core'

const sliceMs = 4

export class Inbox {
  readonly #clock: Clock
  readonly #maxBytes: () => number
  readonly #handle: (channel: string, bytes: Buffer, round: number) => void
  #channels: string[] = []
  #rounds: number[] = []
  #frames: Buffer[] = []
  #at = 0
  #asked = false
  bytes = 0

  constructor(
    clock: Clock,
    maxBytes: () => number,
    handle: (channel: string, bytes: Buffer, round: number) => void,
  ) {
    this.#clock = clock
    this.#maxBytes = maxBytes
    this.#handle = handle
  }

  /** `round` tells what came before a doubt from what came after it. */
  push(channel: string, bytes: Buffer, round: number): void {
    if (this.bytes + bytes.length > this.#maxBytes()) return
    this.bytes += bytes.length
    this.#channels.push(channel)
    this.#rounds.push(round)
    this.#frames.push(bytes)
    this.#ask()
  }

  clear(): void {
    this.#channels = []
    this.#rounds = []
    this.#frames = []
    this.#at = 0
    this.bytes = 0
  }

  #ask(): void {
    if (this.#asked) return
    this.#asked = true
    this.#clock.soon(() => {
      this.#asked = false
      this.#drain()
    })
  }

  #drain(): void {
    const until = this.#clock.now() + sliceMs
    for (let i = 0; this.#at < this.#frames.length; i++) {
      if (i % 64 === 63 && this.#clock.now() >= until) {
        this.#ask()
        return
      }
      const at = this.#at++
      const bytes = this.#frames[at]!
      this.bytes -= bytes.length
      this.#handle(this.#channels[at]!, bytes, this.#rounds[at]!)
    }
    this.#channels = []
    this.#rounds = []
    this.#frames = []
    this.#at = 0
  }
}
