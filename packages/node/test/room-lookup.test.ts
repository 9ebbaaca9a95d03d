import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../src/options.ts'
import { createRoomLookup, type RoomLookup } from '../src/room-lookup.ts'
import type { RoomsConfig } from '../src/room-options.ts'

function lookup(rooms: RoomsConfig): RoomLookup {
  return createRoomLookup(resolveOptions({ rooms }, { base: '/' }).options.rooms)
}

describe('a room', () => {
  const find = lookup({ default: { presence: true }, namespaces: { game: { joinLeave: true } } })

  test('has the options of the namespace before its first colon', () => {
    expect(find('game:1')).toMatchObject({ presence: true, joinLeave: true })
    expect(find('game:1:2')).toMatchObject({ joinLeave: true })
    expect(find('game:')).toMatchObject({ joinLeave: true })
  })

  test('without a colon has the default options', () => {
    expect(find('lobby')).toMatchObject({ presence: true, joinLeave: false })
    expect(find('game')).toMatchObject({ joinLeave: false })
  })

  test.each(['chat:1', ':1', 'Game:1', 'constructor:1', '__proto__:1', 'toString:'])(
    '%s is in no namespace',
    (room) => {
      expect(find(room)).toBeUndefined()
    },
  )
})

describe('a behaviour', () => {
  const find = lookup({
    default: { behavior: '/default.ts' },
    namespaces: { game: { behavior: '/game.ts' }, plain: { behavior: false } },
    behaviors: {
      'game:*:final': '/final.ts',
      'game:chess:*': '/chess.ts',
      'game:chess:1': '/one.ts',
      'lob*': '/lobby.ts',
      'a*b*c': '/abc.ts',
    },
  })

  test.each([
    ['game:1', '/game.ts'],
    ['game:x:final', '/final.ts'],
    ['game:chess:2', '/chess.ts'],
    ['game:chess:final', '/chess.ts'],
    ['game:chess:1', '/one.ts'],
    ['lobby', '/lobby.ts'],
    ['lob', '/lobby.ts'],
    ['other', '/default.ts'],
    ['abc', '/abc.ts'],
    ['a-b-b-c', '/abc.ts'],
    ['ac', '/default.ts'],
    ['abcd', '/default.ts'],
    ['plain:1', undefined],
  ])('of %s is that of its most exact pattern, else its namespace’s: %s', (room, behavior) => {
    expect(find(room)?.behavior).toBe(behavior)
  })

  test('fits a pattern as a regular expression would say', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 8 })
    const rooms = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
    fc.assert(
      fc.property(letters, rooms, (pattern, room) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(room)
        expect(lookup({ behaviors: { [pattern]: '/fits.ts' } })(room)?.behavior).toBe(
          expected ? '/fits.ts' : undefined,
        )
      }),
      { numRuns: 500 },
    )
  })
})
