// Every number that ends something: a command (errors), a connection (disconnects), a subscription (unsubscribes).
// The ranges of the last two answer the client's question "shall I try again?":
//
//   close        …2999 yes, but 1009 │ 3000–3499 yes │ 3500–3999 no │ 4000–4499 yes │ 4500–4999 no
//   unsubscribe  …2499 no            │ 2500… yes

/** Why a command failed, as a reply says it. Own codes start at 400. */
export interface ErrorReply {
  readonly code: number
  readonly message: string
  /** True when the same command may succeed a moment later. */
  readonly temporary?: boolean
}

/** Why a connection ended: the code and reason of the close frame. */
export interface Disconnect {
  readonly code: number
  readonly reason: string
}

/** Why a subscription ended while its connection goes on. */
export interface Unsubscribe {
  readonly code: number
  readonly reason: string
}

/** What a command may be answered with instead of a result. */
export const errors = {
  internal: { code: 100, message: 'internal server error', temporary: true },
  unauthorized: { code: 101, message: 'unauthorized' },
  unknownChannel: { code: 102, message: 'unknown channel' },
  permissionDenied: { code: 103, message: 'permission denied' },
  methodNotFound: { code: 104, message: 'method not found' },
  alreadySubscribed: { code: 105, message: 'already subscribed' },
  limitExceeded: { code: 106, message: 'limit exceeded' },
  badRequest: { code: 107, message: 'bad request' },
  notAvailable: { code: 108, message: 'not available' },
  tokenExpired: { code: 109, message: 'token expired' },
  expired: { code: 110, message: 'expired' },
  tooManyRequests: { code: 111, message: 'too many requests', temporary: true },
  unrecoverablePosition: { code: 112, message: 'unrecoverable position' },
} as const

/** Close codes. Below 3000 they are RFC 6455's own and keep the meaning of its section 7.4.1. */
export const disconnects = {
  goingAway: { code: 1001, reason: 'going away' },
  protocolError: { code: 1002, reason: 'protocol error' },
  unsupportedData: { code: 1003, reason: 'unsupported data' },
  invalidPayload: { code: 1007, reason: 'invalid payload' },
  messageTooBig: { code: 1009, reason: 'message too big' },

  connectionClosed: { code: 3000, reason: 'connection closed' },
  shutdown: { code: 3001, reason: 'shutdown' },
  internal: { code: 3004, reason: 'internal server error' },
  expired: { code: 3005, reason: 'connection expired' },
  subscriptionExpired: { code: 3006, reason: 'subscription expired' },
  slow: { code: 3008, reason: 'slow' },
  writeError: { code: 3009, reason: 'write error' },
  insufficientState: { code: 3010, reason: 'insufficient state' },
  forceReconnect: { code: 3011, reason: 'force reconnect' },
  noPong: { code: 3012, reason: 'no pong' },
  tooManyRequests: { code: 3013, reason: 'too many requests' },

  invalidToken: { code: 3500, reason: 'invalid token' },
  badRequest: { code: 3501, reason: 'bad request' },
  stale: { code: 3502, reason: 'stale' },
  forceDisconnect: { code: 3503, reason: 'force disconnect' },
  connectionLimit: { code: 3504, reason: 'connection limit' },
  channelLimit: { code: 3505, reason: 'channel limit' },
  inappropriateProtocol: { code: 3506, reason: 'inappropriate protocol' },
  permissionDenied: { code: 3507, reason: 'permission denied' },
  notAvailable: { code: 3508, reason: 'not available' },
  tooManyErrors: { code: 3509, reason: 'too many errors' },
} as const

/** Codes of the unsubscribe push. */
export const unsubscribes = {
  server: { code: 2000, reason: 'server unsubscribe' },
  insufficientState: { code: 2500, reason: 'insufficient state' },
  expired: { code: 2501, reason: 'subscription expired' },
} as const

for (const table of [errors, disconnects, unsubscribes]) {
  Object.freeze(table)
  for (const entry of Object.values(table)) Object.freeze(entry)
}

/** True when a client that was closed with this code connects again by itself. */
export function reconnects(code: number): boolean {
  // The one code of RFC 6455 a client takes as final: the same message would be too big again.
  if (code === disconnects.messageTooBig.code) return false
  return !((code >= 3500 && code < 4000) || (code >= 4500 && code < 5000))
}

/** True when a client that got an unsubscribe push with this code subscribes again by itself. */
export function resubscribes(code: number): boolean {
  return code >= 2500
}
