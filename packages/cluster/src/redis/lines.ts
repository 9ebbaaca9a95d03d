// What rooms hold back until it is due, within one limit for all of them. What does not fit is left out: the newest, which
// the stream has, and whose numbers show that they are missing.

import type { Frame } from './envelope.ts'
import type { HeardRoom } from './heard-room.ts'

const maxFrames = 10_000

export class Lines {
  readonly #maxBytes: number
  bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push({ line }: HeardRoom, frame: Frame, bytes: number): void {
    if (line.length >= maxFrames || this.bytes + bytes > this.#maxBytes) return
    this.bytes += bytes
    line.push({ frame, bytes })
  }

  shift({ line }: HeardRoom): Frame | undefined {
    const first = line.shift()
    this.bytes -= first?.bytes ?? 0
    return first?.frame
  }

  empty({ line }: HeardRoom): Frame[] {
    return line.splice(0).map(({ frame, bytes }) => {
      this.bytes -= bytes
      return frame
    })
  }
}
