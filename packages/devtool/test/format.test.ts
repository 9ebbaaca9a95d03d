import { expect, test } from 'vitest'
import { printBytes, printCount, printShort } from '../src/data/format.ts'

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
