import { expect, test } from 'vitest'
import {
  printBytes,
  printCount,
  printLag,
  printRate,
  printShare,
  printShort,
} from '../src/data/format.ts'

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_536, '1.5 KiB'],
  [250 * 1_048_576, '250 MiB'],
  [3.2 * 2 ** 40, '3.2 TiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(printBytes(bytes)).toBe(text)
})

test('counts are grouped, or short', () => {
  expect([printCount(1_234_567.8), printShort(12_345)]).toEqual(['1,234,568', '12.3K'])
})

test.each([
  [0, '0'],
  [0.04, '< 0.1'],
  [0.44, '0.4'],
  [3, '3'],
  [12.6, '13'],
  [3_400, '3,400'],
])('%d a second is %s', (rate, text) => {
  expect(printRate(rate)).toBe(text)
})

test.each([
  [0.42, '0.4 ms'],
  [12.3, '12 ms'],
  [2_900, '3 s'],
])('a lag of %d ms is %s', (ms, text) => {
  expect(printLag(ms)).toBe(text)
})

test.each([
  [0.618, 0, '62 %'],
  [0.618, 0.002, '62 %'],
  [0.618, 0.04, '58–62 %'],
  [0.03, 0.05, '0–3 %'],
])('a share of %d, too high by at most %d, is %s', (share, error, text) => {
  expect(printShare(share, error)).toBe(text)
})
