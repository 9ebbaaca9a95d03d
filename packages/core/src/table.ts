// The actor table: one row per actor, one column per fact, in shared memory, so that a histogram of a million actors
// takes milliseconds, a dump is one consistent cut, and a second thread can read it when the first one hangs.
//
//   row   state  since  behavior  parent  wait…  depth  site  serial  handled  restarts
//   0     idle   12.5   root      -       -      0      0     1       7        0
//   1     …
//
// A reference is row + generation: a row that is used again has another generation, so a stale reference shows.

import { SluiceError } from './errors.ts'
import { State, states } from './lifecycle.ts'

/** What an actor can wait on; the index is the code in the table, 0 is none. */
export const waitClasses = [
  'none',
  'socket', // a peer that does not read
  'ask', // a reply
  'mailbox', // a full receiver
  'lock', // a turn, a permit
  'redis',
  'timer',
  'child',
  'promise', // an await nobody named
] as const

export type WaitClass = Exclude<(typeof waitClasses)[number], 'none'>

export const waitCode = Object.fromEntries(waitClasses.map((name, code) => [name, code])) as Record<
  (typeof waitClasses)[number],
  number
>

/** No row: the parent of the root, the target of a wait on something that is no actor. */
export const noRow = 0xffffffff

/** How much longer than its grace time an actor may live before it counts as an orphan: timers are late at times. */
export const orphanSlackMs = 1_000

export interface TableOptions {
  /** Rows. Memory is touched only when used. Default 1,048,576. */
  maxActors?: number
}

export const tableDefaults: Required<TableOptions> = { maxActors: 1_048_576 }

export type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array

export class Table {
  readonly capacity: number
  readonly state: Uint8Array
  readonly waitClass: Uint8Array
  readonly behavior: Uint16Array
  readonly restarts: Uint16Array
  readonly generation: Uint32Array
  readonly parent: Uint32Array
  /** Interned name of what is waited on. */
  readonly waitName: Uint32Array
  /** Row and generation of the actor waited on; `noRow` when it is none. */
  readonly waitRow: Uint32Array
  readonly waitGeneration: Uint32Array
  /** Messages in the mailbox. */
  readonly depth: Uint32Array
  readonly site: Uint32Array
  /** The recorder's newest entry for this row. */
  readonly lastRecord: Uint32Array
  /** Interned type of the message whose handler awaits something; 0 for none. */
  readonly message: Uint32Array
  readonly handled: Float64Array
  readonly since: Float64Array
  readonly waitSince: Float64Array
  readonly waitDeadline: Float64Array
  readonly spawnedAt: Float64Array
  /** When its context ended; Infinity while it lives. */
  readonly endedAt: Float64Array
  /** When the grace time that its end left it is over; means nothing before it. */
  readonly graceUntil: Float64Array
  /** Counts spawns: the order of siblings. */
  readonly serial: Float64Array
  /** Live rows by state, in the order of `states`. */
  readonly population: Int32Array
  /** Rows below this one were used at least once. */
  readonly top: Int32Array
  /** The row of the actor whose hooks are on the stack; `noRow` when there is none. */
  readonly current: Uint32Array
  /** All of the above that say something of a row, but for `serial`. */
  readonly columns: readonly Column[]
  readonly buffers: readonly ArrayBufferLike[]

  readonly #nextFree: Int32Array
  #free = -1
  #serial = 0

