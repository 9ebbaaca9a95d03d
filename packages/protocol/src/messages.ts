// What a client and a node tell each other, as both sides of this package see it: camelCase, and zero values filled in
// where the wire leaves them out.
//
//   client ── command {id, method, request} ──▶ node
//   client ◀── reply {id, result | error} ───── node
//   client ◀── push {channel, …} ────────────── node
//
// `unknown` is a JSON value as JavaScript has it; `undefined` there means that the field is absent, which is not `null`.
// The exception is the data of a publication: JSON text, written once and spliced into every frame as it is.

import type { ErrorReply } from './codes.ts'

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

/** One message of a room. */
export interface Publication {
  /** JSON text with no line break in it, as JSON.stringify writes it: a line break would end the reply. */
  data: string
  /** Present when the room has history. */
  offset?: number
  info?: ClientInfo
  tags?: Record<string, string>
  /** True when `data` is a JSON string that holds the difference from the publication before. */
  delta?: boolean
}

/** A request or result that has nothing to say. */
export type Empty = Readonly<Record<string, never>>

export interface ConnectRequest {
  /** Empty when there is none, as everywhere. */
  token: string
  data: unknown
  /** Server-side subscriptions the client wants to recover. */
  subs: SubscribeRequest[]
  name: string
  version: string
}

export interface SubscribeRequest {
  channel: string
  token: string
  data: unknown
  recover: boolean
  offset: number
  epoch: string
  positioned: boolean
  recoverable: boolean
  joinLeave: boolean
  /** The wanted delta format, `fossil` or empty. */
  delta: string
  /** The client would rather have error 112 than a subscription that could not recover: it loads its state anew then. */
  rejectUnrecovered: boolean
}

export interface HistoryRequest {
  channel: string
  /** 0 asks for the position alone, a negative one for as many as the node gives. */
  limit: number
  since: Position | undefined
  reverse: boolean
}

/** The request of every method. Inside a node `send` is a method like the others, though it gets no reply. */
export interface Requests {
  connect: ConnectRequest
  subscribe: SubscribeRequest
  unsubscribe: { channel: string }
  publish: { channel: string; data: unknown }
  presence: { channel: string }
  presenceStats: { channel: string }
  history: HistoryRequest
  rpc: { method: string; data: unknown }
  send: { data: unknown }
  refresh: { token: string }
  subRefresh: { channel: string; token: string }
  ping: Empty
}

export type Method = keyof Requests

/** What a client asks for. `id` is 0 for a `send` that has none. */
export type Command = { [M in Method]: { id: number; method: M; request: Requests[M] } }[Method]

/** The client's answer to a ping. */
export interface Pong {
  method: 'pong'
}

/** A command that can be answered and not executed. */
export interface Rejected {
  method: 'rejected'
  id: number
  error: ErrorReply
}

/** What one line of a frame turns out to be. */
export type Decoded = Command | Pong | Rejected

export interface ConnectResult {
  client: string
  version: string
  /** Seconds between two pings of the server. */
  ping?: number
  /** True when the server waits for pongs. */
  pong?: boolean
  session?: string
  node?: string
  expires?: boolean
  /** Seconds. */
  ttl?: number
  data?: unknown
  /** Server-side subscriptions by room. */
  subs?: ReadonlyMap<string, SubscribeResult>
}

export interface SubscribeResult {
  recoverable?: boolean
  positioned?: boolean
  epoch?: string
  offset?: number
  recovered?: boolean
  wasRecovering?: boolean
  publications?: readonly Publication[]
  expires?: boolean
  /** Seconds. */
  ttl?: number
  data?: unknown
  delta?: boolean
}

export interface HistoryResult extends Position {
  publications: readonly Publication[]
}

export interface RefreshResult {
  client?: string
  version?: string
  expires?: boolean
  /** Seconds. */
  ttl?: number
}

/** The result of every method that has a reply. */
export interface Results {
  connect: ConnectResult
  subscribe: SubscribeResult
  unsubscribe: Empty
  publish: Empty
  /** The wire keys the clients by their id. */
  presence: { presence: readonly ClientInfo[] }
  presenceStats: { numClients: number; numUsers: number }
  history: HistoryResult
  rpc: { data?: unknown }
  refresh: RefreshResult
  subRefresh: { expires?: boolean; ttl?: number }
  ping: Empty
}

/** The push that tells a client of a subscription it did not ask for. */
export interface SubscribePush {
  recoverable?: boolean
  positioned?: boolean
  epoch?: string
  offset?: number
  data?: unknown
}

/** The push that tells a client how long its connection has left. */
export interface RefreshPush {
  expires?: boolean
  /** Seconds. */
  ttl?: number
}
