import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { isDeeper } from '../src/depth.ts'

/** The depth of a value, found the slow way. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

test('the depth of any JSON is known exactly, whatever its strings hold', () => {
  const text = fc.string({
    unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', 'a'),
    maxLength: 8,
  })
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 7, withCrossShrink: true },
      text,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(text, tie('value'), { maxKeys: 3 }),
    ),
  }))
  fc.assert(
    fc.property(value, fc.boolean(), (json, spaced) => {
      const written = JSON.stringify(json, undefined, spaced ? 1 : 0)
      const depth = depthOf(json)
      for (let max = 1; max <= 10; max++) expect(isDeeper(written, max)).toBe(depth > max)
    }),
    { numRuns: 500 },
  )
})

test('a text that never closes is deep as soon as it has opened too much', () => {
  expect(isDeeper('['.repeat(64), 64)).toBe(false)
  expect(isDeeper('['.repeat(200), 64)).toBe(true)
  expect(isDeeper('{"a":'.repeat(65), 64)).toBe(true)
})
