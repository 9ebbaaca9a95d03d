// The end of a turn: rooms hand their members what they gathered, then every outlet writes once.

import type { System, TurnTask } from '@sluice/core'
import type { Outlet } from './outlet.ts'

/** A room's gathered messages. */
export interface Gathered {
  flush(): void
}

export class Writer implements TurnTask {
  readonly #system: Pick<System, 'now' | 'atTurnEnd' | 'report'>
  #rooms: Gathered[] = []
  #outlets: Outlet[] = []
  #due = false

  constructor(system: Pick<System, 'now' | 'atTurnEnd' | 'report'>) {
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
    const rooms = this.#rooms
    this.#rooms = []
    for (const room of rooms) this.#flush(room)
    // Not before all rooms: a member of several writes once.
    const outlets = this.#outlets
    this.#outlets = []
    this.#due = false
    for (const outlet of outlets) this.#flush(outlet)
  }

  /** One that throws takes no other's messages with it. */
  #flush(gathered: Gathered): void {
    try {
      gathered.flush()
    } catch (error) {
      this.#system.report(error)
    }
  }

  #ask(): void {
    if (this.#due) return
    this.#due = true
    this.#system.atTurnEnd(this)
  }
}
