// The named events of the bus. The library never logs: logs, metrics and the devtool are subscribers.

/** What a bus tells about itself. */
export type BusEvent =
  /** A node's own part threw when the bus called it; all others were served. */
  | { name: 'host.failed'; call: 'deliver' | 'control' | 'describe'; error: unknown }
  /** A stream was dropped to keep within `maxHistoryBytes`: positions in it are refused from now on. */
  | { name: 'stream.evicted'; room: string }
  /** Keys were dropped before their time to keep within `maxIdempotencyKeys`: repeats of these are delivered again. */
  | { name: 'keys.forgotten'; keys: number }
