// Dumps, by what started them: counted from the node's events, as whoever writes them knows nothing of metrics.

import type { Events } from '@sluice/core'
import type { NodeEvent } from '../events.ts'

export class Dumps {
  readonly written: Map<string, number> = new Map()
  readonly skipped: Map<string, number> = new Map()
  readonly failed: Map<string, number> = new Map()
  /** Ends the counting. */
  readonly close: () => void

  constructor(events: Events<NodeEvent>) {
    const counts = {
      'dump.written': this.written,
      'dump.skipped': this.skipped,
      'dump.failed': this.failed,
    }
    this.close = events.on((event) => {
      switch (event.name) {
        case 'dump.written':
        case 'dump.skipped':
        case 'dump.failed': {
          const by = counts[event.name]
          by.set(event.trigger, (by.get(event.trigger) ?? 0) + 1)
        }
      }
    })
  }
}
