import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../src/config-error.ts'
import { loadConfig, mergeConfig, type ConfigFlags, type LoadedConfig } from '../src/config.ts'

const root = mkdtempSync(join(tmpdir(), 'sluice-config-'))
afterAll(() => rmSync(root, { recursive: true }))

let cwd: string
let count = 0
beforeEach(() => {
  cwd = join(root, String(count++))
  mkdirSync(cwd)
})

/** Puts a file into this test's folder and returns its path. */
function write(name: string, text: string | object): string {
  const path = join(cwd, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof text === 'string' ? text : JSON.stringify(text))
  return path
}

async function load(
  flags: ConfigFlags = {},
  environment: Record<string, string> = {},
): Promise<LoadedConfig> {
  return await loadConfig({ cwd, environment, flags })
}

/** What is wrong, one problem a line, this test's folder written as `.`. */
async function refusal(flags?: ConfigFlags, environment?: Record<string, string>): Promise<string> {
  try {
    await load(flags, environment)
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message.replace('[option_invalid] ', '').replaceAll(cwd, '.')
    throw error
  }
  return 'accepted'
}

describe('merging', () => {
  test('puts the overrides over the file and leaves both as they were', () => {
    const written = { port: 1, name: 'file', rooms: { default: {} } }
    const overrides = new Map([['port', { source: '--port', value: 2 }]])
    expect(mergeConfig(written, overrides)).toEqual({
      port: 2,
      name: 'file',
      rooms: { default: {} },
    })
    expect(written.port).toBe(1)
  })
})

describe('a key of a group', () => {
  const overrides = new Map([['dumps.dir', { source: 'SLUICE_DUMPS_DIR', value: '/env' }]])

  test('is overridden alone', () => {
    const written = { dumps: { dir: '/file', keep: 3 } }
    expect(mergeConfig(written, overrides)).toEqual({ dumps: { dir: '/env', keep: 3 } })
    expect(written.dumps.dir).toBe('/file')
    expect(mergeConfig({}, overrides)).toEqual({ dumps: { dir: '/env' } })
  })

  test('does not hide that the file has something else in the place of the group', () => {
    expect(mergeConfig({ dumps: 'no' }, overrides)).toEqual({ dumps: 'no' })
  })
})

describe('the order of precedence', () => {
  test('is flags, then environment, then file, then defaults', async () => {
    write('sluice.config.json', { port: 1001, adminPort: 1002, name: 'file', apiKey: 'file' })
    const environment = { SLUICE_PORT: '2001', SLUICE_NODE_NAME: 'env', SLUICE_API_KEY: 'env' }
    const { options } = await load({ port: '3001' }, environment)
    expect(options).toMatchObject({
      port: 3001,
      name: 'env',
      apiKey: 'env',
      adminPort: 1002,
      host: '127.0.0.1',
    })
  })

  test('holds for the file’s own name', async () => {
    write('sluice.config.json', { name: 'found' })
    write('env.json', { name: 'env' })
    write('flag.json', { name: 'flag' })
    const environment = { SLUICE_CONFIG: 'env.json' }
    expect((await load()).options.name).toBe('found')
    expect((await load({}, environment)).options.name).toBe('env')
    expect((await load({ config: 'flag.json' }, environment)).options.name).toBe('flag')
  })
})

describe('a file', () => {
  test('is found in the working directory, whatever its kind', async () => {
    const kinds = {
      'sluice.config.ts':
        'const name: string = "ts"\nexport default { name } satisfies { name: string }',
      'sluice.config.js': 'export default { name: "js" }',
      'sluice.config.json': '{ "name": "json" }',
    }
    for (const [file, text] of Object.entries(kinds)) {
      const path = write(file, text)
      // oxlint-disable-next-line no-await-in-loop -- one folder, one file at a time
      const loaded = await load()
      expect(loaded.options.name).toBe(file.split('.').at(-1))
      expect(loaded.file).toBe(path)
      rmSync(path)
    }
    expect((await load()).file).toBeUndefined()
  })

  test('is the only one of its folder', async () => {
    write('sluice.config.ts', 'export default {}')
    write('sluice.config.json', '{}')
    expect(await refusal()).toBe(
      '.: has both sluice.config.ts and sluice.config.json; name one with --config',
    )
    expect(await refusal({ config: 'sluice.config.json' })).toBe('accepted')
  })

  test('that is named has to exist', async () => {
    expect(await refusal({ config: 'absent.json' })).toBe('./absent.json: no such file')
    expect(await refusal({}, { SLUICE_CONFIG: 'absent.ts' })).toBe('./absent.ts: no such file')
    expect(await refusal({ config: '.' })).toMatch(/^\.: cannot be loaded: /)
  })

  test('of JSON that does not parse is told with line and column, and never quoted', async () => {
    write('sluice.config.json', '{\n  "apiKey": "canary",\n  "tokenSecret": canary\n}')
    expect(await refusal()).toBe('./sluice.config.json:3:18: expected a value')
  })

  test.each([
    ['export const port = 1', /^\.\/sluice\.config\.ts: has no default export/],
    ['export default { apiKey: "canary", port: }', /^\.\/sluice\.config\.ts: cannot be loaded: /],
    [
      'import "./absent.ts"\nexport default {}',
      /^\.\/sluice\.config\.ts: cannot be loaded: .*absent\.ts/,
    ],
    ['throw new Error("no database")', /^\.\/sluice\.config\.ts: cannot be loaded: no database$/],
    ['export default 5', /^expected a group of keys, got 5$/],
    ['export default ["canary"]', /^expected a group of keys, got a list$/],
  ])('of TypeScript that says %j is refused in one line', async (text, told) => {
    write('sluice.config.ts', text)
    const said = await refusal()
    expect(said).toMatch(told)
    expect(said).not.toContain('canary')
    expect(said).not.toContain('\n')
  })

  test('is named by the error about its content', async () => {
    const path = write('sluice.config.json', { port: 'x' })
    await expect(load()).rejects.toMatchObject({ file: path, problems: [{ key: 'port' }] })
  })
})

