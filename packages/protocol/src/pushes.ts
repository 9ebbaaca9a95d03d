// What a node tells a client unasked: one JSON object each, with no line break in it.
//
//   {"push":{"channel":"room","pub":{…}}}

import type { Disconnect, Unsubscribe } from './codes.ts'
import type { ClientInfo, Publication, RefreshPush, SubscribePush } from './messages.ts'
import { writeExpiry, writeInfo, writePublication, writeStream } from './shapes.ts'
import { count, json, object, quote, raw, text } from './writer.ts'

/** The push of one publication. Encoded once per room, however many members read it. */
export function encodePublication(channel: string, publication: Publication): string {
  return push(channel, 'pub', writePublication(publication))
}

export function encodeJoin(channel: string, info: ClientInfo): string {
  return push(channel, 'join', object(raw('info', writeInfo(info))))
}

export function encodeLeave(channel: string, info: ClientInfo): string {
  return push(channel, 'leave', object(raw('info', writeInfo(info))))
}

/** The client's subscription ended, and `resubscribes(code)` says whether for good. */
export function encodeUnsubscribe(channel: string, { code, reason }: Unsubscribe): string {
  return push(channel, 'unsubscribe', object(count('code', code) + text('reason', reason)))
}

/** The client is now a member of a room that it did not ask for. */
export function encodeSubscribe(channel: string, subscribe: SubscribePush): string {
  return push(channel, 'subscribe', object(writeStream(subscribe) + json('data', subscribe.data)))
}

/** A message to one client, of no room. */
export function encodeMessage(data: unknown): string {
  return push('', 'message', object(json('data', data)))
}

/** The connection's time was changed by the server. */
export function encodeRefresh(refresh: RefreshPush): string {
  return push('', 'refresh', object(writeExpiry(refresh)))
}

/** For transports that cannot close with a code. Over WebSocket the close frame itself says this. */
export function encodeDisconnect({ code, reason }: Disconnect): string {
  return push('', 'disconnect', object(count('code', code) + text('reason', reason)))
}

function push(channel: string, type: string, body: string): string {
  return channel === ''
    ? `{"push":{"${type}":${body}}}`
    : `{"push":{"channel":${quote(channel)},"${type}":${body}}}`
}
