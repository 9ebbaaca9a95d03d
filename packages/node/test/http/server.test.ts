import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { get } from 'node:https'
import { connect as connectTcp, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sendText } from '../../src/http/answer.ts'
import { readBody } from '../../src/http/body.ts'
import { createServer } from '../../src/http/server.ts'
import { nodeDefaults } from '../../src/options.ts'
import { certificate, privateKey } from './certificate.ts'
import { exchange, listen } from './harness.ts'

const limits = { ...nodeDefaults.limits, handshakeTimeoutMs: 100 }
const hello: RequestListener = (_request, response) => sendText(response, 200, 'hello')

function writeFiles(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

describe('a server', () => {
  test('says nothing about itself', async () => {
    const port = await listen(createServer({ limits }, hello))
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect([...response.headers.keys()].toSorted()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'date',
      'keep-alive',
      'x-content-type-options',
    ])
  })

  test('answers 431 to headers beyond their limit', async () => {
    const port = await listen(
      createServer({ limits: { ...limits, headersMaxBytes: 1_024 } }, hello),
    )
    const padding = 'x'.repeat(1_024)
    const answer = await exchange(port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${padding}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('takes its times from the handshake limit', () => {
    const server = createServer({ limits }, hello)
    const { headersTimeout, requestTimeout, keepAliveTimeout } = server
    expect({ headersTimeout, requestTimeout, keepAliveTimeout }).toEqual({
      headersTimeout: 100,
      requestTimeout: 200,
      keepAliveTimeout: 100,
    })
    server.close()
  })

  test('cuts a connection that says nothing', async () => {
    const port = await listen(createServer({ limits }, hello))
    const socket = connectTcp(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.resume()
    const [broken] = (await once(socket, 'close')) as [boolean]
    expect(broken).toBe(false)
  })

  test('cuts headers that do not come to an end with 408', async () => {
    const port = await listen(createServer({ limits }, hello))
    expect(await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n')).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('cuts who does not take an answer, and leaves an upgraded connection alone', async () => {
    const closed = Promise.withResolvers<void>()
    const server = createServer(
      { limits },
      (_request, response) => {
        response.on('close', closed.resolve)
        sendText(response, 200, 'x'.repeat(64 * 1_048_576))
      },
      100,
    )
    const upgraded = once(server, 'upgrade')
    const port = await listen(server)
    const reader = connectTcp(port, '127.0.0.1')
    onTestFinished(() => void reader.destroy())
    reader.on('error', () => {})
    reader.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await closed.promise

    const peer = connectTcp(port, '127.0.0.1')
    onTestFinished(() => void peer.destroy())
    peer.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n')
    const [, socket] = (await upgraded) as [unknown, Socket]
    onTestFinished(() => void socket.destroy())
    await once(socket, 'timeout')
    expect(socket.destroyed).toBe(false)
  })

  test('cuts a body that does not come to an end with 408', async () => {
    const gone: unknown[] = []
    const port = await listen(
      createServer({ limits }, (request) => {
        readBody(request, 1_024).catch((error: unknown) => gone.push(error))
      }),
    )
    const answer = await exchange(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(gone).toEqual([expect.objectContaining({ name: 'ClientGone' })])
  })

  test('cuts a client that goes on sending after its answer', async () => {
    const port = await listen(createServer({ limits }, hello))
    const answer = await exchange(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*hello/s)
  })

  test('hands upgrades to WebSocket over, and answers other offers as if they were not made', async () => {
    const server = createServer({ limits }, hello)
    const upgrades: unknown[] = []
    server.on('upgrade', (request, socket) => {
      upgrades.push(request.headers.upgrade)
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    })
    const port = await listen(server)
    const ask = (protocol: string): Promise<string> =>
      exchange(
        port,
        `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: ${protocol}\r\n\r\n`,
      )
    expect(await ask('WebSocket')).toMatch(/^HTTP\/1\.1 101 /)
    expect(await ask('h2c')).toMatch(/^HTTP\/1\.1 200 .*hello/s)
    expect(upgrades).toEqual(['WebSocket'])
  })

  test('answers an upgrade as a request when nobody takes upgrades', async () => {
    const port = await listen(createServer({ limits }, hello))
    const answer = await exchange(
      port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*hello/s)
  })
})

describe('a server with a certificate', () => {
  test('speaks TLS 1.2 or newer', async () => {
    const folder = writeFiles({ 'cert.pem': certificate, 'key.pem': privateKey })
    const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    const port = await listen(createServer({ limits, tls }, hello))

    const request = get({ port, host: '127.0.0.1', rejectUnauthorized: false, agent: false })
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream]
    expect(String((await once(response, 'data'))[0])).toBe('hello')

    const old = connectTls({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    const [refusal] = (await once(old, 'error')) as [{ code: string }]
    expect(refusal.code).toMatch(/PROTOCOL_VERSION|ECONNRESET/)
  })

  test('cuts a TLS handshake that does not come to an end', async () => {
    const folder = writeFiles({ 'cert.pem': certificate, 'key.pem': privateKey })
    const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    const port = await listen(createServer({ limits, tls }, hello))
    expect(await exchange(port, '\x16\x03\x01')).toBe('')
  })

  test('names the option whose file cannot be read', () => {
    const folder = writeFiles({ 'cert.pem': certificate })
    const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    expect(() => createServer({ limits, tls }, hello)).toThrow(
      /^\[option_invalid\] tls\.key: ENOENT.*key\.pem/,
    )
  })

  test('refuses a certificate and a key that do not belong together', () => {
    const { privateKey: other } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const folder = writeFiles({
      'cert.pem': certificate,
      'key.pem': other.export({ type: 'pkcs8', format: 'pem' }).toString(),
    })
    const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    expect(() => createServer({ limits, tls }, hello)).toThrow(
      /^\[option_invalid\] tls: .*cert\.pem and .*key\.pem are no certificate and its key/,
    )
  })
})
