import { describe, expect, test } from 'vitest'
import { ConfigError } from '../src/config-error.ts'
import type { NodeConfig } from '../src/option-schema.ts'
import { nodeDefaults, resolveOptions, type Resolved } from '../src/options.ts'

const here = { base: '/srv/app', hostname: 'box' }

/** What JSON may hold, right or wrong. */
function resolve(given: unknown): Resolved {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- wrong types are the point
  return resolveOptions(given as NodeConfig, here)
}

/** The problems, one a line. */
function refusal(given: unknown): string {
  try {
    resolve(given)
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace('[option_invalid] ', '')
    throw error
  }
  return 'accepted'
}

function warned(given: NodeConfig): string[] {
  return resolve(given).warnings.map(({ key, message }) => `${key}: ${message}`)
}

describe('options that nobody gave', () => {
  test('are the defaults', () => {
    const { options } = resolve({})
    expect(options).toMatchObject(nodeDefaults)
    expect(options.name).toBe('box-8000')
    expect(options.tls).toBeUndefined()
  })

  test('name the node after its machine and port', () => {
    expect(resolve({ port: 9000 }).options.name).toBe('box-9000')
    expect(resolve({ port: 9000, name: 'n1' }).options.name).toBe('n1')
  })

  test('include a way in only if one is given', () => {
    expect(warned({})).toEqual([expect.stringMatching(/^tokenSecret: no client can connect/)])
    expect(warned({ tokenSecret: 'x'.repeat(32) })).toEqual([])
    expect(warned({ tokens: { jwksUrl: 'https://id.example/jwks' } })).toEqual([])
  })

  test('are left alone by a key that holds undefined', () => {
    expect(resolve({ port: undefined, limits: { maxFrameBytes: undefined } }).options).toEqual(
      resolve({}).options,
    )
  })
})

describe('options that are given', () => {
  test('replace their defaults one by one', () => {
    const { options } = resolve({
      port: 0,
      limits: { maxFrameBytes: 1024 },
      heartbeat: { pingMs: 60_000 },
    })
    expect(options.port).toBe(0)
    expect(options.limits).toEqual({ ...nodeDefaults.limits, maxFrameBytes: 1024 })
    expect(options.heartbeat).toEqual({ ...nodeDefaults.heartbeat, pingMs: 60_000 })
  })

  test('may tell times as text', () => {
    const { options } = resolve({
      limits: { broadcastDeadlineMs: '250ms', connectTimeoutMs: '2s' },
      heartbeat: { pingMs: '1m', idleMs: '1h' },
      drain: { deadlineMs: '10s' },
    })
    expect(options.limits).toMatchObject({ broadcastDeadlineMs: 250, connectTimeoutMs: 2_000 })
    expect(options.heartbeat).toMatchObject({ pingMs: 60_000, idleMs: 3_600_000 })
    expect(options.drain.deadlineMs).toBe(10_000)
  })

  test('name files relative to the configuration', () => {
    const pem = '-----BEGIN PUBLIC KEY-----\n…'
    const { options } = resolve({
      tls: { cert: 'cert.pem', key: '/etc/key.pem' },
      tokens: { publicKeys: ['keys/a.pem', pem] },
      rpc: { bid: './auction.ts' },
      rooms: { default: { behavior: './room.ts' }, behaviors: { 'a:*': '../a.ts' } },
    })
    expect(options.tls).toEqual({ cert: '/srv/app/cert.pem', key: '/etc/key.pem' })
    expect(options.tokens.publicKeys).toEqual(['/srv/app/keys/a.pem', pem])
    expect(options.rpc).toEqual(new Map([['bid', '/srv/app/auction.ts']]))
    expect(options.rooms.default.behavior).toBe('/srv/app/room.ts')
    expect(options.rooms.behaviors).toEqual(new Map([['a:*', '/srv/a.ts']]))
  })

  test('list the current secret before those it replaced', () => {
    const { options } = resolve({
      tokenSecret: 'new',
      tokens: { previousSecrets: ['old', 'older'] },
    })
    expect(options.tokens.secrets).toEqual(['new', 'old', 'older'])
  })

  test.each([
    'redis://h',
    'rediss://u:p@h:1/2',
    'redis-sentinel://a:1,b:2/primary',
    'redis-cluster://u:p@a:1,b:2',
    'rediss-cluster://a',
  ])('may be %s', (redis) => {
    expect(resolve({ redis }).options.redis).toBe(redis)
  })

  test('never allow more connections than actors', () => {
    expect(resolve({ limits: { maxActors: 1_000 } }).options.limits.maxConnections).toBe(1_000)
    expect(refusal({ limits: { maxActors: 1_000, maxConnections: 1_001 } })).toMatch(
      /^limits.maxConnections: .* maxActors is 1000/,
    )
  })
})

