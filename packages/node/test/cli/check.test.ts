import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { run } from './run.ts'

const root = mkdtempSync(join(tmpdir(), 'sluice-check-'))
afterAll(() => rmSync(root, { recursive: true }))

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(root, 'test-'))
})

function write(name: string, text: string): string {
  const path = join(cwd, name)
  writeFileSync(path, text)
  return path
}

describe('sluice check', () => {
  test('says which file is good', async () => {
    const path = write(
      'sluice.config.ts',
      'export default { tokenSecret: "x".repeat(32) as string }',
    )
    expect(await run(['check'], cwd)).toEqual({
      code: 0,
      signal: null,
      stdout: `ok: ${path}\n`,
      stderr: '',
    })
  })

  test('says what is wrong, all of it, by key and file, and ends with 2', async () => {
    const path = write('my.json', '{ "port": "x", "rooms": { "default": { "presense": true } } }')
    expect(
      await run(['check', '-c', 'my.json', '--admin-port', 'y'], cwd, { SLUICE_REDIS_URL: 'r' }),
    ).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: [
        `sluice: ${path} cannot be used:`,
        '  port: expected a whole number from 0 to 65535, got "x"',
        '  --admin-port: expected a whole number from 0 to 65535, got "y"',
        '  SLUICE_REDIS_URL: expected a URL that starts with redis://, rediss://, redis-sentinel:// or redis-cluster://, got "r"',
        '  rooms.default.presense: unknown key, did you mean presence?',
        '',
      ].join('\n'),
    })
  })

  test('warns on stderr and goes on', async () => {
    write('sluice.config.json', '{ "insecure": true, "host": "0.0.0.0" }')
    const { code, stderr } = await run(['check'], cwd, { SLUICE_PROT: '1' })
    expect(code).toBe(0)
    expect(stderr).toMatch(/^warning: SLUICE_PROT: unknown variable, did you mean SLUICE_PORT\?\n/)
    expect(stderr).toMatch(/^warning: insecure: ANYONE WHO REACHES 0\.0\.0\.0 CAN CONNECT/m)
  })

  test('prints every option as it would be used, and no secret', async () => {
    write(
      'sluice.config.json',
      JSON.stringify({
        apiKey: 'canary',
        adminToken: 'canary',
        tokenSecret: 'canary',
        redis: 'redis://:canary@host',
        tokens: { previousSecrets: ['canary'] },
        rooms: { namespaces: { game: { presence: true } } },
      }),
    )
    const { code, stdout, stderr } = await run(['check', '--print', '--port', '0'], cwd)
    expect(code).toBe(0)
    expect(stdout + stderr).not.toContain('canary')
    expect(JSON.parse(stdout)).toMatchObject({
      port: 0,
      apiKey: '[redacted]',
      tokens: { secrets: ['[redacted]', '[redacted]'] },
      limits: { maxFrameBytes: 65_536 },
      rooms: { namespaces: { game: { presence: true } } },
    })
  })

  test.each([
    ['enum A { B = "canary" }\nexport default {}', /cannot be loaded: .*enum/i],
    ['export default { apiKey: "canary", port: }', /cannot be loaded: /],
    ['const canary: = "canary"', /cannot be loaded: /],
  ])('refuses TypeScript that cannot run, without quoting it: %j', async (text, said) => {
    const path = write('sluice.config.ts', text)
    const { code, stdout, stderr } = await run(['check'], cwd)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(said)
    expect(stderr).toContain(path)
    expect(stderr.replaceAll(path, '')).not.toContain('canary')
  })
})
