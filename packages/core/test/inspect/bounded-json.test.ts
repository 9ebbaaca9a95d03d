import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundJson, type Json } from '../../src/inspect/bounded-json.ts'

/** What misbehaves when it is looked at. */
const traps: readonly (() => unknown)[] = [
  () => new Proxy({}, { ownKeys: fault }),
  () => new Proxy([], { get: fault }),
  () => new Proxy({ a: 1 }, { getPrototypeOf: fault, get: fault, has: fault }),
  () => Proxy.revocable({}, {}).proxy,
  () => {
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    return proxy
  },
  () => ({ toJSON: fault }),
  () => ({
    get field() {
      return fault()
    },
  }),
  () => ({
    toJSON: () => {
      throw Object.create(null)
    },
  }),
  () => Object.create(Map.prototype) as object,
  () => ({
    constructor: null,
    __proto__: {
      get constructor(): never {
        return fault()
      },
    },
  }),
  () => JSON.parse('{"__proto__": {"toJSON": 1}}') as object,
  () => Object.defineProperty(() => 1, 'name', { value: Symbol('odd') }),
  () => [Symbol('mark'), () => 1, /a+/g, new Error('odd'), Promise.resolve(), -0],
  () => ({
    toJSON() {
      return { again: this }
    },
  }),
]

function fault(): never {
  throw new Error('not to be looked at')
}

/** Made within a test: fast-check looks at what it makes. */
const anything: fc.Arbitrary<() => unknown> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .anything({
        maxDepth: 4,
        withBigInt: true,
        withBoxedValues: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withObjectString: true,
        withSet: true,
        withSparseArray: true,
        withTypedArray: true,
        withUnicodeString: true,
      })
      .map((value) => () => value),
  },
  { weight: 1, arbitrary: fc.constantFrom(...traps) },
)

/** Some of anything, which hold each other in any way. */
const knotted: fc.Arbitrary<() => unknown> = fc
  .tuple(
    fc.array(anything, { minLength: 1, maxLength: 12 }),
    fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 24 }),
  )
  .map(([held, links]) => () => {
    const knots = held.map((make) => ({ value: make(), others: [] as unknown[] }))
    const at = (place: number) => knots[place % knots.length]!
    for (const [from, to] of links) at(from).others.push(at(to))
    return knots[0]
  })

const someBounds = fc.record({
  depth: fc.integer({ min: 1, max: 8 }),
  entries: fc.integer({ min: 1, max: 40 }),
  text: fc.integer({ min: 1, max: 40 }),
  total: fc.integer({ min: 300, max: 900 }),
})

/** Of such numbers JSON makes null. */
function inWords(_name: string, value: unknown): unknown {
  const number = typeof value === 'number' || value instanceof Number
  return number && !Number.isFinite(Number(value)) ? String(value) : value
}

/** Levels of lists and objects. */
function levelsOf(json: Json): number {
  if (typeof json !== 'object' || json === null) return 0
  return 1 + Math.max(0, ...Object.values(json).map(levelsOf))
}

function widestOf(json: Json): number {
  if (typeof json !== 'object' || json === null) return 0
  const below: Json[] = Object.values(json)
  return Math.max(below.length, ...below.map(widestOf))
}

describe('any value', () => {
  test('becomes JSON within its bounds', () => {
    fc.assert(
      fc.property(fc.oneof(anything, knotted), someBounds, (make, bounds) => {
        const json = boundJson(make(), bounds)
        const text = JSON.stringify(json)
        expect(text.length).toBeLessThanOrEqual(bounds.total)
        // Nothing in it that JSON would lose, but the sign of a zero.
        expect(JSON.stringify(JSON.parse(text))).toBe(text)
        expect(levelsOf(json)).toBeLessThanOrEqual(bounds.depth + 1)
        expect(widestOf(json)).toBeLessThanOrEqual(bounds.entries + 1)
      }),
      { numRuns: 1_000 },
    )
  })

  test('is left as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = structuredClone(value)
        boundJson(value, { entries: 1, text: 1 })
        expect(value).toEqual(before)
      }),
    )
  })
})

describe('what JSON carries', () => {
  const carried = fc.oneof(
    fc.jsonValue({ noUnicodeString: false }),
    fc.anything({ withBoxedValues: true, withNullPrototype: true, withUnicodeString: true }),
    fc.array(fc.date()),
    fc.dictionary(
      fc.constantFrom('__proto__', 'toJSON', 'constructor', '…', 'length'),
      fc.jsonValue(),
    ),
  )

  test('stands as in JSON where nothing has to be cut', () => {
    fc.assert(
      fc.property(carried, (value) => {
        const text = JSON.stringify(value, inWords)
        fc.pre(text !== undefined && text.length < 3_000)
        expect(JSON.stringify(boundJson(value))).toBe(text)
      }),
      { numRuns: 1_000 },
    )
  })

  test('stands twice where it is twice, and not within itself', () => {
    const shared = { name: 'shared' }
    const circle: Record<string, unknown> = { one: shared, other: [shared] }
    circle['self'] = circle
    circle['below'] = [{ circle }]
    expect(boundJson(circle)).toEqual({
      one: { name: 'shared' },
      other: [{ name: 'shared' }],
      self: '[circular]',
      below: [{ circle: '[circular]' }],
    })
  })

  test('is what a toJSON makes of it, once', () => {
    const made = { toJSON: (name: string) => ({ name, toJSON: () => 'again' }) }
    expect(boundJson({ url: new URL('http://a/b'), made })).toEqual({
      url: 'http://a/b',
      made: { name: 'made', toJSON: '[function toJSON]' },
    })
  })
})

