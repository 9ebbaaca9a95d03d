import { describe, expect, test } from 'vitest'

import { disconnects, errors, reconnects, resubscribes, unsubscribes } from '../src/index.ts'

const tables = { errors, disconnects, unsubscribes }

describe.each(Object.entries(tables))('%s', (_name, table: object) => {
  const entries: { code: number }[] = Object.values(table)

  test('have a code each', () => {
    expect(new Set(entries.map(({ code }) => code)).size).toBe(entries.length)
  })

  test('cannot be changed', () => {
    expect(entries.every((entry) => Object.isFrozen(entry)) && Object.isFrozen(table)).toBe(true)
  })
})

test('errors have the numbers of the protocol', () => {
  const codes = Object.values(errors).map(({ code }) => code)
  expect(codes).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112])
})

test('the errors that pass by themselves are called temporary', () => {
  const temporary = Object.values(errors).filter((error) => 'temporary' in error)
  expect(temporary).toEqual([errors.internal, errors.tooManyRequests])
})

test('every reason fits a close frame', () => {
  for (const { reason } of Object.values(disconnects)) {
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123)
  }
})

test.each([
  [1000, true],
  [1001, true],
  [1006, true],
  [1008, true],
  [1009, false],
  [3000, true],
  [3499, true],
  [3500, false],
  [3999, false],
  [4000, true],
  [4499, true],
  [4500, false],
  [4999, false],
])('after close code %i a client connects again: %s', (code, again) => {
  expect(reconnects(code)).toBe(again)
})

test('a client comes back from a shutdown and stays away after a bad request', () => {
  expect(reconnects(disconnects.shutdown.code)).toBe(true)
  expect(reconnects(disconnects.badRequest.code)).toBe(false)
})

test('a client subscribes again when its state was lost, not when it was told to leave', () => {
  expect(resubscribes(unsubscribes.server.code)).toBe(false)
  expect(resubscribes(unsubscribes.insufficientState.code)).toBe(true)
  expect(resubscribes(unsubscribes.expired.code)).toBe(true)
})
