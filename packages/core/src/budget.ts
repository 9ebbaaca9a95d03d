// How many actors may live below one actor. A behaviour that spawns without end fails alone, before the table is full.
// Nested budgets count apart: an actor counts against the nearest one above it.

import type { Actor } from './actor.ts'

export class Budget {
  readonly holder: Actor
  readonly limit: number
  used = 0

  constructor(holder: Actor, limit: number) {
    this.holder = holder
    this.limit = limit
  }

  /** False when the budget is spent. */
  take(): boolean {
    if (this.used >= this.limit) return false
    this.used++
    return true
  }

  release(): void {
    this.used--
  }
}
