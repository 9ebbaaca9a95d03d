// The named events of the bus. The library never logs: logs, metrics and the devtool are subscribers.

import type { LinkState } from './bus.ts'

/** What a bus tells about itself. */
export type BusEvent =
  /** A node's own part threw when the bus called it; all others were served. */
  | {
      name: 'host.failed'
      call: 'deliver' | 'control' | 'describe' | 'left' | 'disowned'
      error: unknown
    }
  /** A stream was dropped to keep within `maxHistoryBytes`: positions in it are refused from now on. */
  | { name: 'stream.evicted'; room: string }
  /** Keys were dropped before their time to keep within `maxIdempotencyKeys`: repeats of these are delivered again. */
  | { name: 'keys.forgotten'; keys: number }
  /** The link to the other nodes moved on. */
  | { name: 'link.changed'; state: LinkState }
  /** A connection to Redis ended; another is being made. */
  | { name: 'link.lost'; connection: 'commands' | 'pushes'; why: string }
  /** Publications that did not arrive were read from the stream and delivered. */
  | { name: 'gap.repaired'; room: string; messages: number }
  /** Publications did not arrive and the stream holds them no longer, or is another one: the room was told. */
  | { name: 'gap.told'; room: string; messages: number; why: 'trimmed' | 'epoch' | 'rollback' }
  /** Messages of a room without history did not arrive. */
  | { name: 'messages.lost'; room: string; messages: number }
  /** Something that no node of this version sends came over the bus. */
  | { name: 'frame.invalid'; channel: string }
