import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createOriginCheck, isOriginPattern } from '../../src/edge/origins.ts'

/** What no list may let in, unless it lets in everything. */
const hostile = [
  '',
  'null',
  'file://',
  'https://good.com.evil.com',
  'https://evil.com/good.com',
  'https://evil.com#good.com',
  'https://evil.com?good.com',
  'https://good.com@evil.com',
  'https://good.com:443@evil.com',
  'https://prefix-good.com',
  'https://goodxcom',
  'https://good.com.',
  'https://good.com/',
  'https://good.com:444',
  'https://good.com:',
  'https://good.com:443',
  'http://good.com',
  'ftp://good.com',
  'wss://good.com',
  'HTTPS://good.com',
  'https://GOOD.com',
  'https://göod.com',
  'https://good.com, https://good.com',
  'https://good.com https://evil.com',
  ' https://good.com',
  'https://good.com\\@evil.com',
  'https://good.com%00.evil.com',
  'https:good.com',
  '//good.com',
  'good.com',
  'https://*',
  '*',
  '*.good.com',
  'https://*.good.com',
  'https://.good.com',
  'https://a..good.com',
]

describe('a list of origins', () => {
  const allows = createOriginCheck(['https://good.com'])

  test('lets in the origin it names', () => {
    expect(allows('https://good.com', 'gateway:8000')).toBe(true)
  })

  test.each(hostile)('refuses %j', (origin) => {
    expect(allows(origin, 'gateway:8000')).toBe(false)
  })

  test('lets in clients that are no browsers: they send no Origin', () => {
    expect(allows(undefined, 'gateway:8000')).toBe(true)
  })

  test('names a port only when it is not the scheme’s own', () => {
    const check = createOriginCheck([
      'https://good.com:443',
      'http://good.com:8080',
      'http://80.com:80',
    ])
    expect(check('https://good.com', 'h')).toBe(true)
    expect(check('http://good.com:8080', 'h')).toBe(true)
    expect(check('http://good.com', 'h')).toBe(false)
    expect(check('http://80.com', 'h')).toBe(true)
    expect(check('https://good.com:8080', 'h')).toBe(false)
  })

  test('may be written with capitals and with letters beyond ASCII', () => {
    const check = createOriginCheck(['HTTPS://App.Example.COM', 'https://bücher.example'])
    expect(check('https://app.example.com', 'h')).toBe(true)
    expect(check('https://xn--bcher-kva.example', 'h')).toBe(true)
    expect(check('https://bücher.example', 'h')).toBe(false)
  })

  test('knows addresses, also of IPv6, and the origins of apps', () => {
    const listed = [
      'http://[::1]:3000',
      'http://10.0.0.7',
      'capacitor://localhost',
      'file://',
      'chrome-extension://abcdef',
    ]
    const check = createOriginCheck(listed)
    expect(listed.filter((origin) => !check(origin, 'h'))).toEqual([])
    expect(check('http://[::1]', 'h')).toBe(false)
    expect(check('http://[::2]:3000', 'h')).toBe(false)
  })

  test('lets in `null` only when it names it', () => {
    const check = createOriginCheck(['null', 'https://good.com'])
    expect(check('null', 'h')).toBe(true)
    expect(check('https://good.com', 'h')).toBe(true)
    expect(check('NULL', 'h')).toBe(false)
  })
})

describe('a wildcard', () => {
  const allows = createOriginCheck(['https://*.good.com', 'http://localhost:*'])

  test.each([
    'https://a.good.com',
    'https://a.b.good.com',
    'https://xn--a.good.com',
    'http://localhost',
    'http://localhost:3000',
  ])('lets in %s', (origin) => {
    expect(allows(origin, 'h')).toBe(true)
  })

  test.each([
    ...hostile,
    'https://good.com',
    'https://agood.com',
    'https://evil-good.com',
    'https://a.good.com:8443',
    'http://a.good.com',
    'https://a.good.com.evil.com',
    'https://evil.com/.good.com',
    'https://evil.com#.good.com',
    'https://evil.com?.good.com',
    'https://u@a.good.com',
    'https://A.good.com',
    'https://a.good.com.',
    'https://localhost:3000',
    'http://localhost.evil.com:3000',
    'http://localhost:evil',
    'http://localhost:3000.evil.com',
  ])('refuses %j', (origin) => {
    expect(allows(origin, 'h')).toBe(false)
  })

  test('for everything is a star alone', () => {
    const check = createOriginCheck(['*'])
    for (const origin of ['https://anywhere.example', 'null', 'file://'])
      expect(check(origin, 'h')).toBe(true)
    expect(check('', 'h')).toBe(false)
  })

  test('never covers a host that merely ends in the same letters (CVE-2022-42975)', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,10}$/)
    fc.assert(
      fc.property(label, (letters) => {
        expect(allows(`https://${letters}good.com`, 'h')).toBe(false)
        expect(allows(`https://${letters}.good.com`, 'h')).toBe(true)
      }),
    )
  })
})

describe('without a list', () => {
  const allows = createOriginCheck([])

  test.each([
    ['http://gateway:8000', 'gateway:8000'],
    ['http://gateway', 'gateway'],
    ['http://gateway', 'gateway:80'],
    ['https://gateway', 'gateway:443'],
    ['https://gateway', 'gateway'],
    ['http://gateway:8000', 'GATEWAY:8000'],
    ['http://[::1]:8000', '[::1]:8000'],
    ['http://127.0.0.1:8000', '127.0.0.1:8000'],
  ])('a page of %s may call %s', (origin, host) => {
    expect(allows(origin, host)).toBe(true)
  })

  test.each([
    ['http://gateway:8000', 'gateway:8001'],
    ['http://gateway', 'gateway:8000'],
    ['https://gateway', 'gateway:80'],
    ['http://evil.com', 'gateway'],
    ['http://gateway.evil.com', 'gateway'],
    ['http://evil-gateway', 'gateway'],
    ['http://localhost:8000', '127.0.0.1:8000'],
    ['null', 'null'],
    ['file://', ''],
    ['', ''],
    ['http://gateway', undefined],
    ['http://gateway', 'gateway, gateway'],
    ['capacitor://gateway', 'gateway'],
    ['http://GATEWAY', 'gateway'],
  ])('a page of %j may not call %j', (origin, host) => {
    expect(allows(origin, host)).toBe(false)
  })

  test('a client that is no browser may call', () => {
    expect(allows(undefined, 'gateway')).toBe(true)
  })
})

describe('an entry of the list', () => {
  test.each([
    '',
    'example.com',
    '//example.com',
    'https://',
    'https://*',
    'https://*.',
    'https://*.com',
    'https://a.*.com',
    'https://*a.com',
    'https://example.com/',
    'https://example.com/path',
    'https://u@example.com',
    'https://a..com',
    'https://example.com:99999999',
    'https://example.com:80:*',
    'https://example.com.',
    '**',
    'https://*.[::1]',
    'https://a b',
  ])('%j is refused', (entry) => {
    expect(isOriginPattern(entry)).toBe(false)
    expect(() => createOriginCheck([entry])).toThrow(/not an origin/)
  })

  test.each([
    '*',
    'null',
    'https://example.com',
    'https://*.example.com',
    'https://*.example.com:*',
    'http://localhost:*',
    'file://',
  ])('%j is understood', (entry) => {
    expect(isOriginPattern(entry)).toBe(true)
  })
})
