import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import {
  disconnects,
  encodeDisconnect,
  encodeJoin,
  encodeLeave,
  encodeMessage,
  encodePublication,
  encodeRefresh,
  encodeSubscribe,
  encodeUnsubscribe,
  unsubscribes,
} from '../src/index.ts'
import {
  anyExpiry,
  anyInfo,
  anyPublication,
  anyStream,
  wireInfo,
  wirePublication,
} from './results.ts'
import { data, nonZero, read } from './wire.ts'

const room = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })

test('a publication arrives as it was published', () => {
  fc.assert(
    fc.property(room, anyPublication, (channel, publication) => {
      const piece = encodePublication(channel, publication)
      expect(piece).toContain(`"data":${publication.data}`)
      expect(read(piece)).toEqual({ push: { channel, pub: wirePublication(publication) } })
    }),
  )
})

test('a publication costs no byte for what it does not have', () => {
  expect(encodePublication('chat', { data: '"hi"' })).toBe(
    '{"push":{"channel":"chat","pub":{"data":"hi"}}}',
  )
  expect(encodePublication('chat', { data: '1', offset: 0, delta: false })).toBe(
    '{"push":{"channel":"chat","pub":{"data":1}}}',
  )
})

test('join and leave say who', () => {
  fc.assert(
    fc.property(room, anyInfo, (channel, info) => {
      expect(read(encodeJoin(channel, info))).toEqual({
        push: { channel, join: { info: wireInfo(info) } },
      })
      expect(read(encodeLeave(channel, info))).toEqual({
        push: { channel, leave: { info: wireInfo(info) } },
      })
    }),
  )
  expect(encodeJoin('chat', { client: 'c1', user: '' })).toBe(
    '{"push":{"channel":"chat","join":{"info":{"client":"c1","user":""}}}}',
  )
})

test('a subscription made by the server says where its stream stands', () => {
  fc.assert(
    fc.property(room, anyStream, (channel, stream) => {
      expect(read(encodeSubscribe(channel, stream))).toEqual({
        push: { channel, subscribe: nonZero(stream) },
      })
    }),
  )
})

test('a refresh says how long', () => {
  fc.assert(
    fc.property(anyExpiry, (expiry) => {
      expect(read(encodeRefresh(expiry))).toEqual({ push: { refresh: nonZero(expiry) } })
    }),
  )
})

test('a message has data and no room', () => {
  fc.assert(
    fc.property(data, (value) => {
      expect(read(encodeMessage(value))).toEqual({ push: { message: { data: value } } })
    }),
  )
})

test('an unsubscribe says why', () => {
  expect(encodeUnsubscribe('chat', unsubscribes.expired)).toBe(
    '{"push":{"channel":"chat","unsubscribe":{"code":2501,"reason":"subscription expired"}}}',
  )
})

test('a disconnect says why', () => {
  expect(encodeDisconnect(disconnects.slow)).toBe(
    '{"push":{"disconnect":{"code":3008,"reason":"slow"}}}',
  )
})
