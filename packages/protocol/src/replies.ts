// What a node answers: one JSON object each, with no line break in it.
//
//   {"id":7,"publish":{}}      {"id":7,"error":{"code":107,…}}      {} (a ping)
//
// Zero values are left out, but for the fields that the reference server always writes and clients therefore count on:
// `client` and `user`, and everything in a result of presence, presence_stats and history.

import type { ErrorReply } from './codes.ts'
import type { ClientInfo, ConnectResult, Results, SubscribeResult } from './messages.ts'
import { wireKeys } from './methods.ts'
import { writeExpiry, writeInfo, writePublications, writeSubscribed } from './shapes.ts'
import { count, flag, json, object, quote, raw, text } from './writer.ts'

/** The server's ping. The client's answer looks the same. */
export const pingText = '{}'

/** Several pieces as the text of one frame. */
export function joinFrames(pieces: readonly string[]): string {
  return pieces.join('\n')
}

/** The answer to a command. Throws what JSON.stringify throws for a `data` that has no JSON text. */
export function encodeReply<M extends keyof Results>(
  id: number,
  method: M,
  result: Results[M],
): string {
  return `{"id":${id},"${wireKeys[method]}":${writers[method](result)}}`
}

/** The answer to a command that failed. */
export function encodeError(id: number, error: ErrorReply): string {
  const { code, message, temporary } = error
  const body = object(count('code', code) + text('message', message) + flag('temporary', temporary))
  return `{"id":${id},"error":${body}}`
}

const writers: { readonly [M in keyof Results]: (result: Results[M]) => string } = {
  connect: writeConnected,
  subscribe: writeSubscribed,
  unsubscribe: () => '{}',
  publish: () => '{}',
  presence: ({ presence }) => `{"presence":${writeMap(presence, writePresent)}}`,
  presenceStats: ({ numClients, numUsers }) =>
    `{"num_clients":${numClients},"num_users":${numUsers}}`,
  history: ({ publications, offset, epoch }) =>
    `{"publications":${writePublications(publications)},"offset":${offset},"epoch":${quote(epoch)}}`,
  rpc: ({ data }) => object(json('data', data)),
  refresh: (result) =>
    object(text('client', result.client) + text('version', result.version) + writeExpiry(result)),
  subRefresh: (result) => object(writeExpiry(result)),
  ping: () => '{}',
}

function writeConnected(result: ConnectResult): string {
  const { client, version, ping, pong, session, node, data, subs } = result
  return object(
    text('client', client) +
      text('version', version) +
      count('ping', ping) +
      flag('pong', pong) +
      text('session', session) +
      text('node', node) +
      writeExpiry(result) +
      json('data', data) +
      (subs === undefined || subs.size === 0 ? '' : raw('subs', writeMap(subs, writeSub))),
  )
}

function writeSub([room, result]: [string, SubscribeResult]): string {
  return `${quote(room)}:${writeSubscribed(result)}`
}

function writePresent(info: ClientInfo): string {
  return `${quote(info.client)}:${writeInfo(info)}`
}

/** An object whose members have names from outside: `write` quotes them. */
function writeMap<T>(entries: Iterable<T>, write: (entry: T) => string): string {
  const members: string[] = []
  for (const entry of entries) members.push(write(entry))
  return `{${members.join(',')}}`
}
