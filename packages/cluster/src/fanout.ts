// Who hears a room, and the one order in which all of them hear it.
//
//   deliver(A) ─▶ node 1 ── publishes B while it hears A ──▶ deliver(B): waits in line
//              └▶ node 2   hears A, then the line moves: B ─▶ node 1, node 2
//
// Delivery is a call in the same turn, the fastest there is. Without the line, node 2 would hear B before A. The line
// moves before the outermost call returns; but rooms that answer each other for ever would hold the loop for ever, so
// after `burst` deliveries the rest has to wait for the next turn, and what comes meanwhile lines up behind it.

import type { Clock, Events } from '@sluice/core'
import type { BusHost, Control, Delivery } from './bus.ts'
import type { BusEvent } from './events.ts'

/** One subscription of one node. A dead one hears nothing, also of what is already in line. */
export interface Ear {
  readonly host: BusHost
  live: boolean
}

/** What waits, and for whom: those who subscribed before it was published. */
type Waiting =
  | { ears: readonly Ear[]; room: string; delivery: Delivery }
  | { ears: readonly Ear[]; command: Control }

const burst = 1_024

export class Fanout {
  readonly #clock: Clock
  readonly #events: Events<BusEvent> | undefined
  readonly #maxLine: number
  // Arrays are replaced, never changed: a delivery under way has its own.
  readonly #rooms = new Map<string, readonly Ear[]>()
  #everyone: readonly Ear[] = []
  #line: Waiting[] = []
  #busy = false

  constructor(clock: Clock, events: Events<BusEvent> | undefined, maxLine: number) {
    this.#clock = clock
    this.#events = events
    this.#maxLine = maxLine
  }

  /** True when the line is as long as it may be: nothing more may be published. */
  get full(): boolean {
    return this.#line.length >= this.#maxLine
  }

  /** Rooms that somebody hears. */
  get rooms(): number {
    return this.#rooms.size
  }

  subscribe(room: string, ear: Ear): void {
    this.#rooms.set(room, [...(this.#rooms.get(room) ?? []), ear])
  }

  unsubscribe(room: string, ear: Ear): void {
    ear.live = false
    const left = without(this.#rooms.get(room) ?? [], ear)
    if (left.length === 0) this.#rooms.delete(room)
    else this.#rooms.set(room, left)
  }

  /** Lets a node hear control commands. */
  join(ear: Ear): void {
    this.#everyone = [...this.#everyone, ear]
  }

  leave(ear: Ear): void {
    ear.live = false
    this.#everyone = without(this.#everyone, ear)
  }

  deliver(room: string, delivery: Delivery): void {
    const ears = this.#rooms.get(room)
    if (ears === undefined) return
    if (this.#busy) {
      this.#line.push({ ears, room, delivery })
      return
    }
    this.#busy = true
    this.#tell(ears, room, delivery)
    this.#move()
  }

  control(command: Control): void {
    const ears = this.#everyone
    if (this.#busy) {
      this.#line.push({ ears, command })
      return
    }
    this.#busy = true
    this.#command(ears, command)
    this.#move()
  }

  /** Forgets what is in line. */
  clear(): void {
    this.#line = []
  }

  #tell(ears: readonly Ear[], room: string, delivery: Delivery): void {
    for (const ear of ears) {
      if (!ear.live) continue
      try {
        ear.host.deliver(room, delivery)
      } catch (error) {
        this.#events?.emit({ name: 'host.failed', call: 'deliver', error })
      }
    }
  }

  #command(ears: readonly Ear[], command: Control): void {
    for (const ear of ears) {
      if (!ear.live) continue
      try {
        ear.host.control(command)
      } catch (error) {
        this.#events?.emit({ name: 'host.failed', call: 'control', error })
      }
    }
  }

  #move(): void {
    let moved = 0
    for (; moved < this.#line.length && moved < burst; moved++) {
      const next = this.#line[moved]
      if (next === undefined) break
      if ('command' in next) this.#command(next.ears, next.command)
      else this.#tell(next.ears, next.room, next.delivery)
    }
    if (moved > 0) this.#line = this.#line.slice(moved)
    // Still busy until the rest has moved: nobody overtakes it.
    if (this.#line.length > 0) this.#clock.soon(() => this.#move())
    else this.#busy = false
  }
}

function without(ears: readonly Ear[], gone: Ear): readonly Ear[] {
  return ears.filter((ear) => ear !== gone)
}
