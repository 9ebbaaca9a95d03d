// TLS by certificate and key files: clients, the server API and the admin port, and nobody in plain text.

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get, request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { runCli } from '../support/cli.ts'
import { connectClient, createClient } from '../support/clients.ts'
import { apiKey, type Gateway, startGateway } from '../support/gateway.ts'

let gateway: Gateway
let folder: string
let ca: Buffer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const files = ['-keyout', key, '-out', cert]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files],
    { stdio: 'ignore' },
  )
  ca = readFileSync(cert)
  gateway = await startGateway({ config: { insecure: true, tls: { cert, key } } })
  return async () => {
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** A WebSocket that trusts the certificate of this gateway. */
function trusting(): new (address: string, protocols?: string | string[]) => WebSocket {
  return class extends WebSocket {
    constructor(address: string, protocols?: string | string[], options: ClientOptions = {}) {
      super(address, protocols, { ...options, ca })
    }
  }
}

describe('with a certificate and its key', () => {
  test('clients that trust it connect, and hear each other', async () => {
    expect(gateway.client).toMatch(/^https:/)
    const client = await connectClient(gateway, { websocket: trusting() })
    const room = await client.subscribe('secure')
    await client.centrifuge.publish('secure', 'hello')
    expect(await room.publications.nth(1)).toMatchObject({ data: 'hello' })
  })

  test('a client that does not trust it does not', async () => {
    const client = createClient(gateway)
    expect(await client.errors.nth(1)).toMatchObject({ type: 'transport' })
    expect(client.connected.size).toBe(0)
  })

  test('the server API and the admin port speak it as well', async () => {
    const call = request(`${gateway.client}/api/info`, {
      ca,
      method: 'POST',
      headers: { 'X-API-Key': apiKey },
    }).end()
    const [answer] = await once(call, 'response')
    expect(JSON.parse(await text(answer))).toMatchObject({ result: { nodes: [{}] } })
    const [vars] = await once(get(`${gateway.admin}/debug/vars`, { ca }), 'response')
    expect(vars.statusCode).toBe(200)
    vars.resume()
  })

  test('plain text gets no answer', async () => {
    const socket = connect(Number(new URL(gateway.client).port), '127.0.0.1')
    socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(await text(socket).catch(() => '')).not.toContain('200')
  })

  test('a key of another certificate is told before the node starts', async () => {
    const other = join(folder, 'other.pem')
    execFileSync('openssl', ['genrsa', '-out', other, '2048'], { stdio: 'ignore' })
    const config = { insecure: true, tls: { cert: join(folder, 'cert.pem'), key: other } }
    const file = join(folder, 'mismatch.json')
    writeFileSync(file, JSON.stringify(config))
    const { code, stderr } = await runCli(['check', '--config', file])
    expect(code).toBe(2)
    expect(stderr).toContain('tls')
  })
})
