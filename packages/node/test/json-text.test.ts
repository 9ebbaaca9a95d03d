import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../src/json-text.ts'

function fault(text: string): string {
  const parsed = parseJson(text)
  return parsed.ok ? 'none' : `${parsed.line}:${parsed.column} ${parsed.expected}`
}

describe('JSON that does not parse', () => {
  test.each([
    ['', '1:1 a value'],
    ['  ', '1:3 a value'],
    ['{', '1:2 a key in double quotes'],
    ['{"a": x}', '1:7 a value'],
    ['{"a" 1}', '1:6 ":"'],
    ['{\n  "a": 1,\n}', '3:1 a key in double quotes'],
    ['{"a": 1 "b": 2}', '1:9 "," or "}"'],
    ['[1, 2', '1:6 "," or "]"'],
    ['[1, ]', '1:5 a value'],
    ['{"a": [1, {"b": tru}]}', '1:17 a value'],
    ["{'a': 1}", '1:2 a key in double quotes'],
    ['{"a": 01}', '1:8 "," or "}"'],
    ['{} {}', '1:4 the end of the text'],
    ['{"a": "b\n"}', '1:9 a double quote that ends the text'],
    ['{"a": "b\\x"}', '1:9 an escape that JSON knows'],
    ['{\n// no comments\n}', '2:1 a key in double quotes'],
  ])('%j is told as %s', (text, told) => {
    expect(fault(text)).toBe(told)
  })

  test('never has its text in the message', () => {
    expect(fault('{"apiKey": canary}')).not.toContain('canary')
  })

  test('is found in every text that JSON.parse refuses, and lies within it', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom('', ',', '}', ']', '"', 'x', '\n', '\\'),
        (json, seed, put) => {
          const at = seed % (json.length + 1)
          const broken = json.slice(0, at) + put + json.slice(at + 1)
          const parsed = parseJson(broken)
          let valid = true
          try {
            JSON.parse(broken)
          } catch {
            valid = false
          }
          expect(parsed.ok).toBe(valid)
          if (parsed.ok) return
          const lines = broken.split('\n').slice(0, parsed.line - 1)
          const offset = lines.join('\n').length + (lines.length > 0 ? 1 : 0) + parsed.column - 1
          expect(offset).toBeLessThanOrEqual(broken.length)
          expect(offset).toBeGreaterThanOrEqual(0)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('JSON that parses', () => {
  test('is the value that JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, undefined, 2)
        expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) })
      }),
    )
  })

  test('may begin with a byte order mark', () => {
    expect(parseJson('\uFEFF{"a":1}')).toEqual({ ok: true, value: { a: 1 } })
  })
})
