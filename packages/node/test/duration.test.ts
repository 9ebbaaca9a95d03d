import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../src/duration.ts'

describe('a duration', () => {
  test.each([
    ['500ms', 500],
    ['25s', 25_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    ['1.5s', 1_500],
    ['0.1s', 100],
    ['0s', 0],
    [250, 250],
    [0, 0],
  ])('%j is %d ms', (given, ms) => {
    expect(parseDuration(given)).toBe(ms)
  })

  test.each([
    '',
    's',
    '5',
    '5 s',
    '5S',
    '-5s',
    '1e3s',
    '5sec',
    '5m30s',
    ' 5s',
    '5s ',
    '1.5ms',
    '0.0001s',
    -1,
    1.5,
    Number.NaN,
    Infinity,
    2 ** 53,
    true,
    null,
    undefined,
    {},
    ['5s'],
  ])('%j is none', (given) => {
    expect(parseDuration(given)).toBeUndefined()
  })

  test('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })

  test.each([
    [300_000, '5m'],
    [90_000, '90s'],
    [86_400_000, '1d'],
    [1_500, '1500ms'],
    [0, '0ms'],
  ])('%d ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})
