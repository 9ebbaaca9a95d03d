// The request of every method, read from its fields. What a method does not name is ignored: newer clients send more
// than this node knows (channel compaction, tag filters, headers).

import type { Fields } from './fields.ts'
import type {
  Command,
  ConnectRequest,
  HistoryRequest,
  Method,
  SubscribeRequest,
} from './messages.ts'

/** A command with its request. To be used only if `fields.fault` is undefined afterwards. */
export function readCommand(id: number, method: Method, fields: Fields): Command {
  switch (method) {
    case 'publish': {
      const request = { channel: fields.name('channel'), data: fields.requiredData('data') }
      return { id, method, request }
    }
    case 'rpc':
      return { id, method, request: { method: fields.name('method'), data: fields.data('data') } }
    case 'send':
      return { id, method, request: { data: fields.data('data') } }
    case 'connect':
      return { id, method, request: readConnect(fields) }
    case 'subscribe':
      return { id, method, request: readSubscribe(fields, fields.name('channel')) }
    case 'unsubscribe':
    case 'presence':
    case 'presenceStats':
      return { id, method, request: { channel: fields.name('channel') } }
    case 'history':
      return { id, method, request: readHistory(fields) }
    case 'refresh':
      return { id, method, request: { token: fields.token('token') } }
    case 'subRefresh': {
      const request = { channel: fields.name('channel'), token: fields.token('token') }
      return { id, method, request }
    }
    case 'ping':
      return { id, method, request: {} }
  }
}

function readConnect(fields: Fields): ConnectRequest {
  return {
    token: fields.optionalToken('token'),
    data: fields.data('data'),
    subs: fields.entries('subs').map(([channel, sub]) => readSubscribe(sub, channel)),
    name: fields.optionalName('name'),
    version: fields.optionalName('version'),
  }
}

function readSubscribe(fields: Fields, channel: string): SubscribeRequest {
  return {
    channel,
    token: fields.optionalToken('token'),
    data: fields.data('data'),
    recover: fields.flag('recover'),
    offset: fields.offset('offset'),
    epoch: fields.optionalName('epoch'),
    positioned: fields.flag('positioned'),
    recoverable: fields.flag('recoverable'),
    joinLeave: fields.flag('join_leave'),
    delta: fields.optionalName('delta'),
    rejectUnrecovered:
      (fields.integer('flag', 0, Number.MAX_SAFE_INTEGER) & rejectUnrecovered) !== 0,
  }
}

/** The one bit of a subscribe request's `flag` that changes an answer of this node. */
const rejectUnrecovered = 2

function readHistory(fields: Fields): HistoryRequest {
  const since = fields.inner('since')
  return {
    channel: fields.name('channel'),
    limit: fields.integer('limit', -0x8000_0000, 0x7fff_ffff),
    since: since && { offset: since.offset('offset'), epoch: since.optionalName('epoch') },
    reverse: fields.flag('reverse'),
  }
}
