// The bus: how a room reaches the same room on other nodes. The contract; implementations are named by what they
// are made of (memory-bus.ts, redis-bus.ts) and pass one suite (test/bus.contract.ts).
//
//   room ── publish ──▶ bus ──▶ every node that subscribed ── deliver ──▶ room
//
// A result is a value where it can be and a promise where it must be: the in-memory bus costs a call no promise.
// A failure is always a rejected promise, never a throw. It says that the bus does not know: what was asked may have
// happened or not. A publish is made safe to repeat by an idempotency key.
//
// Order: all nodes hear what a room's stream holds in the order of its offsets. What one node publishes and announces in
// one room is heard in the order of its calls, whether kept or not. Between an own delivery and the result of the call
// that caused it there is no order.
//
// Objects that the bus hands out are shared between rooms, history and results: read them, never write to them.

import type { MaybePromise } from '@sluice/core'

/** Where a stream stands. `offset` counts from 1 and never goes back in an epoch; `epoch` changes when the stream is lost. */
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
  /** Present when the room's stream took it. */
  offset?: number
  info?: ClientInfo
  tags?: Record<string, string>
  /** The trace that its publish belongs to, if that is followed. */
  traceparent?: string
}

/**
 * What a room hears from the bus, in the room's one order. A `gap`: publications before `position` did not arrive and the
 * stream no longer holds them, so whoever relies on a position must start anew. Only a bus with a link can lose any.
 */
export type Delivery =
  | { type: 'publication'; publication: Publication; epoch?: string }
  | { type: 'join'; info: ClientInfo }
  | { type: 'leave'; info: ClientInfo }
  | { type: 'gap'; position: Position }

export type Deliver = (room: string, delivery: Delivery) => void

/** How much of a room's past is kept. */
export interface HistoryOptions {
  /** Publications kept. At 0 they are counted and none is kept. */
  size: number
  /** How long a stream keeps its publications after the latest one. Epoch and offset stay for longer: each bus says how long. */
  ttlMs: number
}

export interface PublishOptions {
  /** Absent: the room has no history, the message is not kept and has no offset. */
  history?: HistoryOptions
  /**
   * A second publish with the same key in the same room within `idempotencyTtlMs` of the first changes nothing and
   * returns the first position. A bus holds a bounded number of keys and may forget the oldest early.
   */
  idempotencyKey?: string
  /** Default 120,000. */
  idempotencyTtlMs?: number
  info?: ClientInfo
  tags?: Record<string, string>
  /** Goes along to other nodes. In memory a trace goes along by itself, with the call. */
  traceparent?: string
  /**
   * The token of an owner of the room's name (`own`). Once the room has seen a newer token, a publish with an older one
   * fails with `owner_fenced`: an owner that stalled beyond its lease cannot write any more.
   */
  fence?: number
}

export interface HistoryQuery {
  /** At most this many publications; 0 asks for the position alone, absent for all. */
  limit?: number
  /** Publications after this position (before it, when `reverse`). Offset 0 without an epoch is the start of any stream. */
  since?: Position
  /** Newest first. */
  reverse?: boolean
}

export interface HistoryResult extends Position {
  /** A page when there is a `limit`: what it leaves out follows it without a hole. */
  publications: Publication[]
  /**
   * False when `since` names another epoch, a position from the future or one whose next publication was trimmed: then
   * `publications` is empty. Backwards nothing counts as trimmed: the past ends where it ends.
   */
  complete: boolean
}

export interface PresenceStats {
  numClients: number
  numUsers: number
}

/** A command for connections of one user, wherever they are. */
export type Control =
  | { type: 'subscribe'; user: string; client?: string; room: string }
  | {
      type: 'unsubscribe'
      user: string
      client?: string
      room: string
      code: number
      reason: string
    }
  | { type: 'disconnect'; user: string; client?: string; code: number; reason: string }
  /** `expireAt` in Unix seconds, as tokens have it. */
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

/** An answer put together from what each node told; `silent` names the nodes that are members but did not tell in time. */
export interface Survey<T> {
  value: T
  silent: string[]
}

/** Who owns a name. Tokens of one name only grow: of two owners, the one with the smaller token is the former. */
export interface Ownership {
  /** The `uid` of the node that owns it. */
  owner: string
  token: number
  /** True when it is this node. */
  own: boolean
}

/** Where the link to the other nodes stands. A bus in memory is always `up` until it is `closed`. */
export type LinkState = 'connecting' | 'resyncing' | 'up' | 'down' | 'closed'

/** What a bus holds at this moment. */
export interface BusFigures {
  /** Rooms that this node hears. */
  rooms: number
  /** Bytes that wait to be sent. */
  sendBytes: number
  /** Bytes that arrived and wait to be delivered. */
  deliverBytes: number
}

/** The link to one primary of Redis. */
export interface LinkHealth {
  /** `host:port`; empty for the only one. */
  address: string
  state: LinkState
  /** For how long it has been so. */
  sinceMs: number
  /** What the last ping took; absent until one came back through the connection of now. */
  roundTripMs?: number
  /** How often it was lost. */
  losses: number
}