describe('a mistake', () => {
  test.each([
    [{ port: 'x' }, 'port: expected a whole number from 0 to 65535, got "x"'],
    [{ port: 70_000 }, 'port: expected a whole number from 0 to 65535, got 70000'],
    [{ port: 80.5 }, 'port: expected a whole number from 0 to 65535, got 80.5'],
    [{ port: null }, 'port: expected a whole number from 0 to 65535, got null'],
    [{ insecure: 'yes' }, 'insecure: expected true or false, got "yes"'],
    [
      { name: 'two words' },
      'name: expected a name: printable ASCII without spaces, at most 255 characters, got "two words"',
    ],
    [{ host: '' }, 'host: expected a host name or an IP address, got ""'],
    [
      { origins: ['https://a.example', 'b.example'] },
      'origins[1]: expected an origin such as https://app.example.com or https://*.example.com, null or *, got "b.example"',
    ],
    [{ origins: '*' }, 'origins: expected a list of origins, got "*"'],
    [
      { rooms: { namespaces: { game: { history: { size: 'x' } } } } },
      'rooms.namespaces.game.history.size: expected a whole number from 1 to 100000, got "x"',
    ],
    [
      { rooms: { default: { history: { size: 0 } } } },
      'rooms.default.history.size: expected a whole number from 1 to 100000, got 0',
    ],
    [
      { rooms: { default: { history: { ttl: '5 minutes' } } } },
      'rooms.default.history.ttl: expected a time from 1ms to 365d, as milliseconds or like "500ms", "25s", "5m", got "5 minutes"',
    ],
    [
      { rooms: { default: { allow: { publish: 'all' } } } },
      'rooms.default.allow.publish: expected one of none, subscriber, client, any, got "all"',
    ],
    [
      { rooms: { default: { slow: 'drop' } } },
      'rooms.default.slow.policy: expected one of disconnect, drop-oldest, latest, got "drop"',
    ],
    [{ rooms: { default: [] } }, 'rooms.default: expected a group of keys, got a list'],
    [
      { rooms: { namespaces: { 'my-game': { presence: 1 } } } },
      'rooms.namespaces["my-game"].presence: expected true or false, got 1',
    ],
    [
      { rooms: { namespaces: { 'a:b': {} } } },
      'rooms.namespaces["a:b"]: expected a namespace: letters, digits, ".", "_" and "-", at most 64, a letter or digit first',
    ],
    [
      { rooms: { behaviors: { 'a:*': 5 } } },
      'rooms.behaviors["a:*"]: expected the path of a module, got 5',
    ],
    [{ rpc: { bid: '' } }, 'rpc.bid: expected the path of a module, got ""'],
    [{ tls: { cert: 'a.pem' } }, 'tls.key: expected the path of a PEM file, got nothing'],
    [
      { redis: 'localhost:6379' },
      'redis: expected a URL that starts with redis://, rediss://, redis-sentinel:// or redis-cluster://, got "localhost:6379"',
    ],
    [
      { redis: 'http://u:canary@h' },
      'redis: expected a URL that starts with redis://, rediss://, redis-sentinel:// or redis-cluster://, got "http://[redacted]@h"',
    ],
    [
      { tokens: { algorithms: ['none'] } },
      expect.stringMatching(/^tokens\.algorithms\[0\]: expected one of HS256, .*, got "none"$/),
    ],
    [{ tokens: { algorithms: [] } }, 'tokens.algorithms: expected at least one algorithm'],
    [{ heartbeat: { jitter: 1 } }, 'heartbeat.jitter: expected a number from 0 to 0.9, got 1'],
    [
      { log: { level: 'loud' } },
      expect.stringMatching(/^log\.level: expected one of trace, .*, got "loud"$/),
    ],
    [5, 'expected a group of keys, got 5'],
    [null, 'expected a group of keys, got null'],
    [[], 'expected a group of keys, got a list'],
  ])('%j is told with its key', (given, told) => {
    expect(refusal(given)).toEqual(told)
  })

  test.each([
    [{ prot: 8000 }, 'prot: unknown key, did you mean port?'],
    [
      { rooms: { default: { join_leave: true } } },
      'rooms.default.join_leave: unknown key, did you mean joinLeave?',
    ],
    [
      { rooms: { default: { history: { sise: 1 } } } },
      'rooms.default.history.sise: unknown key, did you mean size?',
    ],
    [
      { rooms: { namespaces: { game: { presense: true } } } },
      'rooms.namespaces.game.presense: unknown key, did you mean presence?',
    ],
    [
      { drain: { x: 1 } },
      'drain.x: unknown key, known are graceMs, spreadMs, batch, intervalMs, deadlineMs',
    ],
    [
      { 'odd key': 1, log: { lvl: 1 } },
      expect.stringMatching(
        /^log\.lvl: unknown key, .*\n\["odd key"\]: unknown key, known are name, host/,
      ),
    ],
  ])('%j is an unknown key', (given, told) => {
    expect(refusal(given)).toEqual(told)
  })

  test('does not hide the others', () => {
    const said = refusal({
      port: 'x',
      prt: 1,
      rooms: { default: { presence: 1, historry: {} } },
      limits: { maxFrameBytes: 1 },
    })
    expect(said.split('\n').map((line) => line.split(':')[0])).toEqual([
      'port',
      'rooms.default.presence',
      'rooms.default.historry',
      'limits.maxFrameBytes',
      'prt',
    ])
  })

  test.each([
    { apiKey: ['canary'] },
    { apiKey: { canary: 1 } },
    { tokenSecret: 123456789 },
    { adminToken: { a: 'canary' } },
    { tokens: { previousSecrets: 'canary' } },
    { tokens: { previousSecrets: ['ok', 123456789] } },
    { redis: 'postgres://user:canary@host' },
  ])('in a secret does not show it: %j', (given) => {
    expect(refusal(given)).not.toMatch(/canary|123456789/)
    expect(refusal(given)).toMatch(/expected/)
  })

  test('is thrown as one error with its parts', () => {
    expect(() => resolve({ port: -1 })).toThrow(ConfigError)
    expect(() => resolve({ port: -1 })).toThrow('[option_invalid] port: ')
  })
})

