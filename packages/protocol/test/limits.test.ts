import { expect, test } from 'vitest'

import { decodeDefaults, type DecodeLimits, resolveDecodeLimits } from '../src/index.ts'

test('nothing given means the defaults', () => {
  expect(resolveDecodeLimits()).toEqual(decodeDefaults)
  expect(resolveDecodeLimits({})).toEqual({
    maxCommands: 512,
    maxDepth: 64,
    maxNameLength: 255,
    maxTokenLength: 16_384,
  })
})

test('a given limit replaces its default and no other', () => {
  expect(resolveDecodeLimits({ maxDepth: 8 })).toEqual({ ...decodeDefaults, maxDepth: 8 })
})

test('limits cannot change once they are resolved', () => {
  expect(Object.isFrozen(decodeDefaults)).toBe(true)
  expect(Object.isFrozen(resolveDecodeLimits({ maxDepth: 8 }))).toBe(true)
})

test.each([
  [{ maxCommands: 0 }, 'maxCommands must be an integer from 1 to 1000000'],
  [{ maxDepth: 3 }, 'maxDepth must be an integer from 4 to 1000'],
  [{ maxDepth: 1001 }, 'maxDepth must be an integer from 4 to 1000'],
  [{ maxNameLength: 1.5 }, 'maxNameLength must be an integer from 1 to 65535'],
  [{ maxTokenLength: Infinity }, 'maxTokenLength must be an integer from 1 to 1048576'],
  [{ maxTokenLength: NaN }, 'maxTokenLength must be an integer from 1 to 1048576'],
])('%o is refused by name', (given: Partial<DecodeLimits>, problem) => {
  expect(() => resolveDecodeLimits(given)).toThrow(new RangeError(problem))
})

test('a limit that does not exist is refused by name', () => {
  const given: object = { maxRooms: 3 }
  expect(() => resolveDecodeLimits(given)).toThrow(new RangeError('unknown decode limit maxRooms'))
})
