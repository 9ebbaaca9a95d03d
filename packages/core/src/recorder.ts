// The flight recorder: the last transitions of all actors in one ring of shared memory. Each entry links to the
// same actor's entry before, so that a tombstone finds its last steps without a search.

import { eventNames, states } from './lifecycle.ts'
import { allocate, waitClasses } from './table.ts'

export interface RecorderOptions {
  /** Transitions kept, rounded up to a power of two. 24 bytes each. Default 262,144: five seconds at 50,000 a second. */
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

export class Recorder {
  readonly capacity: number
  readonly row: Uint32Array
  readonly generation: Uint32Array
  /** Sequence number of the same actor's entry before; 0 for none. */
  readonly before: Uint32Array
  /** event << 12 | from << 8 | to << 4 | wait class */
  readonly step: Uint32Array
  readonly at: Float64Array
  /** The sequence number of the newest entry; entries count from 1. */
  readonly head: Uint32Array
  readonly buffers: readonly ArrayBufferLike[]
  readonly #mask: number

  constructor(options: RecorderOptions = {}) {
    const wanted = options.recorderSize ?? recorderDefaults.recorderSize
    const n = 2 ** Math.ceil(Math.log2(Math.max(2, wanted)))
    this.capacity = n
    this.#mask = n - 1
    const buffers = [n * 4, n * 4, n * 4, n * 4, n * 8, 4].map(allocate)
    const [row, generation, before, step, at, head] = buffers
    this.row = new Uint32Array(row!)
    this.generation = new Uint32Array(generation!)
    this.before = new Uint32Array(before!)
    this.step = new Uint32Array(step!)
    this.at = new Float64Array(at!)
    this.head = new Uint32Array(head!)
    this.buffers = buffers
  }

  /** Writes one transition; returns its sequence number, the `before` of the actor's next. */
  write(
    row: number,
    generation: number,
    before: number,
    event: number,
    from: number,
    to: number,
    wait: number,
    at: number,
  ): number {
    const sequence = (this.head[0]! + 1) >>> 0 || 1
    this.head[0] = sequence
    const slot = sequence & this.#mask
    this.row[slot] = row
    this.generation[slot] = generation
    this.before[slot] = before
    this.step[slot] = (event << 12) | (from << 8) | (to << 4) | wait
    this.at[slot] = at
    return sequence
  }

  /** The last transitions of one actor, newest last, as far as the ring still holds them. */
  trail(row: number, generation: number, newest: number, limit = 8): Transition[] {
    const trail: Transition[] = []
    const head = this.head[0]!
    for (let at = newest; at !== 0 && trail.length < limit;) {
      const slot = at & this.#mask
      const overwritten = (head - at) >>> 0 >= this.capacity
      if (overwritten || this.row[slot] !== row || this.generation[slot] !== generation) break
      trail.push(this.#read(slot))
      at = this.before[slot]!
    }
    return trail.reverse()
  }

  #read(slot: number): Transition {
    const step = this.step[slot]!
    return {
      at: this.at[slot]!,
      event: eventNames[step >> 12] ?? 'unknown',
      from: states[(step >> 8) & 15] ?? 'dead',
      to: states[(step >> 4) & 15] ?? 'dead',
      wait: waitClasses[step & 15] ?? 'none',
    }
  }
}