describe('options that contradict each other are refused:', () => {
  test('an admin port open to others without a token', () => {
    expect(refusal({ adminHost: '0.0.0.0' })).toBe(
      'adminHost: 0.0.0.0 can be reached from other machines, which needs an adminToken',
    )
    expect(refusal({ adminHost: '0.0.0.0', adminToken: 't' })).toBe('accepted')
    for (const adminHost of ['localhost', '127.0.0.1', '127.1.2.3', '::1'])
      expect(refusal({ adminHost })).toBe('accepted')
    for (const adminHost of ['::', '10.0.0.1', 'localhost.example.com', '1127.0.0.1']) {
      expect(refusal({ adminHost })).toMatch(/^adminHost/)
    }
  })

  test('two listeners on one port', () => {
    expect(refusal({ port: 8001 })).toBe('adminPort: 8001 is the port for clients already')
    expect(refusal({ port: 0, adminPort: 0 })).toBe('accepted')
    expect(refusal({ port: 8001, host: '0.0.0.0' })).toMatch(/^adminPort/)
    expect(refusal({ port: 8001, host: '10.0.0.1' })).toBe('accepted')
  })

  test('a pong that may come after the next ping', () => {
    expect(refusal({ heartbeat: { pingMs: 10_000 } })).toMatch(
      /^heartbeat.pongMs: must be less than 8000/,
    )
    expect(refusal({ heartbeat: { pingMs: 10_000, pongMs: 7_999 } })).toBe('accepted')
  })

  test('a lease that two missed beats outlast, and a drain longer than its deadline', () => {
    expect(refusal({ cluster: { beatMs: '5s' } })).toBe(
      'cluster.leaseMs: must be at least 10000, twice cluster.beatMs',
    )
    expect(refusal({ cluster: { beatMs: '5s', leaseMs: '10s' } })).toBe('accepted')
    expect(refusal({ drain: { graceMs: '20s', spreadMs: '11s' } })).toMatch(/^drain\.deadlineMs/)
    expect(refusal({ drain: { graceMs: '20s', spreadMs: '10s' } })).toBe('accepted')
  })

  test('recovery or positions without history', () => {
    expect(refusal({ rooms: { default: { recover: true } } })).toBe(
      'rooms.default.recover: needs rooms.default.history',
    )
    expect(refusal({ rooms: { default: { position: true } } })).toBe(
      'rooms.default.position: needs rooms.default.history',
    )
    const rooms = {
      default: { recover: true, history: {} },
      namespaces: { game: { history: false } },
    }
    expect(refusal({ rooms })).toBe(
      'rooms.namespaces.game.recover: needs rooms.namespaces.game.history',
    )
  })

  test('a room’s queue larger than a connection’s', () => {
    const rooms = { namespaces: { live: { slow: { policy: 'latest', maxBytes: 2_000_000 } } } }
    expect(refusal({ rooms })).toMatch(
      /^rooms\.namespaces\.live\.slow\.maxBytes: is more than limits\.maxQueueBytes \(1048576\)/,
    )
    expect(refusal({ rooms, limits: { maxQueueBytes: 2_000_000 } })).toBe('accepted')
  })
})

