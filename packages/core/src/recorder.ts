// The flight recorder: the last transitions of all actors in one ring of shared memory. Each entry links to the
// same actor's entry before, so that a tombstone finds its last steps without a search.

import { eventNames, states } from './lifecycle.ts'
import { allocate, waitClasses } from './table.ts'

export interface RecorderOptions {
  /** Transitions kept, rounded up to a power of two. 24 bytes each; 0 for none. Default 262,144: five seconds at 50,000 a second. */
  recorderSize?: number
}

export const recorderDefaults: Required<RecorderOptions> = { recorderSize: 262_144 }

/** One transition, in words. */
export interface Transition {
  at: number
  event: string
  from: string
  to: string
  /** What it waits on after the transition; `none` unless waiting. */
  wait: string
}

/** Where `copyTrail` writes to. */
export interface TrailCopy {
  readonly steps: Uint32Array
  readonly times: Float64Array
}

/** The words of an entry, side by side, as they are written together: one line of the cache instead of four. */
const words = 4
const rowWord = 0
const generationWord = 1
/** Sequence number of the same actor's entry before; 0 for none. */
const beforeWord = 2
/** behaviour << 16 | event << 12 | from << 8 | to << 4 | wait class */
const stepWord = 3

export class Recorder {
  readonly capacity: number
  /** Four words an entry. */
  readonly entries: Uint32Array
  /** When, for each entry. */
  readonly at: Float64Array
  /** The sequence number of the newest entry; entries count from 1. */
  readonly head: Uint32Array
  readonly buffers: readonly ArrayBufferLike[]
  readonly #mask: number

  /** `memory` is another recorder's, to be read and not written. */
  constructor(options: RecorderOptions = {}, memory?: readonly ArrayBufferLike[]) {
    const wanted = options.recorderSize ?? recorderDefaults.recorderSize
    const n = wanted === 0 ? 0 : 2 ** Math.ceil(Math.log2(Math.max(2, wanted)))
    this.capacity = n
    this.#mask = n - 1
    const buffers = memory ?? [n * 4 * words, n * 8, 4].map(allocate)
    const [entries, at, head] = buffers
    this.entries = new Uint32Array(entries!)
    this.at = new Float64Array(at!)
    this.head = new Uint32Array(head!)
    this.buffers = buffers
  }

  /** Writes one transition; returns its sequence number, the `before` of the actor's next. */
  write(
    row: number,
    generation: number,
    behavior: number,
    before: number,
    event: number,
    from: number,
    to: number,
    wait: number,
    at: number,
  ): number {
    if (this.capacity === 0) return 0
    const { entries } = this
    const sequence = (this.head[0]! + 1) >>> 0 || 1
    const slot = sequence & this.#mask
    const first = slot * words
    entries[first + rowWord] = row
    entries[first + generationWord] = generation
    entries[first + beforeWord] = before
    entries[first + stepWord] = (behavior << 16) | (event << 12) | (from << 8) | (to << 4) | wait
    this.at[slot] = at
    // Last: to another thread, an entry that is not whole yet is none.
    this.head[0] = sequence
    return sequence
  }

  /** The last transitions of one actor, newest last, as far as the ring still holds them. */
  trail(row: number, generation: number, newest: number, limit = 8): Transition[] {
    const steps = new Uint32Array(limit)
    const times = new Float64Array(limit)
    const count = this.copyTrail(row, generation, newest, { steps, times }, 0, limit)
    return readTrail({ steps, times }, 0, count)
  }

  /** The same as numbers, newest first, from place `to` on; returns how many there are. Makes no object. */
  copyTrail(
    row: number,
    generation: number,
    newest: number,
    copy: TrailCopy,
    to: number,
    limit: number,
  ): number {
    const { entries } = this
    const head = this.head[0]!
    let count = 0
    for (let at = newest; at !== 0 && count < limit; count++) {
      const slot = at & this.#mask
      const first = slot * words
      const overwritten = (head - at) >>> 0 >= this.capacity
      const foreign =
        entries[first + rowWord] !== row || entries[first + generationWord] !== generation
      if (overwritten || foreign) break
      copy.steps[to + count] = entries[first + stepWord]!
      copy.times[to + count] = this.at[slot]!
      at = entries[first + beforeWord]!
    }
    return count
  }
}

/** One entry as numbers, as it stands in the ring. */
export interface RecorderEntry {
  row: number
  generation: number
  behavior: number
  event: number
  from: number
  to: number
  wait: number
  at: number
}

/** The entry in the place of this sequence number; whoever stands there now. */
export function entryAt(recorder: Recorder, sequence: number): RecorderEntry {
  const { entries, at, capacity } = recorder
  const slot = sequence & (capacity - 1)
  const first = slot * words
  const step = entries[first + stepWord]!
  return {
    row: entries[first + rowWord]!,
    generation: entries[first + generationWord]!,
    behavior: step >>> 16,
    event: (step >> 12) & 15,
    from: (step >> 8) & 15,
    to: (step >> 4) & 15,
    wait: step & 15,
    at: at[slot]!,
  }
}

/** A copied trail in words, the newest last. */
export function readTrail(copy: TrailCopy, from: number, count: number): Transition[] {
  return Array.from({ length: count }, (_, i) => {
    const place = from + count - 1 - i
    const step = copy.steps[place]!
    return {
      at: copy.times[place]!,
      event: eventNames[(step >> 12) & 15] ?? 'unknown',
      from: states[(step >> 8) & 15] ?? 'dead',
      to: states[(step >> 4) & 15] ?? 'dead',
      wait: waitClasses[step & 15] ?? 'none',
    }
  })
}