/** This node's place in the cluster: it is out once it could not renew its lease for so long. */
export interface LeaseHealth {
  /** A whole one. */
  ms: number
  /** Of it, by this node's own clock; negative since it is over. */
  leftMs: number
  /** How often it was over before it was renewed. */
  lapses: number
  /** Names of nodes whose lease is over and what is left of whom this node takes away now. */
  reaping: string[]
  /** How many it has done away with. */
  reaped: number
}

/** Another node's lease, as this node last heard of it. */
export interface PeerHealth {
  uid: string
  name: string
  leftMs: number
}

/** How this node stands to the others. */
export interface BusHealth {
  /** One for each primary; none where nothing lies between the nodes. */
  links: LinkHealth[]
  /** Absent where a node cannot be out: in memory, and after `close`. */
  lease?: LeaseHealth
  /** Of those that can be out. */
  peers: PeerHealth[]
  /** Names that this node owns. */
  owned: number
}

/** A question from another node, or from this one to itself. */
export interface Question {
  /** As text: the bus never parses it. */
  question: string
  /** The `uid` of the node that asks. */
  from: string
  /** What is left of the asker's time. */
  timeoutMs: number
}

/** What the bus needs of the node it serves. */
export interface BusHost {
  /** Called for every delivery of a subscribed room. Should it throw, that is an event and nobody else's loss. */
  deliver: Deliver
  /** Called for every control command, this node's own included. Should it throw: as above. */
  control: (command: Control) => void
  /** This node, as `nodes` shows it. */
  describe: () => NodeInfo
  /** Answers a question that a node asked this one (`Bus.ask`). Absent: every question fails with `not_available`. */
  answer?: (question: Question) => MaybePromise<string>
  /** Called on one of the survivors: these clients were present in the room on a node that is gone. Should it throw: as above. */
  left?: (room: string, clients: ClientInfo[]) => void
  /** This node owns the name no longer, because it was out of the cluster for longer than its lease. Should it throw: as above. */
  disowned?: (name: string) => void
}

export interface Bus {
  /**
   * Delivers to every subscribed node; settles when the stream (if any) holds it. The position is absent without history.
   * Without a link to the others, what needs a stream fails and the rest is delivered on this node.
   */
  publish(room: string, data: string, options: PublishOptions): MaybePromise<Position | undefined>
  /** When it resolves, every later publication is delivered. Idempotent. The last call for a room wins. */
  subscribe(room: string): MaybePromise<void>
  /** When it resolves, nothing more is delivered. Idempotent. */
  unsubscribe(room: string): MaybePromise<void>
  /** Reads a stream; makes the epoch if the room has none yet. */
  history(room: string, query: HistoryQuery, options: HistoryOptions): MaybePromise<HistoryResult>
  /** Forgets the publications. Epoch and offset stay, so that only who missed nothing can still recover. */
  removeHistory(room: string): MaybePromise<void>

  /** A client belongs to the node that added it and leaves with it; adding it again replaces its info. */
  addPresence(room: string, info: ClientInfo): MaybePromise<void>
  removePresence(room: string, client: string): MaybePromise<void>
  /** In no particular order. */
  presence(room: string): MaybePromise<ClientInfo[]>
  presenceStats(room: string): MaybePromise<PresenceStats>
  /** Tells the room's subscribers that a client came or went. */
  announce(room: string, type: 'join' | 'leave', info: ClientInfo): MaybePromise<void>

  control(command: Control): MaybePromise<void>
  /**
   * Rooms with at least one member somewhere, by name, with the members' number. `pattern` is a glob with `*`.
   * First tells the others what this node's `setMembers` has not told them yet.
   */
  rooms(pattern?: string): MaybePromise<Survey<Map<string, number>>>
  /** This node says how many members a room has here, so that `rooms` can add them up. 0 forgets it. */
  setMembers(room: string, members: number): void
  /** Every node, this one included. */
  nodes(): MaybePromise<Survey<NodeInfo[]>>

  /**
   * Asks a node by its `uid`, also this one. Fails with `ask_timeout` when no answer came in time, with `ask_failed` in the
   * answerer's words, and with `actor_dead` when the node is gone.
   */
  ask(node: string, question: string, timeoutMs: number): Promise<string>
  /**
   * Who owns the name; this node if nobody does. At most one node does at a time, unless it was stalled beyond its lease: that is
   * what the token is for. A name stays owned until `disown`, `close`, or the end of the owner's lease.
   */
  own(name: string): MaybePromise<Ownership>
  /** Gives the name up, if this node owns it. Idempotent. */
  disown(name: string): MaybePromise<void>

  /** True while deliveries are known to arrive. */
  ready(): boolean
  linkState(): LinkState
  figures(): BusFigures
  /** Plain data, of this moment; asks nobody. */
  health(): BusHealth
  /**
   * Ends this node's part: it hears nothing more, its presence, members and entry in `nodes` are gone, streams stay.
   * Later calls that would only undo something do nothing, all others fail with `closed`. Idempotent.
   */
  close(): Promise<void>
}
