import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { closeReason } from '../src/index.ts'

/** What the reference client does with a reason: anything that parses is an advice and overrules the code. */
function isAdvice(reason: string): boolean {
  try {
    JSON.parse(reason)
    return true
  } catch {
    return false
  }
}

test('a short text is kept as it is', () => {
  expect(closeReason('maintenance: back at 10:00 ☕')).toBe('maintenance: back at 10:00 ☕')
})

test('a long text is cut between characters', () => {
  expect(closeReason('x'.repeat(200))).toBe('x'.repeat(123))
  expect(closeReason(`${'x'.repeat(122)}é`)).toBe('x'.repeat(122))
  expect(closeReason('☕'.repeat(50))).toBe('☕'.repeat(41))
  expect(closeReason('😀'.repeat(40))).toBe('😀'.repeat(30))
})

test('an empty reason, after which clients ignore the code, is never given', () => {
  expect(closeReason('')).toBe('disconnected')
})

test('a reason that is JSON, which clients obey instead of the code, is made a text', () => {
  expect(closeReason('42')).toBe('disconnected: 42')
  expect(closeReason('1'.repeat(123))).toBe(`disconnected: ${'1'.repeat(109)}`)
  expect(closeReason('{"reconnect":true}')).toBe('disconnected: {"reconnect":true}')
})

test('any text becomes a reason that fits and that clients only show', () => {
  const digits = fc.string({ unit: fc.constantFrom('1', '2', ' '), minLength: 118, maxLength: 128 })
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: 'grapheme', maxLength: 150 }),
    fc.json(),
    digits,
  )
  fc.assert(
    fc.property(text, (reason) => {
      const fitting = closeReason(reason)
      expect(fitting).not.toBe('')
      expect(Buffer.byteLength(fitting)).toBeLessThanOrEqual(123)
      expect(isAdvice(fitting)).toBe(false)
    }),
  )
})
