// The command line from end to end: what `check` says, what `token` makes, what `start` refuses, and what wins over what.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'
import { connectClient } from '../support/clients.ts'
import { startGateway } from '../support/gateway.ts'
import { tokenSecret } from '../support/tokens.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Writes a configuration file; returns its path. */
function write(text: string, name = 'sluice.config.json'): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

describe('check', () => {
  test('ends with 0 for a configuration that a node can start with', async () => {
    const file = write(JSON.stringify({ tokenSecret, rooms: { namespaces: { chat: {} } } }))
    const { code, stdout, stderr } = await runCli(['check', '--config', file])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `ok: ${file}\n`, stderr: '' })
  })

  test('ends with 2 and names every key that is wrong, with what was meant', async () => {
    const file = write(
      JSON.stringify({
        port: 'eighty',
        tokenSecrets: 'x',
        rooms: { namespaces: { chat: { history: { size: -1 } } }, behaviors: { 'a:*': './a.ts' } },
      }),
    )
    const { code, stdout, stderr } = await runCli(['check', '--config', file])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(file)
    expect(stderr).toContain('port')
    expect(stderr).toContain('tokenSecret')
    expect(stderr).toContain('rooms.namespaces.chat.history.size')
  })

  test('ends with 2 for a module that is not there', async () => {
    const file = write(JSON.stringify({ insecure: true, rpc: { bid: './nowhere.ts' } }))
    const { code, stderr } = await runCli(['check', '--config', file])
    expect(code).toBe(2)
    expect(stderr).toContain(join(folder, 'nowhere.ts'))
  })

  test('reads a configuration in TypeScript, and says where its warnings are from', async () => {
    const file = write(
      `interface Config { insecure: boolean }
      const config: Config = { insecure: true }
      export default config`,
      'sluice.config.ts',
    )
    const { code, stdout, stderr } = await runCli(['check', '--config', file, '--print'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ insecure: true, port: 8000 })
    expect(stderr).toContain('insecure')
  })

  test('prints no secret', async () => {
    const file = write(JSON.stringify({ tokenSecret, apiKey: 'the-key-to-the-api' }))
    const { stdout } = await runCli(['check', '--config', file, '--print'])
    expect(stdout).not.toContain(tokenSecret)
    expect(stdout).not.toContain('the-key-to-the-api')
  })
})

describe('start', () => {
  test('ends with 2 for a configuration that is wrong, and listens nowhere', async () => {
    const file = write('{ "insecure": "yes" }')
    const { code, stdout, stderr } = await runCli(['start', '--config', file])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('insecure')
  })

  test('ends with 2 for a file that is no JSON, is not there, or a flag that does not exist', async () => {
    const broken = write('{ "insecure": true,, }')
    const runs = await Promise.all([
      runCli(['start', '--config', broken]),
      runCli(['start', '--config', join(folder, 'nowhere.json')]),
      runCli(['start', '--prot', '8000']),
      runCli(['dance']),
    ])
    expect(runs.map(({ code }) => code)).toEqual([2, 2, 2, 2])
    expect(runs[0]?.stderr).toContain(broken)
    expect(runs[2]?.stderr).toContain('--port')
  })

  test('ends with 1 on a port that is taken, and says how to choose another', async () => {
    await using gateway = await startGateway()
    const { port } = new URL(gateway.client)
    const file = write('{ "insecure": true }')
    const { code, stderr } = await runCli(['start', '--config', file, '--port', port])
    expect(code).toBe(1)
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is in use`)
    expect(stderr).toContain('--port')
  })

  test('lets flags win over the environment, and the environment over the file', async () => {
    await using gateway = await startGateway({
      config: { insecure: true, name: 'from-the-file', tokenSecret: 'x'.repeat(40) },
      env: { SLUICE_NODE_NAME: 'from-the-environment', SLUICE_TOKEN_SECRET: tokenSecret },
      args: ['--name', 'from-the-flag'],
    })
    const { nodes } = await gateway.api<{ nodes: { name: string }[] }>('info')
    expect(nodes.map(({ name }) => name)).toEqual(['from-the-flag'])
    const config = write(JSON.stringify({ tokenSecret }))
    const { stdout } = await runCli(['token', '--config', config, '--user', 'ada'])
    await connectClient(gateway, { token: stdout.trim() })
  })
})

describe('token', () => {
  test('makes tokens that the node of the same configuration takes', async () => {
    const config = write(
      JSON.stringify({
        tokenSecret,
        rooms: {
          default: { presence: true },
          namespaces: { private: { allow: { subscribe: 'none' } } },
        },
      }),
    )
    await using gateway = await startGateway({ config })
    const run = async (...args: string[]): Promise<string> => {
      const { code, stdout } = await runCli(['token', '--config', config, '--user', 'ada', ...args])
      expect(code).toBe(0)
      return stdout.trim()
    }
    const client = await connectClient(gateway, {
      token: await run('--channels', 'news,private:mail', '--info', '{"name":"Ada"}'),
    })
    await client.subscribed.nth(2)
    const { clients } = await client.centrifuge.presence('news')
    expect(clients[client.id]).toMatchObject({ user: 'ada', connInfo: { name: 'Ada' } })
    await client.subscribe('private:door', { token: await run('--channel', 'private:door') })
  })

  test('without a secret ends with 2, and says where one is set', async () => {
    const config = write('{ "insecure": true }')
    const { code, stdout, stderr } = await runCli(['token', '--config', config])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('SLUICE_TOKEN_SECRET')
  })
})
