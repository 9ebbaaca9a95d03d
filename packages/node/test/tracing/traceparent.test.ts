import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTraceparent, writeTraceparent } from '../../src/tracing/traceparent.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const span = '00f067aa0ba902b7'

test('a traceparent says trace, span, and whether it is followed', () => {
  expect(readTraceparent(`00-${trace}-${span}-01`)).toEqual({
    traceId: trace,
    spanId: span,
    traceFlags: 1,
    isRemote: true,
  })
  // Flags that a later level may add say nothing here.
  expect(readTraceparent(`00-${trace}-${span}-fe`)?.traceFlags).toBe(0)
  expect(readTraceparent(`01-${trace}-${span}-01-more`)?.traceFlags).toBe(1)
})

test.each([
  ['nothing', ''],
  ['another form', `${trace}-${span}`],
  ['capitals', `00-${trace.toUpperCase()}-${span}-01`],
  ['no trace', `00-${'0'.repeat(32)}-${span}-01`],
  ['no span', `00-${trace}-${'0'.repeat(16)}-01`],
  ['the version that there is not', `ff-${trace}-${span}-01`],
  ['more than its version may say', `00-${trace}-${span}-01-more`],
])('what is none is ignored: %s', (_, text) => {
  expect(readTraceparent(text)).toBeUndefined()
})

test('what is written is read as the same', () => {
  const hex = (length: number) =>
    fc
      .string({
        unit: fc.constantFrom(...'0123456789abcdef'.split('')),
        minLength: length,
        maxLength: length,
      })
      .filter((text) => !/^0+$/.test(text))
  fc.assert(
    fc.property(hex(32), hex(16), fc.nat(1), (traceId, spanId, traceFlags) => {
      const context = { traceId, spanId, traceFlags, isRemote: true }
      expect(readTraceparent(writeTraceparent(context))).toEqual(context)
    }),
  )
})
