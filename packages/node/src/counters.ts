// What a node counts on its hot paths: plain numbers, read by the metrics when somebody asks.

export interface Counters {
  framesIn: number
  bytesIn: number
  commands: number
  /** Replies with an error, by code. */
  readonly replyErrors: Map<number, number>
  /** Messages × members. */
  deliveries: number
  published: number
  /** Messages that a tolerant room left out for a slow member. */
  dropped: number
  accepted: number
  /** Upgrades refused, by HTTP status. */
  readonly refused: Map<number, number>
  /** Connections that ended, by close code. */
  readonly closed: Map<number, number>
  /** Subscriptions that the server ended, by code. */
  readonly unsubscribed: Map<number, number>
  slow: number
  recovered: number
  unrecovered: number
  busFailures: number
  /** Connections to Redis that ended. */
  busLosses: number
  /** Publications that the bus read from their stream, since they had not arrived. */
  busRepaired: number
  /** Times that a room was told of a gap. */
  busGaps: number
  /** Messages without history that did not arrive. */
  busLost: number
}

export function createCounters(): Counters {
  return {
    framesIn: 0,
    bytesIn: 0,
    commands: 0,
    replyErrors: new Map(),
    deliveries: 0,
    published: 0,
    dropped: 0,
    accepted: 0,
    refused: new Map(),
    closed: new Map(),
    unsubscribed: new Map(),
    slow: 0,
    recovered: 0,
    unrecovered: 0,
    busFailures: 0,
    busLosses: 0,
    busRepaired: 0,
    busGaps: 0,
    busLost: 0,
  }
}

/** One more under this key. */
export function count<K>(counters: Map<K, number>, key: K): void {
  counters.set(key, (counters.get(key) ?? 0) + 1)
}
