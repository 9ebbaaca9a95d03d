import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { variables } from '../src/environment.ts'
import { nodeSchema, type NodeConfig } from '../src/option-schema.ts'
import { nodeDefaults, resolveOptions } from '../src/options.ts'
import { historyDefaults, roomDefaults } from '../src/room-options.ts'
import { dumpsDefaults } from '../src/seeing/dump-options.ts'

const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')

/** Key → default, from the tables of the page. Rooms' options stand there without what leads to them. */
const rows = new Map(
  [...page.matchAll(/^\| `([\w.]+)` +\| (.*?) +\| .+ \|$/gm)].map(([, key = '', value = '']) => [
    key,
    value,
  ]),
)

interface Schema {
  properties?: Record<string, Schema>
  anyOf?: Schema[]
}

/** Every key of a schema, by its path; tables of users' own names count as one key. */
function keysOf(schema: Schema, path = ''): string[] {
  const inner =
    [schema, ...(schema.anyOf ?? [])].find(({ properties }) => properties)?.properties ?? {}
  return Object.entries(inner).flatMap(([key, value]) => {
    const below = keysOf(value, `${path}${key}.`)
    return below.length > 0 ? [`${path}${key}`, ...below] : [`${path}${key}`]
  })
}

/** The same of a value. */
function pathsOf(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const group = typeof item === 'object' && item !== null && !Array.isArray(item)
    return [`${path}${key}`, ...(group ? pathsOf(item, `${path}${key}.`) : [])]
  })
}

const keys = keysOf(z.toJSONSchema(nodeSchema, { io: 'input', unrepresentable: 'any' }) as Schema)
/** One of everything, in the type that users write. */
const everything = {
  name: 'n',
  host: 'h',
  port: 1,
  adminHost: '::1',
  adminPort: 2,
  adminActions: true,
  adminToken: 't',
  insecure: false,
  origins: ['*'],
  apiKey: 'k',
  tokenSecret: 's',
  tokens: {
    previousSecrets: ['p'],
    publicKeys: ['k.pem'],
    jwksUrl: 'https://id.example',
    algorithms: ['HS256'],
    audience: 'a',
    issuer: 'i',
  },
  redis: 'redis://r',
  site: 'public',
  tls: { cert: 'c', key: 'k' },
  rooms: {
    default: {
      presence: true,
      joinLeave: true,
      history: { size: 1, ttl: '1s' },
      recover: true,
      position: true,
      allow: { subscribe: 'any', publish: 'client', presence: 'subscriber', history: 'none' },
      slow: { policy: 'latest', maxBytes: 1_024, maxAgeMs: '1s' },
      behavior: 'b.ts',
      singleton: true,
    },
    namespaces: {
      game: {
        history: false,
        recover: false,
        position: false,
        slow: 'drop-oldest',
        behavior: false,
        singleton: false,
      },
    },
    behaviors: { 'a:*': 'a.ts' },
  },
  rpc: { m: 'm.ts' },
  limits: { ...nodeDefaults.limits, connectTimeoutMs: '1s' },
  heartbeat: { ...nodeDefaults.heartbeat, pingMs: '1m' },
  drain: { ...nodeDefaults.drain, intervalMs: '1s' },
  cluster: { ...nodeDefaults.cluster, beatMs: '1s' },
  dumps: {
    ...dumpsDefaults,
    dir: 'dumps',
    cooldownMs: '1m',
    rules: [{ name: 'r', figure: 'actors', above: 1, forMs: '1m', growsBy: 1, growsInMs: '30s' }],
  },
  tracing: { endpoint: 'http://127.0.0.1:4318/v1/traces', sample: 0.5 },
  log: { level: 'warn' },
} satisfies NodeConfig

const groups = new Set([
  'rooms',
  'tls',
  'tokens',
  'limits',
  'heartbeat',
  'drain',
  'cluster',
  'dumps',
  'tracing',
  'log',
  'allow',
])
const told = keys
  .map((key) => key.replace(/^rooms\.default\./, ''))
  .filter((key) => !groups.has(key))

describe('the type of a configuration', () => {
  test('has every key that the schema has, and no other', () => {
    const { rooms, rpc, ...rest } = everything
    const named = {
      ...rest,
      rooms: { ...rooms, namespaces: 1, behaviors: 1 },
      rpc: Object.keys(rpc).length,
    }
    expect(pathsOf(named).toSorted()).toEqual(keys.toSorted())
    expect(() => resolveOptions(everything)).not.toThrow()
  })
})

describe('docs/configuration.md', () => {
  test('tells every key there is, and no other', () => {
    expect(keys.length).toBeGreaterThan(60)
    expect([...rows.keys()].filter((key) => !key.startsWith('SLUICE_')).toSorted()).toEqual(
      told.toSorted(),
    )
  })

  test('tells the defaults as they are', () => {
    const defaults = {
      ...nodeDefaults,
      ...roomDefaults,
      slow: { policy: roomDefaults.slow.policy },
      history: { size: historyDefaults.size, ttl: historyDefaults.ttlMs },
    }
    const checked = [...rows].flatMap(([key, value]) => {
      const actual = key
        .split('.')
        .reduce<unknown>(
          (at, step) => (typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined),
          defaults,
        )
      const isLeaf = ['string', 'number', 'boolean'].includes(typeof actual)
      return isLeaf ? [[key, value, `\`${JSON.stringify(actual)}\``]] : []
    })
    expect(checked.length).toBeGreaterThan(30)
    expect(checked.map(([key, value]) => [key, value])).toEqual(
      checked.map(([key, , actual]) => [key, actual]),
    )
  })

  test('tells every variable and the key it sets', () => {
    for (const [name, key] of Object.entries(variables)) expect(rows.get(name)).toBe(`\`${key}\``)
    expect(rows.has('SLUICE_CONFIG')).toBe(true)
  })
})
