import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { isSecretKey, maskUrl, redact } from '../src/redact.ts'

describe('redaction', () => {
  test('hides values under a secret’s name, in any spelling and at any depth', () => {
    const given = {
      user: 'alice',
      token: 'canary',
      headers: { Authorization: 'canary', 'X-API-Key': 'canary', cookie: ['canary'], host: 'h' },
      list: [{ api_key: 'canary' }, { tokenSecret: 'canary' }],
      table: new Map([['game', { adminToken: 'canary', size: 5 }]]),
    }
    const shown = redact(given)
    expect(JSON.stringify(shown)).not.toContain('canary')
    expect(shown).toEqual({
      user: 'alice',
      token: '[redacted]',
      headers: {
        Authorization: '[redacted]',
        'X-API-Key': '[redacted]',
        cookie: ['[redacted]'],
        host: 'h',
      },
      list: [{ api_key: '[redacted]' }, { tokenSecret: '[redacted]' }],
      table: { game: { adminToken: '[redacted]', size: 5 } },
    })
  })

  test('shows how many secrets a list holds, and that there is none', () => {
    expect(redact({ secrets: ['a', 'b'], apiKey: undefined, password: null })).toEqual({
      secrets: ['[redacted]', '[redacted]'],
      apiKey: undefined,
      password: null,
    })
  })

  test('leaves the original as it was', () => {
    const given = { token: 'kept', inner: { secret: 'kept' } }
    redact(given)
    expect(given).toEqual({ token: 'kept', inner: { secret: 'kept' } })
  })

  test('comes to an end in a value that contains itself', () => {
    const loop: Record<string, unknown> = { name: 'a' }
    loop['self'] = loop
    expect(JSON.stringify(redact(loop))).toContain('{…}')
  })

  test('makes of an error what it has to tell', () => {
    const cause = Object.assign(new TypeError('inner'), { apiKey: 'canary' })
    const error = Object.assign(new Error('outer', { cause }), { code: 'EX' })
    expect(redact({ error })).toMatchObject({
      error: {
        type: 'Error',
        message: 'outer',
        code: 'EX',
        stack: expect.stringContaining('redact.test'),
        cause: { type: 'TypeError', apiKey: '[redacted]' },
      },
    })
  })

  test.each([
    ['redis://:pw@db:6379', 'redis://[redacted]@db:6379'],
    ['at https://u:p@h/x and rediss://a@b', 'at https://[redacted]@h/x and rediss://[redacted]@b'],
    ['https://h/a@b', 'https://h/a@b'],
    ['a@b', 'a@b'],
  ])('%s is shown as %s', (text, shown) => {
    expect(maskUrl(text)).toBe(shown)
  })

  // Looked through anew from each of its words, a million of them would hold a thread for an hour.
  test.each(['a.', 'a:', '://', 'a://', 'a://b@'])('%s over and over is read once', (part) => {
    const context = { maskUrl, text: part.repeat(1_000_000) }
    const masked: unknown = runInNewContext('maskUrl(text)', context, { timeout: 10_000 })
    const shown = part.includes('@') ? 'a://[redacted]@' : part
    expect(masked === shown.repeat(1_000_000)).toBe(true)
  })

  test('a name that only contains a secret’s name is none', () => {
    expect(['tokens', 'maxTokens', 'keyboard', 'secretary'].filter(isSecretKey)).toEqual([])
  })
})
