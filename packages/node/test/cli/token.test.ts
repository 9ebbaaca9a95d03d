import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createTokenVerifier } from '../../src/auth/tokens.ts'
import { nodeDefaults } from '../../src/options.ts'
import { run } from './run.ts'

const root = mkdtempSync(join(tmpdir(), 'sluice-token-'))
afterAll(() => rmSync(root, { recursive: true }))

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(root, 'test-'))
})

const secret = 'a secret of more than thirty-two bytes'
const environment = { SLUICE_TOKEN_SECRET: secret }
const verifier = createTokenVerifier({ ...nodeDefaults.tokens, secrets: [secret] })
const seconds = (): number => Math.floor(Date.now() / 1_000)

describe('sluice token', () => {
  test('prints a connection token and nothing else on stdout', async () => {
    const args = [
      'token',
      '--user',
      'alice',
      '--ttl',
      '5m',
      '--info',
      '{"name":"Alice"}',
      '--channels',
      'news, game:1',
    ]
    const before = seconds()
    const { code, stdout, stderr } = await run(args, cwd, environment)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const verified = await verifier.connection(stdout.trim(), before)
    expect(verified).toMatchObject({
      ok: true,
      claims: { user: 'alice', info: { name: 'Alice' }, channels: ['news', 'game:1'] },
    })
    const expireAt = verified.ok ? (verified.claims.expireAt ?? 0) : 0
    expect(expireAt).toBeGreaterThanOrEqual(before + 300)
    expect(expireAt).toBeLessThanOrEqual(seconds() + 300)
  })

  test('prints a subscription token for a room', async () => {
    const { stdout } = await run(
      ['token', '--user', 'alice', '--channel', 'game:1', '--ttl', '60'],
      cwd,
      environment,
    )
    const attempt = { channel: 'game:1', user: 'alice', client: 'c' }
    expect(await verifier.subscription(stdout.trim(), attempt, seconds())).toMatchObject({
      ok: true,
    })
    expect(await verifier.connection(stdout.trim(), seconds())).toMatchObject({ ok: false })
  })

  test('makes what the configuration demands', async () => {
    writeFileSync(
      join(cwd, 'sluice.config.json'),
      JSON.stringify({ tokenSecret: secret, tokens: { audience: 'a', issuer: 'i' } }),
    )
    const { stdout } = await run(['token'], cwd)
    const demanding = createTokenVerifier({
      ...nodeDefaults.tokens,
      secrets: [secret],
      audience: 'a',
      issuer: 'i',
    })
    expect(await demanding.connection(stdout.trim(), seconds())).toMatchObject({
      ok: true,
      claims: { user: '' },
    })
  })

  test('without a secret says where one goes', async () => {
    const { code, stdout, stderr } = await run(['token'], cwd)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/tokenSecret: is needed .* SLUICE_TOKEN_SECRET/)
  })

  test('refuses to make what the configuration does not accept', async () => {
    writeFileSync(
      join(cwd, 'sluice.config.json'),
      JSON.stringify({ tokenSecret: secret, tokens: { algorithms: ['RS256'] } }),
    )
    expect(await run(['token'], cwd)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('tokens.algorithms: leaves out HS256'),
    })
  })
})