  /** `memory` is another table's, to be read and not written. */
  constructor(options: TableOptions = {}, memory?: readonly ArrayBufferLike[]) {
    const n = options.maxActors ?? tableDefaults.maxActors
    if (!Number.isInteger(n) || n < 1 || n > 1 << 24) {
      throw new SluiceError('option_invalid', `maxActors: expected 1 to ${1 << 24}, got ${n}`)
    }
    this.capacity = n
    const buffers: ArrayBufferLike[] = []
    const bytes = (size: number): ArrayBufferLike => {
      // What a copy has no need of is empty.
      const buffer = memory === undefined ? allocate(size) : (memory[buffers.length] ?? allocate(0))
      buffers.push(buffer)
      return buffer
    }
    const columns: Column[] = []
    const column = <C extends Column>(made: C): C => {
      columns.push(made)
      return made
    }
    this.state = column(new Uint8Array(bytes(n)))
    this.waitClass = column(new Uint8Array(bytes(n)))
    this.behavior = column(new Uint16Array(bytes(n * 2)))
    this.restarts = column(new Uint16Array(bytes(n * 2)))
    this.generation = column(new Uint32Array(bytes(n * 4)))
    this.parent = column(new Uint32Array(bytes(n * 4)))
    this.waitName = column(new Uint32Array(bytes(n * 4)))
    this.waitRow = column(new Uint32Array(bytes(n * 4)))
    this.waitGeneration = column(new Uint32Array(bytes(n * 4)))
    this.depth = column(new Uint32Array(bytes(n * 4)))
    this.site = column(new Uint32Array(bytes(n * 4)))
    this.lastRecord = column(new Uint32Array(bytes(n * 4)))
    this.message = column(new Uint32Array(bytes(n * 4)))
    this.handled = column(new Float64Array(bytes(n * 8)))
    this.since = column(new Float64Array(bytes(n * 8)))
    this.waitSince = column(new Float64Array(bytes(n * 8)))
    this.waitDeadline = column(new Float64Array(bytes(n * 8)))
    this.spawnedAt = column(new Float64Array(bytes(n * 8)))
    this.endedAt = column(new Float64Array(bytes(n * 8)))
    this.graceUntil = column(new Float64Array(bytes(n * 8)))
    this.population = new Int32Array(bytes(states.length * 4))
    this.top = new Int32Array(bytes(4))
    this.current = new Uint32Array(bytes(4))
    if (memory === undefined) this.current[0] = noRow
    this.serial = new Float64Array(bytes(n * 8))
    this.#nextFree = new Int32Array(bytes(n * 4))
    this.columns = columns
    this.buffers = buffers
  }

  /** What the rows used so far say at this moment, to be read later: nobody can be spawned in it. */
  copy(): Table {
    const rows = Math.max(1, this.top[0]!)
    // Whole columns at a time: a loop over rows that has never run before takes three times as long.
    const columns = this.columns.map((column) => column.slice(0, rows))
    const rest = [this.population, this.top, this.current].map((column) => column.slice())
    return new Table(
      { maxActors: rows },
      [...columns, ...rest].map(({ buffer }) => buffer),
    )
  }

  /** Actors alive. */
  get live(): number {
    const p = this.population
    return (p[State.idle] ?? 0) + (p[State.running] ?? 0) + (p[State.waiting] ?? 0)
  }

  /** Takes a row for a new actor, idle since `now`. Throws `too_many_actors` when the table is full. */
  claim(behavior: number, parent: number, site: number, now: number): number {
    let row = this.#free
    if (row >= 0) this.#free = this.#nextFree[row] ?? -1
    else {
      row = this.top[0] ?? 0
      if (row >= this.capacity) {
        throw new SluiceError('too_many_actors', `the table holds ${this.capacity} actors`)
      }
      this.top[0] = row + 1
    }
    this.waitClass[row] = 0
    this.behavior[row] = behavior
    this.restarts[row] = 0
    this.parent[row] = parent
    this.waitName[row] = 0
    this.waitRow[row] = noRow
    this.depth[row] = 0
    this.site[row] = site
    this.lastRecord[row] = 0
    this.message[row] = 0
    this.handled[row] = 0
    this.since[row] = now
    this.waitSince[row] = 0
    this.waitDeadline[row] = 0
    this.spawnedAt[row] = now
    this.endedAt[row] = Infinity
    this.serial[row] = ++this.#serial
    // Last: to another thread, a row that is not whole yet is still a dead one.
    this.state[row] = State.idle
    this.population[State.idle]!++
    return row
  }

  /** Gives a dead actor's row back; the next actor in it has another generation. */
  release(row: number): void {
    this.generation[row] = ((this.generation[row] ?? 0) + 1) >>> 0
    this.#nextFree[row] = this.#free
    this.#free = row
  }

  /** True while the row still holds the actor that the reference meant. */
  holds(row: number, generation: number): boolean {
    return (
      row < (this.top[0] ?? 0) &&
      this.generation[row] === generation &&
      this.state[row] !== State.dead
    )
  }
}

/** Row and generation as everybody writes them: `7f3a`, `7f3a.2`. */
export function idOf(row: number, generation: number): string {
  const id = row.toString(16)
  return generation === 0 ? id : `${id}.${generation.toString(16)}`
}

/** Shared memory where the host allows it; a browser without cross-origin isolation does not. */
export function allocate(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === 'function'
    ? new SharedArrayBuffer(bytes)
    : new ArrayBuffer(bytes)
}
