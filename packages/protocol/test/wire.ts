// The client's side of the wire, for tests: commands as random values, their text as a client writes it, and what
// becomes of it.

import * as fc from 'fast-check'

import {
  type Command,
  decodeDefaults,
  type Decoded,
  decodeFrame,
  type DecodeLimits,
  ProtocolError,
} from '../src/index.ts'

const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
const optionalName = fc.string({ unit: 'binary', maxLength: 20 })
const offset = fc.maxSafeNat()
/** Any JSON value; -0 aside, which JSON has and JSON.stringify does not write. */
export const data = fc
  .jsonValue({ maxDepth: 5 })
  .map((value): unknown => JSON.parse(JSON.stringify(value)))
const optionalData = fc.option(data, { nil: undefined })

const subscribe = fc.record({
  channel: name,
  token: optionalName,
  data: optionalData,
  recover: fc.boolean(),
  offset,
  epoch: optionalName,
  positioned: fc.boolean(),
  recoverable: fc.boolean(),
  joinLeave: fc.boolean(),
  delta: fc.constantFrom('', 'fossil'),
  rejectUnrecovered: fc.boolean(),
})

const connect = fc.record({
  token: fc.string({ maxLength: decodeDefaults.maxTokenLength }),
  data: optionalData,
  // The wire has them in a map, where a room occurs once; in an order of JavaScript's choosing.
  subs: fc
    .uniqueArray(subscribe, { selector: (sub) => sub.channel, maxLength: 4 })
    .map((subs) => subs.toSorted((a, b) => (a.channel < b.channel ? -1 : 1))),
  name: optionalName,
  version: optionalName,
})

const history = fc.record({
  channel: name,
  limit: fc.integer(),
  since: fc.option(fc.record({ offset, epoch: optionalName }), { nil: undefined }),
  reverse: fc.boolean(),
})

const channel = fc.record({ channel: name })
const id = fc.integer({ min: 1, max: 0xffff_ffff })

/** Every command a client can send. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  of('connect', connect),
  of('subscribe', subscribe),
  of('unsubscribe', channel),
  of('publish', fc.record({ channel: name, data })),
  of('presence', channel),
  of('presenceStats', channel),
  of('history', history),
  of('rpc', fc.record({ method: name, data: optionalData })),
  fc.record({
    id: fc.constantFrom(0, 1, 7),
    method: fc.constant('send' as const),
    request: fc.record({ data: optionalData }),
  }),
  of('refresh', fc.record({ token: name })),
  of('subRefresh', fc.record({ channel: name, token: name })),
  of('ping', fc.constant({})),
)

function of<M extends string, R>(
  method: M,
  request: fc.Arbitrary<R>,
): fc.Arbitrary<{ id: number; method: M; request: R }> {
  return fc.record({ id, method: fc.constant(method), request })
}

/** A command as a client writes it: zero values left out. */
export function commandText(command: Command): string {
  const key = { presenceStats: 'presence_stats', subRefresh: 'sub_refresh' }[
    command.method as string
  ]
  return JSON.stringify({
    ...(command.id === 0 ? {} : { id: command.id }),
    [key ?? command.method]: wireRequest(command),
  })
}

function wireRequest(command: Command): unknown {
  switch (command.method) {
    case 'connect': {
      const { subs, ...rest } = command.request
      const entries = subs.map((sub) => [sub.channel, wireSubscribe(sub, false)] as const)
      return { ...nonZero(rest), ...(subs.length > 0 && { subs: Object.fromEntries(entries) }) }
    }
    case 'subscribe':
      return wireSubscribe(command.request, true)
    case 'history': {
      const { since, ...rest } = command.request
      return { ...nonZero(rest), ...(since !== undefined && { since: nonZero(since) }) }
    }
    case 'unsubscribe':
    case 'publish':
    case 'presence':
    case 'presenceStats':
    case 'rpc':
    case 'send':
    case 'refresh':
    case 'subRefresh':
    case 'ping':
      return nonZero(command.request)
  }
}

function wireSubscribe(
  request: Extract<Command, { method: 'subscribe' }>['request'],
  withChannel: boolean,
): object {
  const { channel: room, joinLeave, rejectUnrecovered, ...rest } = request
  return {
    ...(withChannel && { channel: room }),
    ...nonZero(rest),
    ...(joinLeave && { join_leave: true }),
    // 1 is channel compaction, which every recent client offers.
    flag: rejectUnrecovered ? 3 : 1,
  }
}

/** Without zero values; `data` is no zero value but when it is undefined. */
export function nonZero(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([key, value]) => key === 'data' || (value !== '' && value !== 0 && value !== false),
    ),
  )
}

/** What a text decodes to, or how it is refused. Whatever else is thrown stays thrown. */
export function outcome(text: string, limits?: DecodeLimits): Decoded[] | ProtocolError {
  try {
    return decodeFrame(text, limits)
  } catch (error) {
    if (error instanceof ProtocolError) return error
    throw error
  }
}

/** What a piece says, which has to be one line of JSON. */
export function read(piece: string): unknown {
  if (piece.includes('\n')) throw new Error(`a line break in ${piece}`)
  return JSON.parse(piece)
}
