import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  encodeError,
  encodeReply,
  errors,
  joinFrames,
  pingText,
  type Results,
} from '../src/index.ts'
import {
  anyConnected,
  anyInfo,
  anyPublication,
  anySubscribed,
  wireConnected,
  wireInfo,
  wirePublication,
  wireSubscribed,
} from './results.ts'
import { read } from './wire.ts'

describe('a reply says what the result says, zero values left out:', () => {
  test('connect', () => {
    fc.assert(
      fc.property(anyConnected, (result) => {
        const reply = read(encodeReply(1, 'connect', result))
        expect(reply).toEqual({ id: 1, connect: wireConnected(result) })
      }),
    )
  })

  test('subscribe', () => {
    fc.assert(
      fc.property(anySubscribed, (result) => {
        const reply = read(encodeReply(1, 'subscribe', result))
        expect(reply).toEqual({ id: 1, subscribe: wireSubscribed(result) })
      }),
    )
  })

  test('history, which always has its three fields', () => {
    const history = fc.record({
      publications: fc.array(anyPublication, { maxLength: 3 }),
      offset: fc.maxSafeNat(),
      epoch: fc.string(),
    })
    fc.assert(
      fc.property(history, (result) => {
        const publications = result.publications.map(wirePublication)
        const reply = read(encodeReply(1, 'history', result))
        expect(reply).toEqual({ id: 1, history: { ...result, publications } })
      }),
    )
    expect(encodeReply(1, 'history', { publications: [], offset: 0, epoch: '' })).toBe(
      '{"id":1,"history":{"publications":[],"offset":0,"epoch":""}}',
    )
  })

  test('presence, which keys the clients by id', () => {
    const presence = fc.uniqueArray(anyInfo, { selector: ({ client }) => client, maxLength: 4 })
    fc.assert(
      fc.property(presence, (infos) => {
        const clients = Object.fromEntries(infos.map((info) => [info.client, wireInfo(info)]))
        const reply = read(encodeReply(1, 'presence', { presence: infos }))
        expect(reply).toEqual({ id: 1, presence: { presence: clients } })
      }),
    )
  })

  test.each<[keyof Results, string, string]>([
    ['unsubscribe', encodeReply(5, 'unsubscribe', {}), '{"id":5,"unsubscribe":{}}'],
    ['publish', encodeReply(5, 'publish', {}), '{"id":5,"publish":{}}'],
    ['ping', encodeReply(5, 'ping', {}), '{"id":5,"ping":{}}'],
    [
      'presenceStats',
      encodeReply(5, 'presenceStats', { numClients: 2, numUsers: 0 }),
      '{"id":5,"presence_stats":{"num_clients":2,"num_users":0}}',
    ],
    [
      'rpc',
      encodeReply(5, 'rpc', { data: { a: [1, null] } }),
      '{"id":5,"rpc":{"data":{"a":[1,null]}}}',
    ],
    ['rpc', encodeReply(5, 'rpc', { data: null }), '{"id":5,"rpc":{"data":null}}'],
    ['rpc', encodeReply(5, 'rpc', {}), '{"id":5,"rpc":{}}'],
    [
      'refresh',
      encodeReply(5, 'refresh', { client: 'c', version: 'Sluice 1', expires: true, ttl: 60 }),
      '{"id":5,"refresh":{"client":"c","version":"Sluice 1","expires":true,"ttl":60}}',
    ],
    [
      'subRefresh',
      encodeReply(5, 'subRefresh', { expires: false, ttl: 0 }),
      '{"id":5,"sub_refresh":{}}',
    ],
  ])('%s: %s', (_method, piece, text) => {
    expect(piece).toBe(text)
  })
})

describe('an error', () => {
  test('carries code, message, and temporary only when it is', () => {
    expect(encodeError(3, errors.permissionDenied)).toBe(
      '{"id":3,"error":{"code":103,"message":"permission denied"}}',
    )
    expect(encodeError(3, errors.internal)).toBe(
      '{"id":3,"error":{"code":100,"message":"internal server error","temporary":true}}',
    )
  })

  test('may quote what a client sent', () => {
    const message = 'no room "a\nb"'
    const reply = read(encodeError(3, { code: 102, message }))
    expect(reply).toEqual({ id: 3, error: { code: 102, message } })
  })
})

describe('data', () => {
  test('of a publication is spliced in as it was published', () => {
    // Parsing and writing again would lose the digits, the fraction and the doubled key.
    const data = '{"big":12345678901234567890,"price":1.50,"a":1,"a":2}'
    const publications = [{ data, offset: 1 }]
    const text = `"publications":[{"data":${data},"offset":1}]`
    expect(encodeReply(1, 'subscribe', { publications })).toContain(text)
    expect(encodeReply(1, 'history', { publications, offset: 1, epoch: 'e' })).toContain(text)
    const subs = new Map([['r', { publications }]])
    expect(encodeReply(1, 'connect', { client: 'c', version: 'v', subs })).toContain(text)
  })

  test('that has no JSON text is left out, or thrown at who made it', () => {
    expect(encodeReply(1, 'rpc', { data: () => 1 })).toBe('{"id":1,"rpc":{}}')
    expect(encodeReply(1, 'rpc', { data: { toJSON: () => undefined } })).toBe('{"id":1,"rpc":{}}')
    expect(() => encodeReply(1, 'rpc', { data: 1n })).toThrow(TypeError)
  })

  test('and names that look like markup of JSON stay what they are', () => {
    const room = 'a"},{"\\\u2028\n\ud800'
    const subs = new Map([
      [room, {}],
      ['__proto__', { recoverable: true }],
    ])
    const piece = encodeReply(1, 'connect', { client: room, version: 'v', subs })
    expect(JSON.stringify(read(piece))).toBe(
      `{"id":1,"connect":{"client":${JSON.stringify(room)},"version":"v","subs":{${JSON.stringify(room)}:{},"__proto__":{"recoverable":true}}}}`,
    )
  })
})

test('pieces of one frame come apart again as the reference client takes them apart', () => {
  const pieces = [pingText, encodeReply(1, 'ping', {}), encodeError(2, errors.expired)]
  const apart = joinFrames(pieces)
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(apart).toEqual([
    {},
    { id: 1, ping: {} },
    { id: 2, error: { code: 110, message: 'expired' } },
  ])
})
