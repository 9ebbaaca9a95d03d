// The bus: how a room reaches the same room on other nodes. The contract; implementations are named by what they
// are made of (memory-bus.ts, redis-bus.ts) and pass one suite (test/bus.contract.ts).
//
//   room ── publish ──▶ bus ──▶ every node that subscribed ── deliver ──▶ room
//
// A result is a value where it can be and a promise where it must be: the in-memory bus costs a call no promise.

import type { MaybePromise } from '@sluice/core'

/** Where a stream stands. `offset` counts from 1; `epoch` changes when the stream is lost. */
export interface Position {
  offset: number
  epoch: string
}

/** Who a client is, as presence, join and leave tell it. */
export interface ClientInfo {
  client: string
  user: string
  connInfo?: unknown
  chanInfo?: unknown
}

/** One message of a room. `data` is the JSON text as published: the bus never parses it. */
export interface Publication {
  data: string
  /** Present when the room has history. */
  offset?: number
  info?: ClientInfo
  tags?: Record<string, string>
}

/** What a room hears from the bus, in the room's one order. */
export type Delivery =
  | { type: 'publication'; publication: Publication; epoch?: string }
  | { type: 'join'; info: ClientInfo }
  | { type: 'leave'; info: ClientInfo }

export type Deliver = (room: string, delivery: Delivery) => void

/** How much of a room's past is kept. */
export interface HistoryOptions {
  size: number
  ttlMs: number
}

export interface PublishOptions {
  /** Absent: the room has no history, the message is not kept and has no offset. */
  history?: HistoryOptions
  /** A second publish with the same key within `idempotencyTtlMs` changes nothing and returns the first position. */
  idempotencyKey?: string
  /** Default 120,000. */
  idempotencyTtlMs?: number
  info?: ClientInfo
  tags?: Record<string, string>
}

export interface HistoryQuery {
  /** At most this many publications; 0 asks for the position alone, absent for all. */
  limit?: number
  /** Publications after this position (before it, when `reverse`). */
  since?: Position
  reverse?: boolean
}

export interface HistoryResult extends Position {
  publications: Publication[]
  /** False when `since` names another epoch, a trimmed position or one from the future: then `publications` is empty. */
  complete: boolean
}

export interface PresenceStats {
  numClients: number
  numUsers: number
}

/** A command for connections of one user, wherever they are. */
export type Control =
  | { type: 'subscribe'; user: string; client?: string; room: string }
  | { type: 'unsubscribe'; user: string; client?: string; room: string; code: number; reason: string }
  | { type: 'disconnect'; user: string; client?: string; code: number; reason: string }
  | { type: 'refresh'; user: string; client?: string; expired?: boolean; expireAt?: number }

export interface NodeInfo {
  uid: string
  name: string
  version: string
  numClients: number
  numUsers: number
  numChannels: number
  /** Seconds. */
  uptime: number
}

/** Facts about this node that the bus tells the others. */
export interface BusHost {
  /** Called for every delivery of a subscribed room. Must not throw. */
  deliver: Deliver
  /** Called for every control command, this node's own included. Must not throw. */
  control: (command: Control) => void
  /** This node, as `info` shows it. */
  describe: () => NodeInfo
}

export interface Bus {
  /** Delivers to every subscribed node and resolves when the stream (if any) holds it. Position is absent without history. */
  publish(room: string, data: string, options: PublishOptions): MaybePromise<Position | undefined>
  /** When it resolves, every later publication is delivered. Idempotent. */
  subscribe(room: string): MaybePromise<void>
  unsubscribe(room: string): MaybePromise<void>
  /** Reads a stream; makes the epoch if the room has none yet. */
  history(room: string, query: HistoryQuery, options: HistoryOptions): MaybePromise<HistoryResult>
  removeHistory(room: string): MaybePromise<void>

  addPresence(room: string, info: ClientInfo): MaybePromise<void>
  removePresence(room: string, client: string): MaybePromise<void>
  presence(room: string): MaybePromise<ClientInfo[]>
  presenceStats(room: string): MaybePromise<PresenceStats>
  /** Tells the room's subscribers that a client came or went. */
  announce(room: string, type: 'join' | 'leave', info: ClientInfo): MaybePromise<void>

  control(command: Control): MaybePromise<void>
  /** Rooms with at least one member somewhere, by name, with the members' number. `pattern` is a glob with `*`. */
  rooms(pattern?: string): MaybePromise<Map<string, number>>
  /** This node says how many members a room has here, so that `rooms` can add them up. 0 forgets it. */
  setMembers(room: string, members: number): void
  nodes(): MaybePromise<NodeInfo[]>
  /** True while deliveries are known to arrive. */
  ready(): boolean
  close(): Promise<void>
}
