// Dumps, by what started them, and what the watchdog saw: counted from the node's events, as whoever writes them knows nothing of metrics.

import type { DumpReason, Events } from '@sluice/core'
import { count } from '../counters.ts'
import type { NodeEvent } from '../events.ts'

export class Dumps {
  readonly written: Map<DumpReason['trigger'], number> = new Map()
  readonly skipped: Map<DumpReason['trigger'], number> = new Map()
  readonly failed: Map<DumpReason['trigger'], number> = new Map()
  /** Times that the loop stood still, and turned again. */
  stalls = 0
  /** Ends the counting. */
  readonly close: () => void

  constructor(events: Events<NodeEvent>) {
    this.close = events.on((event) => {
      if (event.name === 'dump.written') count(this.written, event.trigger)
      else if (event.name === 'dump.skipped') count(this.skipped, event.trigger)
      else if (event.name === 'dump.failed') count(this.failed, event.trigger)
      else if (event.name === 'loop.stalled') this.stalls++
    })
  }
}
