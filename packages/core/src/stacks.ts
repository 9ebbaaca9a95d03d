// Where a spawn stands in the source. The nearest line is read once for each site; the whole stack only of a sampled
// share of spawns, as a stack trace costs more than a spawn. The share is switched at run time: 0 costs one comparison.

import { SluiceError } from './errors.ts'

/** One frame of a stack. */
export interface StackFrame {
  function: string
  /** `room.ts:88` */
  at: string
}

/** Stacks kept, the newest: what is looked at is what happens now. */
const kept = 1_000
/** Frames of one stack. */
const deepest = 32

export class Stacks {
  readonly #stacks = new Map<string, readonly StackFrame[]>()
  #sample = 0
  #due = 0

  /** The share of spawns whose stack is kept, 0 to 1. Default 0. */
  get sample(): number {
    return this.#sample
  }

  set sample(share: number) {
    if (!(share >= 0 && share <= 1)) {
      throw new SluiceError('option_invalid', `sample: expected 0 to 1, got ${share}`)
    }
    this.#sample = share
  }

  /** An actor is being spawned; when a stack is due, it is this one's. */
  spawned(id: string): void {
    // Evenly, not by chance: the same run keeps the same stacks.
    this.#due += this.#sample
    if (this.#due < 1) return
    this.#due -= 1
    this.#stacks.set(id, readStack(deepest))
    if (this.#stacks.size <= kept) return
    const [oldest] = this.#stacks.keys()
    this.#stacks.delete(oldest!)
  }

  of(id: string): readonly StackFrame[] | undefined {
    return this.#stacks.size === 0 ? undefined : this.#stacks.get(id)
  }

  get size(): number {
    return this.#stacks.size
  }
}

/** The nearest line of the stack outside of the kernel: `connection.ts:88`. */
export function sourceLine(): string {
  return readStack(deepest)[0]?.at ?? ''
}

const here = pathOf(import.meta.url.replace(/[^/]*$/, ''))

/** The stack without the kernel's own frames and the host's. */
function readStack(limit: number): StackFrame[] {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = limit
  const stack = new Error('site').stack ?? ''
  Error.stackTraceLimit = before
  const frames: StackFrame[] = []
  for (const line of stack.split('\n').slice(1)) {
    const match =
      /^ *at (?:(.*?) \()?(?:async )?((?:file|https?):\/\/[^\s)]+|\/[^)]+):(\d+):\d+\)?$/.exec(line)
    if (match === null) continue
    const path = pathOf(match[2] ?? '')
    if (path.startsWith(here)) continue
    frames.push({ function: match[1] ?? '', at: `${path.split('/').pop()}:${match[3]}` })
  }
  return frames
}

/** Frames have file URLs where the host loads modules itself, and paths where a tool does. */
function pathOf(place: string): string {
  return place.startsWith('file://') ? decodeURI(place.slice(7)) : place
}
