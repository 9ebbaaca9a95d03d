// What the main thread says about itself to the watchdog, in memory that both see: that its loop turns, and a few figures
// that only it can know, as of its last beat.

/** Figures that are told, under the names of `/debug/vars`. */
export const beatFigures = [
  'heap_used_bytes',
  'heap_limit_bytes',
  'sockets',
  'clients',
  'rooms',
] as const

export type BeatFigures = Record<(typeof beatFigures)[number], number>

const headerBytes = 8

export class Beat {
  readonly buffer: SharedArrayBuffer
  /** The number of beats; whether a debugger may be attached. */
  readonly #header: Int32Array
  readonly #figures: Float64Array

  /** Of the thread that beats; the other one is given its buffer. */
  constructor(
    buffer: SharedArrayBuffer = new SharedArrayBuffer(headerBytes + 8 * beatFigures.length),
  ) {
    this.buffer = buffer
    this.#header = new Int32Array(buffer, 0, 2)
    this.#figures = new Float64Array(buffer, headerBytes)
  }

  get beats(): number {
    return Atomics.load(this.#header, 0)
  }

  /** The inspector listens: whoever is attached may have stopped the loop on purpose. */
  get debugged(): boolean {
    return Atomics.load(this.#header, 1) === 1
  }

  get figures(): BeatFigures {
    const told = beatFigures.map((name, at) => [name, this.#figures[at]!])
    return Object.fromEntries(told) as BeatFigures
  }

  /** The loop turns. */
  beat(figures: BeatFigures, debugged: boolean): void {
    for (const [at, name] of beatFigures.entries()) this.#figures[at] = figures[name]
    Atomics.store(this.#header, 1, debugged ? 1 : 0)
    Atomics.add(this.#header, 0, 1)
  }
}