describe('what JSON drops', () => {
  class Account {
    readonly owner = 'ann'
    readonly #secret = 'hunter2'
    get hidden(): string {
      return this.#secret
    }
  }
  class Closed {
    readonly #own = 1
    get own(): number {
      return this.#own
    }
  }
  const failure = new TypeError('redis://ann:hunter2@host is gone', { cause: new Error('why') })

  test.each<[string, unknown, Json]>([
    ['a bigint', 12n, '12n'],
    ['no number', [Number.NaN, -Infinity], ['NaN', '-Infinity']],
    ['a symbol', Symbol('mark'), 'Symbol(mark)'],
    ['a function', { go: fault, not: () => 1 }, { go: '[function fault]', not: '[function not]' }],
    ['nothing', [undefined, { none: undefined }], [null, {}]],
    ['a hole', [1, , 3], [1, null, 3]], // oxlint-disable-line no-sparse-arrays -- that is what this is about
    ['a map by texts', new Map([['a', new Map()]]), { a: {} }],
    [
      'a map by anything',
      new Map<unknown, unknown>([
        [1, 'a'],
        [{ x: 1 }, 'b'],
      ]),
      [
        [1, 'a'],
        [{ x: 1 }, 'b'],
      ],
    ],
    ['a set', new Set([1, new Set()]), [1, []]],
    ['a regular expression', /a+/g, '/a+/g'],
    ['bytes', Buffer.from('hi'), [104, 105]],
    ['numbers in a row', new BigInt64Array([1n]), ['1n']],
    [
      'a URL, without its password',
      [
        new URL('redis://ann:secret@host/'),
        'at redis://ann:secret@host',
        new Map([['x://secret@y', 1]]),
      ],
      ['redis://[redacted]@host/', 'at redis://[redacted]@host', { 'x://[redacted]@y': 1 }],
    ],
    ['a function without a name', [() => 1], ['[function]']],
    ['what others are in', [new ArrayBuffer(4), Promise.resolve()], ['[ArrayBuffer]', '[Promise]']],
    ['an instance', new Account(), { owner: 'ann' }],
    ['an instance that keeps all to itself', new Closed(), '[Closed]'],
    [
      'an error',
      Object.assign(failure, { code: 7 }),
      {
        name: 'TypeError',
        message: 'redis://[redacted]@host is gone',
        cause: { name: 'Error', message: 'why' },
        code: 7,
      },
    ],
    [
      'one that throws',
      {
        get a() {
          return fault()
        },
        b: 1,
      },
      { a: '[throws Error: not to be looked at]', b: 1 },
    ],
    ['one that cannot even be thrown', traps[7]!(), '[throws something that has no text]'],
    [
      'a prototype in disguise',
      JSON.parse('{"__proto__":{"a":1}}'),
      JSON.parse('{"__proto__":{"a":1}}') as Json,
    ],
    ['undefined itself', undefined, null],
  ])('is said: %s', (_what, value, said) => {
    expect(JSON.stringify(boundJson(value))).toBe(JSON.stringify(said))
  })
})

describe('what is too much', () => {
  test('is counted where it is missing', () => {
    expect(
      boundJson(
        {
          list: [1, 2, 3],
          set: new Set('abcd'),
          map: new Map([
            ['a', 1],
            ['b', 2],
            ['c', 3],
          ]),
        },
        { entries: 2 },
      ),
    ).toEqual({
      list: [1, 2, '… 1 more'],
      set: ['a', 'b', '… 2 more'],
      '…': '1 more',
    })
    expect(boundJson('x'.repeat(1_812))).toBe(`${'x'.repeat(1_000)}… 812 more`)
    expect(boundJson({ kkkkkkkkkkkk: 1 }, { text: 10 })).toEqual({
      'kkkkkkkkkk… 2 more': 1,
    })
    expect(boundJson([[[1, 2]], { a: { b: 1 } }, [[]]], { depth: 2 })).toEqual([
      [['… 2 more']],
      { a: { '…': '1 more' } },
      [[]],
    ])
    expect(boundJson(new Array(4_294_967_295))).toHaveLength(101)
  })

  test('leaves no half of a character', () => {
    expect(boundJson('ab👍cd', { text: 3 })).toBe('ab… 4 more')
  })

  test('is what is deepest, where there is no room for all', () => {
    const crowd = Array.from({ length: 90 }, (_, i) => ({
      name: `member ${i}`,
      about: 'x'.repeat(1_000),
    }))
    const json = boundJson({ crowd, last: { of: 'all' }, open: true }) as { crowd: Json[] }
    expect(json).toMatchObject({ last: { of: 'all' }, open: true })
    expect(json.crowd).toHaveLength(90)
    expect(json.crowd[0]).toEqual(crowd[0])
    expect(json.crowd[89]).toEqual({ name: 'member 89', '…': '1 more' })
  })

  test('is nothing where all has room', () => {
    const lists = Array.from({ length: 100 }, (_, i) => Array.from({ length: 100 }, () => i))
    const text = JSON.stringify(lists)
    // A comma is counted behind each entry, also behind the last.
    expect(boundJson(lists, { total: text.length + 120 })).toEqual(lists)
    expect(boundJson(lists, { total: text.length - 1 })).not.toEqual(lists)
  })

  test('is nothing that is in words', () => {
    const words = (value: object): string | undefined => ('id' in value ? 'one' : undefined)
    expect(boundJson({ a: { id: 7 }, b: [{ id: 8 }, {}] }, { words })).toEqual({
      a: 'one',
      b: ['one', {}],
    })
  })
})
