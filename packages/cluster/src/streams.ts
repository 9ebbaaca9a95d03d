// All streams of an in-memory bus, by room, within one limit of bytes.
//
// A hand goes round the map, as in a clock: a few steps at each sweep to drop what has lapsed, a few more when there is
// too much, to evict the one that was unused for longest among them (Redis samples in the same way). No list has to be
// kept in order on every publish, and no sweep is longer than its steps. A room whose stream is dropped starts a new
// epoch: whoever comes back with a position of the old one is refused, never served a part.

import type { HistoryOptions, HistoryQuery, HistoryResult, Position, Publication } from './bus.ts'
import { Stream } from './stream.ts'

export interface StreamsOptions {
  metaTtlMs: number
  maxBytes: number
  nextEpoch: () => string
  /** A stream had to go before its time. */
  onEvicted: (room: string) => void
}

/** How many streams are looked at to find one that was not used for long. */
const sample = 16

export class Streams {
  readonly #options: StreamsOptions
  readonly #byRoom = new Map<string, Stream>()
  // A parked iterator would keep every table that the map outgrew: each sweep moves it.
  #hand: MapIterator<[string, Stream]> = this.#byRoom.entries()
  #bytes = 0

  constructor(options: StreamsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#byRoom.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Appends to the room's stream, made if there is none; the publication has its offset then. */
  append(room: string, publication: Publication, options: HistoryOptions, now: number): Position {
    const stream = this.#open(room, now)
    const before = stream.bytes
    const offset = stream.append(publication, options, now)
    this.#bytes += stream.bytes - before
    if (this.#bytes > this.#options.maxBytes) this.#evict(stream, now)
    return { offset, epoch: stream.epoch }
  }

  read(room: string, query: HistoryQuery, options: HistoryOptions, now: number): HistoryResult {
    const stream = this.#open(room, now)
    const before = stream.bytes
    const result = stream.read(query, options, now)
    this.#bytes += stream.bytes - before
    if (this.#bytes > this.#options.maxBytes) this.#evict(stream, now)
    return result
  }

  /** Forgets the room's publications, not its position. */
  remove(room: string): void {
    const stream = this.#byRoom.get(room)
    if (stream === undefined) return
    const before = stream.bytes
    stream.clear()
    this.#bytes += stream.bytes - before
  }

  /** Frees what has expired among the next `steps` streams. */
  sweep(now: number, steps: number): void {
    for (let left = Math.min(steps, this.#byRoom.size); left > 0; left--) {
      const step = this.#step()
      if (step === undefined) return
      this.#tidy(step[0], step[1], now)
    }
  }

  clear(): void {
    this.#byRoom.clear()
    this.#hand = this.#byRoom.entries()
    this.#bytes = 0
  }

  #open(room: string, now: number): Stream {
    const known = this.#byRoom.get(room)
    if (known !== undefined) {
      if (!known.lapsed(now)) return known
      this.#drop(room, known)
    }
    const stream = new Stream(this.#options.nextEpoch(), this.#options.metaTtlMs)
    this.#byRoom.set(room, stream)
    this.#bytes += stream.bytes
    return stream
  }

  /** Makes room, but never at the cost of `current`, which is in use. */
  #evict(current: Stream, now: number): void {
    while (this.#bytes > this.#options.maxBytes) {
      let oldest: [string, Stream] | undefined
      for (let left = sample; left > 0; left--) {
        const step = this.#step()
        if (step === undefined) break
        if (step[1] === current || this.#tidy(step[0], step[1], now)) continue
        if (oldest === undefined || step[1].usedAt < oldest[1].usedAt) oldest = step
      }
      if (this.#bytes <= this.#options.maxBytes) return
      if (oldest !== undefined) {
        this.#drop(oldest[0], oldest[1])
        this.#options.onEvicted(oldest[0])
      } else if (this.#byRoom.size <= 1) return
    }
  }

  /** True when the stream had lapsed and is gone. */
  #tidy(room: string, stream: Stream, now: number): boolean {
    if (stream.lapsed(now)) {
      this.#drop(room, stream)
      return true
    }
    const before = stream.bytes
    stream.expire(now)
    this.#bytes += stream.bytes - before
    return false
  }

  #drop(room: string, stream: Stream): void {
    this.#byRoom.delete(room)
    this.#bytes -= stream.bytes
  }

  #step(): [string, Stream] | undefined {
    let step = this.#hand.next()
    if (step.done === true) {
      this.#hand = this.#byRoom.entries()
      step = this.#hand.next()
    }
    return step.done === true ? undefined : step.value
  }
}
