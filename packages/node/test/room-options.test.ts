import { describe, expect, test } from 'vitest'
import type { RoomsConfig, RoomsOptions } from '../src/room-options.ts'
import { historyDefaults, roomDefaults } from '../src/room-options.ts'
import { resolveOptions } from '../src/options.ts'
import type { NodeConfig } from '../src/option-schema.ts'

function roomsOf(rooms: RoomsConfig, rest: NodeConfig = {}): RoomsOptions {
  return resolveOptions({ ...rest, rooms }, { base: '/srv' }).options.rooms
}

describe('a room nobody configured', () => {
  test('keeps nothing and lets nobody in without a token', () => {
    expect(roomsOf({}).default).toEqual(roomDefaults)
    expect(roomDefaults.allow).toMatchObject({ subscribe: 'none', publish: 'none' })
    expect(roomsOf({}).namespaces.size).toBe(0)
  })

  test('is open in insecure mode, where nothing else is said', () => {
    const { allow } = roomsOf(
      { default: { allow: { publish: 'none' } } },
      { insecure: true },
    ).default
    expect(allow).toEqual({ subscribe: 'any', publish: 'none', presence: 'any', history: 'any' })
  })

  test('gives a slow member what every connection has', () => {
    const limits = { maxQueueBytes: 4_096, broadcastDeadlineMs: 50 }
    expect(roomsOf({}, { limits }).default.slow).toEqual({
      policy: 'disconnect',
      maxBytes: 4_096,
      maxAgeMs: 50,
    })
  })
})

describe('a namespace', () => {
  test('starts from the default and changes what it names', () => {
    const { default: common, namespaces } = roomsOf({
      default: {
        presence: true,
        history: { size: 50, ttl: '10s' },
        recover: true,
        allow: { subscribe: 'client', publish: 'client' },
        slow: 'drop-oldest',
        behavior: './room.ts',
      },
      namespaces: {
        game: { history: { size: 5 }, allow: { publish: 'subscriber' }, slow: { maxAgeMs: '2s' } },
      },
    })
    expect(namespaces.get('game')).toEqual({
      ...common,
      history: { size: 5, ttlMs: 10_000 },
      allow: { ...common.allow, publish: 'subscriber' },
      slow: { policy: 'drop-oldest', maxBytes: 1_048_576, maxAgeMs: 2_000 },
    })
    expect(namespaces.get('game')?.behavior).toBe('/srv/room.ts')
  })

  test('can switch off what the default has', () => {
    const { namespaces } = roomsOf({
      default: { presence: true, history: { size: 5 }, behavior: './room.ts' },
      namespaces: { plain: { presence: false, history: false, behavior: false } },
    })
    expect(namespaces.get('plain')).toEqual(roomDefaults)
  })

  test('is declared by a pattern that names it', () => {
    const { namespaces, default: common } = roomsOf({
      namespaces: { chat: { presence: true } },
      behaviors: {
        'auction:*': './a.ts',
        'chat:vip': './v.ts',
        '*:x': './x.ts',
        'g*:1': './g.ts',
        lobby: './l.ts',
      },
    })
    expect([...namespaces.keys()]).toEqual(['chat', 'auction'])
    expect(namespaces.get('auction')).toEqual(common)
    expect(namespaces.get('chat')?.presence).toBe(true)
  })

  test('has a name that no prototype has given it', () => {
    const { namespaces } = roomsOf({ namespaces: { constructor: { presence: true } } })
    expect(namespaces.get('constructor')?.presence).toBe(true)
    expect(namespaces.get('toString')).toBeUndefined()
  })
})

describe('history', () => {
  test('that is switched on keeps the usual amount', () => {
    expect(roomsOf({ default: { history: {} } }).default.history).toEqual(historyDefaults)
    expect(roomsOf({ default: { history: { size: 7 } } }).default.history).toEqual({
      size: 7,
      ttlMs: 300_000,
    })
    expect(roomsOf({ default: { history: { ttl: 5 } } }).default.history).toEqual({
      size: 100,
      ttlMs: 5,
    })
  })
})

describe('a singleton', () => {
  const problemsOf = (rooms: RoomsConfig): string => {
    try {
      roomsOf(rooms)
      return ''
    } catch (error) {
      return String(error)
    }
  }

  test('needs a behaviour, of its own or by a pattern that may fit', () => {
    const lonely = { namespaces: { game: { singleton: true } } }
    expect(problemsOf(lonely)).toContain(
      'rooms.namespaces.game.singleton: needs rooms.namespaces.game.behavior',
    )
    expect(problemsOf({ ...lonely, behaviors: { 'other:*': 'o.ts' } })).toContain('needs')
    expect(problemsOf({ default: { singleton: true } })).toContain('rooms.default.singleton')
    for (const pattern of ['game:*', '*', 'g*:1']) {
      expect(problemsOf({ ...lonely, behaviors: { [pattern]: 'o.ts' } })).toBe('')
    }
    const behavior = 'b.ts'
    expect(problemsOf({ namespaces: { game: { singleton: true, behavior } } })).toBe('')
  })

  test('is taken over by namespaces, which may say otherwise', () => {
    const { namespaces } = roomsOf({
      default: { singleton: true, behavior: 'b.ts' },
      namespaces: { game: {}, chat: { singleton: false } },
    })
    expect(namespaces.get('game')?.singleton).toBe(true)
    expect(namespaces.get('chat')?.singleton).toBe(false)
  })
})