describe('a value that is wrong', () => {
  test('is told by the name under which it was set', async () => {
    write('sluice.config.json', { port: 1, drain: { batch: 'x' } })
    const environment = { SLUICE_ADMIN_PORT: 'many', SLUICE_REDIS_URL: 'ftp://u:canary@h' }
    expect((await refusal({ port: '99999', name: 'a b' }, environment)).split('\n')).toEqual([
      '--name: expected a name: printable ASCII without spaces, at most 255 characters, got "a b"',
      '--port: expected a whole number from 0 to 65535, got 99999',
      'SLUICE_ADMIN_PORT: expected a whole number from 0 to 65535, got "many"',
      'SLUICE_REDIS_URL: expected a URL that starts with redis://, rediss://, redis-sentinel:// or redis-cluster://, got "ftp://[redacted]@h"',
      'drain.batch: expected a whole number from 1 to 1000000, got "x"',
    ])
    expect(await refusal({ adminPort: '' })).toMatch(/^--admin-port: .*got ""$/m)
  })

  test('in a variable nobody knows is a warning', async () => {
    const { warnings } = await load({}, { SLUICE_PROT: '1', SLUICE_TOKEN_SECRET: 'x'.repeat(32) })
    expect(warnings).toEqual([
      { key: 'SLUICE_PROT', message: 'unknown variable, did you mean SLUICE_PORT?' },
    ])
  })

  test('is a warning under the name of its variable too', async () => {
    const { warnings } = await load({}, { SLUICE_TOKEN_SECRET: 'short' })
    expect(warnings).toMatchObject([{ key: 'SLUICE_TOKEN_SECRET' }])
  })
})

describe('files that the configuration names', () => {
  test('are looked for beside it, not where the command runs', async () => {
    write('etc/room.ts', 'export default {}')
    write('etc/sluice.json', {
      rooms: { default: { behavior: './room.ts' } },
      rpc: { bid: 'room.ts' },
    })
    const { options } = await load({ config: 'etc/sluice.json' })
    expect(options.rooms.default.behavior).toBe(join(cwd, 'etc/room.ts'))
    expect(options.rpc.get('bid')).toBe(join(cwd, 'etc/room.ts'))
  })

  test('are missed before the node starts, each by its key, once', async () => {
    write('sluice.config.json', {
      rooms: {
        default: { behavior: './a.ts' },
        namespaces: { game: {}, chat: { behavior: './b.ts' } },
        behaviors: { 'x:*': '.' },
      },
      rpc: { bid: './d.ts' },
      site: 'public',
    })
    expect((await refusal()).split('\n')).toEqual([
      'rooms.default.behavior: no such file: ./a.ts',
      'rooms.behaviors["x:*"]: no such file: .',
      'rpc.bid: no such file: ./d.ts',
      'rooms.namespaces.chat.behavior: no such file: ./b.ts',
      'site: no such folder: ./public',
    ])
  })

  test('have to be keys where keys are wanted', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    write('good.pem', String(publicKey.export({ type: 'spki', format: 'pem' })))
    const secretPem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    write('secret.pem', secretPem)
    write('sluice.config.json', {
      tokens: { publicKeys: ['good.pem', 'secret.pem', 'absent.pem', secretPem] },
    })
    const said = await refusal()
    expect(said.split('\n')).toEqual([
      'tokens.publicKeys[1]: this is a private key; a gateway needs only the public one (./secret.pem)',
      expect.stringMatching(/^tokens\.publicKeys\[2\]: ENOENT.*\(\.\/absent\.pem\)$/),
      'tokens.publicKeys[3]: this is a private key; a gateway needs only the public one',
    ])
  })

  test('for TLS have to be a certificate and its key', async () => {
    write('cert.pem', 'no certificate')
    write('sluice.config.json', { tls: { cert: 'cert.pem', key: 'absent.pem' } })
    expect(await refusal()).toMatch(/^tls: ENOENT.*absent\.pem/)
    write('absent.pem', 'no key')
    expect(await refusal()).toMatch(/^tls: /)
  })
})
