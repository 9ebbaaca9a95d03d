import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { explained, readyLine } from '../../src/cli/start.ts'
import { run, start, type Running } from './run.ts'

const root = mkdtempSync(join(tmpdir(), 'sluice-start-'))
afterAll(() => rmSync(root, { recursive: true }))

let cwd: string
let running: Running | undefined
beforeEach(() => {
  cwd = mkdtempSync(join(root, 'test-'))
})
afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.finished
  running = undefined
})

const free = ['--port', '0', '--admin-port', '0']

describe('sluice start', () => {
  test('prints one ready line with URLs that answer, logs JSON, and ends with 0 after SIGTERM', async () => {
    running = start(['start', ...free, '--name', 'n1'], cwd, {
      SLUICE_TOKEN_SECRET: 'x'.repeat(32),
    })
    const line = await running.line(/^sluice ready/)
    const urls = line.match(/https?:\/\/\S+/g) ?? []
    expect(urls).toHaveLength(2)
    const [client, admin] = urls
    expect((await fetch(`${client}/health`)).status).toBe(200)
    expect((await fetch(`${admin}/metrics`)).status).toBe(200)
    running.child.kill('SIGTERM')
    const { code, stdout, stderr } = await running.finished
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.filter((text) => text.startsWith('sluice ready'))).toHaveLength(1)
    const logged = lines
      .filter((text) => !text.startsWith('sluice ready'))
      .map((text) => JSON.parse(text))
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'info', node: 'n1', msg: 'node.ready' }),
    )
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'info', msg: 'node.signalled', signal: 'SIGTERM' }),
    )
  })

  test('is loud about insecure mode', async () => {
    writeFileSync(join(cwd, 'sluice.config.json'), '{ "insecure": true }')
    running = start(['start', ...free], cwd)
    const line = await running.line(/"insecure: anyone/)
    expect(JSON.parse(line)).toMatchObject({ level: 'warn' })
    await running.line(/^sluice ready/)
    running.child.kill('SIGINT')
    expect(await running.finished).toMatchObject({ code: 0 })
  })

  test('says which port is in use, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    const clients = await run(['start', '--port', port, '--admin-port', '0'], cwd)
    const admin = await run(['start', '--port', '0', '--admin-port', port], cwd)
    other.close()
    expect(clients).toMatchObject({
      code: 1,
      stderr: `sluice: port ${port} on 127.0.0.1 is in use; choose another with --port\n`,
    })
    expect(admin).toMatchObject({
      code: 1,
      stderr: `sluice: port ${port} on 127.0.0.1 is in use; choose another with --admin-port\n`,
    })
    expect(clients.stdout + admin.stdout).not.toContain('sluice ready')
  })

  test('does not start with a configuration that cannot be used', async () => {
    const { code, stdout, stderr } = await run(['start', '--port', 'x'], cwd)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--port: expected a whole number')
  })
})

describe('the ready line', () => {
  test('names a page to try when one is served', () => {
    const urls = {
      client: 'http://127.0.0.1:1',
      admin: 'http://127.0.0.1:2',
      page: 'http://127.0.0.1:1/',
    }
    expect(readyLine(urls)).toBe(
      'sluice ready  client http://127.0.0.1:1  admin http://127.0.0.1:2  try http://127.0.0.1:1/\n',
    )
  })
})

describe('an error of listening', () => {
  const failure = (code: string): Error =>
    Object.assign(new Error(code), { syscall: 'listen', code, port: 80, address: '10.0.0.9' })

  test.each([
    ['EACCES', 'port 80 may not be opened by this user; choose another with --port'],
    ['EADDRNOTAVAIL', '10.0.0.9 is no address of this machine'],
    ['EWHATEVER', 'EWHATEVER'],
  ])('%s is told in words', (code, told) => {
    expect(explained(failure(code), { adminPort: 8001 })).toMatchObject({ message: told })
  })

  test('is left as it is when it is another kind', () => {
    const error = new Error('x')
    expect(explained(error, { adminPort: 8001 })).toBe(error)
    expect(explained('text', { adminPort: 8001 })).toBe('text')
  })
})
