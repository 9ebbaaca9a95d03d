import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Decoded, decodeFrame } from '../src/index.ts'
import { anyCommand, commandText, outcome } from './wire.ts'

describe('a request', () => {
  test('any command comes back as it was sent', () => {
    fc.assert(
      fc.property(anyCommand, (command) => {
        const [decoded, ...rest] = decodeFrame(commandText(command))
        expect(rest).toEqual([])
        if (decoded?.method === 'connect') {
          decoded.request.subs.sort((a, b) => (a.channel < b.channel ? -1 : 1))
        }
        expect(decoded).toEqual(command)
      }),
    )
  })

  test('takes null for absent in every field but data', () => {
    expect(
      decodeFrame(
        '{"id":1,"connect":null,"subscribe":{"channel":"a","token":null,"data":null,"offset":null,"recover":null}}',
      ),
    ).toMatchObject([
      { method: 'subscribe', request: { token: '', data: null, offset: 0, recover: false } },
    ])
    expect(decodeFrame('{"id":1,"publish":{"channel":"a","data":null}}')).toEqual([
      { id: 1, method: 'publish', request: { channel: 'a', data: null } },
    ])
  })

  test('cannot reach a prototype', () => {
    const hostile = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    const [item] = decodeFrame(`{"id":1,"publish":{"channel":"a","data":${hostile}}}`)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(item?.method === 'publish' && JSON.stringify(item.request.data)).toBe(hostile)

    const [connect] = decodeFrame('{"id":1,"connect":{"subs":{"__proto__":{"recover":true}}}}')
    expect(connect).toMatchObject({ request: { subs: [{ channel: '__proto__', recover: true }] } })
  })

  test('of almost right JSON is rejected, or has every field and each of its type', () => {
    fc.assert(
      fc.property(almostCommand, (command) => {
        const result = outcome(JSON.stringify(command))
        expect(!Array.isArray(result) || result.every(isWellTyped)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a request that is wrong is rejected by field:', () => {
  const name = 'must be a string of 1 to 255 characters'
  const optionalName = 'must be a string of at most 255 characters'
  const token = 'must be a string of 1 to 16384 characters'
  const optionalToken = 'must be a string of at most 16384 characters'
  const offset = 'must be an integer from 0 to 9007199254740991'
  const flag = 'must be true or false'
  const object = 'must be an object'
  const long = 'x'.repeat(256)
  test.each([
    ['connect', '[]', `connect ${object}`],
    ['connect', '"now"', `connect ${object}`],
    ['connect', '{"token":1}', `connect.token ${optionalToken}`],
    ['connect', `{"token":"${'x'.repeat(16_385)}"}`, `connect.token ${optionalToken}`],
    ['connect', '{"name":{}}', `connect.name ${optionalName}`],
    ['connect', `{"version":"${long}"}`, `connect.version ${optionalName}`],
    ['connect', '{"subs":["a"]}', `connect.subs ${object}`],
    ['connect', '{"subs":{"a":1}}', `connect.subs.a ${object}`],
    ['connect', '{"subs":{"":{}}}', 'connect.subs must have names of 1 to 255 characters'],
    ['connect', `{"subs":{"${long}":{}}}`, 'connect.subs must have names of 1 to 255 characters'],
    ['connect', '{"subs":{"a":{},"b":{"offset":-1}}}', `connect.subs.b.offset ${offset}`],
    [
      'connect',
      '{"subs":{"__proto__":{"epoch":1}}}',
      `connect.subs.__proto__.epoch ${optionalName}`,
    ],
    ['subscribe', '{}', `subscribe.channel ${name}`],
    ['subscribe', '{"channel":null}', `subscribe.channel ${name}`],
    ['subscribe', '{"channel":""}', `subscribe.channel ${name}`],
    ['subscribe', `{"channel":"${long}"}`, `subscribe.channel ${name}`],
    ['subscribe', '{"channel":["a"]}', `subscribe.channel ${name}`],
    ['subscribe', '{"__proto__":{"channel":"a"}}', `subscribe.channel ${name}`],
    ['subscribe', '{"channel":"a","token":false}', `subscribe.token ${optionalToken}`],
    ['subscribe', '{"channel":"a","recover":1}', `subscribe.recover ${flag}`],
    ['subscribe', '{"channel":"a","positioned":"true"}', `subscribe.positioned ${flag}`],
    ['subscribe', '{"channel":"a","recoverable":[]}', `subscribe.recoverable ${flag}`],
    ['subscribe', '{"channel":"a","join_leave":0}', `subscribe.join_leave ${flag}`],
    ['subscribe', '{"channel":"a","offset":-1}', `subscribe.offset ${offset}`],
    ['subscribe', '{"channel":"a","offset":0.5}', `subscribe.offset ${offset}`],
    ['subscribe', '{"channel":"a","offset":"7"}', `subscribe.offset ${offset}`],
    ['subscribe', '{"channel":"a","offset":1e400}', `subscribe.offset ${offset}`],
    ['subscribe', '{"channel":"a","offset":9007199254740992}', `subscribe.offset ${offset}`],
    ['subscribe', '{"channel":"a","offset":18446744073709551615}', `subscribe.offset ${offset}`],
    ['subscribe', `{"channel":"a","epoch":"${long}"}`, `subscribe.epoch ${optionalName}`],
    ['subscribe', '{"channel":"a","delta":true}', `subscribe.delta ${optionalName}`],
    ['subscribe', '{"channel":"a","flag":true}', `subscribe.flag ${offset}`],
    ['unsubscribe', '{"channel":1}', `unsubscribe.channel ${name}`],
    ['publish', '{"data":1}', `publish.channel ${name}`],
    ['publish', '{"channel":"a"}', 'publish.data is missing'],
    ['presence', '{}', `presence.channel ${name}`],
    ['presence_stats', '{}', `presence_stats.channel ${name}`],
    ['history', '{"limit":1}', `history.channel ${name}`],
    [
      'history',
      '{"channel":"a","limit":1.5}',
      'history.limit must be an integer from -2147483648 to 2147483647',
    ],
    [
      'history',
      '{"channel":"a","limit":2147483648}',
      'history.limit must be an integer from -2147483648 to 2147483647',
    ],
    ['history', '{"channel":"a","since":7}', `history.since ${object}`],
    [
      'history',
      '{"channel":"a","since":{"offset":{"low":1,"high":0}}}',
      `history.since.offset ${offset}`,
    ],
    ['history', '{"channel":"a","since":{"epoch":1}}', `history.since.epoch ${optionalName}`],
    ['history', '{"channel":"a","reverse":"yes"}', `history.reverse ${flag}`],
    ['rpc', '{"data":1}', `rpc.method ${name}`],
    ['rpc', '{"method":7}', `rpc.method ${name}`],
    ['send', '7', `send ${object}`],
    ['refresh', '{}', `refresh.token ${token}`],
    ['refresh', '{"token":""}', `refresh.token ${token}`],
    ['sub_refresh', '{"token":"t"}', `sub_refresh.channel ${name}`],
    ['sub_refresh', '{"channel":"a"}', `sub_refresh.token ${token}`],
    ['ping', '0', `ping ${object}`],
  ])('%s %s', (key, request, problem) => {
    const error = { code: 107, message: `bad request: ${problem}` }
    expect(decodeFrame(`{"id":9,"${key}":${request}}`)).toEqual([
      { method: 'rejected', id: 9, error },
    ])
  })

  test('and of two wrong fields the first is named', () => {
    const [item] = decodeFrame('{"id":1,"publish":{"channel":7}}')
    expect(item).toMatchObject({ error: { message: expect.stringContaining('publish.channel') } })
  })
})

describe('the reference client is understood:', () => {
  // As centrifuge-js 5.8 writes them: the id last, and fields that this package does not name.
  test.each([
    [
      '{"connect":{"name":"js","headers":{"a":"b"}},"id":1}',
      { method: 'connect', request: { name: 'js', subs: [] } },
    ],
    [
      '{"connect":{"name":"js","subs":{"news":{"recover":true,"offset":4,"epoch":"e"}}},"id":2}',
      {
        method: 'connect',
        request: { subs: [{ channel: 'news', recover: true, offset: 4, epoch: 'e' }] },
      },
    ],
    [
      '{"subscribe":{"channel":"a","flag":1},"id":3}',
      { method: 'subscribe', request: { rejectUnrecovered: false } },
    ],
    [
      '{"subscribe":{"channel":"a","join_leave":true,"flag":3,"recover":true,"epoch":"_"},"id":4}',
      {
        method: 'subscribe',
        request: { joinLeave: true, rejectUnrecovered: true, offset: 0, epoch: '_' },
      },
    ],
    [
      '{"history":{"channel":"a","since":{"offset":0},"limit":-1},"id":5}',
      {
        method: 'history',
        request: { limit: -1, since: { offset: 0, epoch: '' }, reverse: false },
      },
    ],
    [
      '{"rpc":{"method":"now"},"id":6}',
      { method: 'rpc', request: { method: 'now', data: undefined } },
    ],
    ['{"send":{"data":"hi"}}', { id: 0, method: 'send' }],
    ['{"sub_refresh":{"channel":"a","token":"t"},"id":7}', { id: 7, method: 'subRefresh' }],
    ['{}', { method: 'pong' }],
  ])('%s', (text, command) => {
    expect(decodeFrame(text)).toMatchObject([command])
  })
})

/** A command of which up to three members, at any depth, have a value they should not have. */
const almostCommand = fc
  .tuple(
    anyCommand.map((command): unknown => JSON.parse(commandText(command))),
    fc.array(fc.tuple(fc.nat(), fc.jsonValue({ maxDepth: 2 })), { maxLength: 3 }),
  )
  .map(([command, changes]) => {
    for (const [pick, value] of changes) {
      const members = membersOf(command)
      const member = members[pick % members.length]
      if (member !== undefined) Object.assign(member.of, { [member.key]: value })
    }
    return command
  })

/** Every member of an object and of the objects in it. */
function membersOf(value: unknown): { of: object; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [{ of: value, key }, ...membersOf(inner)])
}

type Check = (value: unknown) => boolean
const isString: Check = (value) => typeof value === 'string'
const isName: Check = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= 255
const isFlag: Check = (value) => typeof value === 'boolean'
const isOffset: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const isAnything: Check = () => true
const isPresent: Check = (value) => value !== undefined

const subscribeChecks: Record<string, Check> = {
  channel: isName,
  token: isString,
  data: isAnything,
  recover: isFlag,
  offset: isOffset,
  epoch: isString,
  positioned: isFlag,
  recoverable: isFlag,
  joinLeave: isFlag,
  delta: isString,
  rejectUnrecovered: isFlag,
}

/** Every method's fields, none more and none less. */
const checks: Record<string, Record<string, Check>> = {
  connect: {
    token: isString,
    data: isAnything,
    subs: (subs) => Array.isArray(subs) && subs.every((sub) => fits(sub, subscribeChecks)),
    name: isString,
    version: isString,
  },
  subscribe: subscribeChecks,
  unsubscribe: { channel: isName },
  publish: { channel: isName, data: isPresent },
  presence: { channel: isName },
  presenceStats: { channel: isName },
  history: {
    channel: isName,
    limit: (limit) => Number(limit) === (Number(limit) | 0),
    since: (since) => since === undefined || fits(since, { offset: isOffset, epoch: isString }),
    reverse: isFlag,
  },
  rpc: { method: isName, data: isAnything },
  send: { data: isAnything },
  refresh: { token: isName },
  subRefresh: { channel: isName, token: isName },
  ping: {},
}

function fits(value: unknown, shape: Record<string, Check>): boolean {
  if (typeof value !== 'object' || value === null) return false
  const entries = Object.entries(value)
  return (
    entries.length === Object.keys(shape).length &&
    entries.every(([key, field]) => shape[key]?.(field) === true)
  )
}

function isWellTyped(item: Decoded): boolean {
  if (item.method === 'pong') return true
  if (!Number.isInteger(item.id) || item.id < (item.method === 'send' ? 0 : 1)) return false
  if (item.method === 'rejected') return item.error.code === 104 || item.error.code === 107
  return fits(item.request, checks[item.method] ?? {})
}
