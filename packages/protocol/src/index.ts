// The public names of the wire, users' first.

export { decodeFrame } from './decode.ts'
export { encodeError, encodeReply, joinFrames, pingText } from './replies.ts'
export {
  encodeDisconnect,
  encodeJoin,
  encodeLeave,
  encodeMessage,
  encodePublication,
  encodeRefresh,
  encodeSubscribe,
  encodeUnsubscribe,
} from './pushes.ts'
export { closeReason } from './close-reason.ts'
export { disconnects, errors, reconnects, resubscribes, unsubscribes } from './codes.ts'
export { ProtocolError } from './error.ts'
export { decodeDefaults, resolveDecodeLimits } from './limits.ts'

export type { Disconnect, ErrorReply, Unsubscribe } from './codes.ts'
export type { DecodeLimits } from './limits.ts'
export type {
  ClientInfo,
  Command,
  ConnectRequest,
  ConnectResult,
  Decoded,
  Empty,
  HistoryRequest,
  HistoryResult,
  Method,
  Pong,
  Position,
  Publication,
  RefreshPush,
  RefreshResult,
  Rejected,
  Requests,
  Results,
  SubscribePush,
  SubscribeRequest,
  SubscribeResult,
} from './messages.ts'