describe('a warning', () => {
  test('is loud about insecure mode, most of all on a public host', () => {
    expect(warned({ insecure: true })).toEqual([
      'insecure: anyone on this machine can connect without a token, and call the server API without a key',
    ])
    expect(warned({ insecure: true, apiKey: 'k'.repeat(32) })).toEqual([
      'insecure: anyone on this machine can connect without a token',
    ])
    expect(warned({ insecure: true, host: '0.0.0.0' })).toEqual([
      expect.stringMatching(/^insecure: ANYONE WHO REACHES 0\.0\.0\.0 CAN CONNECT/),
    ])
  })

  test('tells of secrets that can be guessed, without telling them', () => {
    const said = warned({ tokenSecret: 'canary' })
    expect(said).toEqual([
      'tokenSecret: a secret of fewer than 32 bytes can be guessed from a token',
    ])
  })

  test('tells of keys that can be replaced on their way', () => {
    expect(warned({ tokens: { jwksUrl: 'http://id.example/jwks' } })).toEqual([
      expect.stringMatching(/^tokens\.jwksUrl/),
    ])
    expect(warned({ tokens: { jwksUrl: 'http://127.0.0.1:9000/jwks' } })).toEqual([])
    expect(warned({ tokens: { jwksUrl: 'http://[::1]:9000/jwks' } })).toEqual([])
  })
})
