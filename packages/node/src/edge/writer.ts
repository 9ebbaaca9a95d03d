// The end of a turn: rooms hand their members what they gathered, then every outlet writes once.

import type { System, TurnTask } from '@sluice/core'
import type { Outlet } from './outlet.ts'

/** A room's gathered messages. */
export interface Gathered {
  flush(): void
}

export class Writer implements TurnTask {
  readonly #system: System
  #rooms: Gathered[] = []
  #outlets: Outlet[] = []
  #due = false

  constructor(system: System) {
    this.#system = system
  }

  /** Clock time, as the system's. */
  get now(): number {
    return this.#system.now
  }

  room(room: Gathered): void {
    this.#rooms.push(room)
    this.#ask()
  }

  outlet(outlet: Outlet): void {
    this.#outlets.push(outlet)
    this.#ask()
  }

  run(): void {
    this.#due = false
    const rooms = this.#rooms
    this.#rooms = []
    for (const room of rooms) room.flush()
    // Not before all rooms: a member of several writes once.
    const outlets = this.#outlets
    this.#outlets = []
    for (const outlet of outlets) outlet.flush()
  }

  #ask(): void {
    if (this.#due) return
    this.#due = true
    this.#system.atTurnEnd(this)
  }
}
