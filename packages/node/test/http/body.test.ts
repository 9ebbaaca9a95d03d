import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type Body, readBody } from '../../src/http/body.ts'
import { listen } from './harness.ts'

/** Reads one request whose bytes are given; the connection stays open. */
async function read(bytes: Buffer | string, maxBytes = 10): Promise<Body> {
  const server = createServer()
  const socket = connect(await listen(server), '127.0.0.1')
  socket.on('error', () => {})
  socket.write('POST / HTTP/1.1\r\nHost: a\r\n')
  socket.write(bytes)
  const [request] = (await once(server, 'request')) as [IncomingMessage]
  return readBody(request, maxBytes).finally(() => socket.destroy())
}

function declared(body: Buffer | string): Buffer {
  const bytes = Buffer.from(body)
  return Buffer.concat([Buffer.from(`Content-Length: ${bytes.length}\r\n\r\n`), bytes])
}

function chunked(...chunks: string[]): string {
  const written = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
  return `Transfer-Encoding: chunked\r\n\r\n${written.join('')}`
}

describe('a body', () => {
  test('is read whole, however it comes', async () => {
    expect(await read(declared('0123456789'))).toEqual({ ok: true, text: '0123456789' })
    expect(await read(chunked('0123', '456789', ''))).toEqual({ ok: true, text: '0123456789' })
    expect(await read(declared(''))).toEqual({ ok: true, text: '' })
    expect(await read('\r\n')).toEqual({ ok: true, text: '' })
  })

  test('is put together before it is decoded', async () => {
    const bytes = Buffer.from('grün')
    const server = createServer()
    const socket = connect(await listen(server), '127.0.0.1')
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes.length}\r\n\r\n`)
    const [request] = (await once(server, 'request')) as [IncomingMessage]
    const body = readBody(request, 10)
    socket.write(bytes.subarray(0, 3))
    await once(request, 'data')
    socket.write(bytes.subarray(3))
    expect(await body).toEqual({ ok: true, text: 'grün' })
    socket.destroy()
  })

  test('is too large as soon as its length says so', async () => {
    expect(await read('Content-Length: 11\r\n\r\n')).toEqual({
      ok: false,
      status: 413,
      why: 'the body is larger than 10 bytes',
    })
  })

  test('is too large as soon as there is too much of it', async () => {
    expect(await read(chunked('0123456789', 'a'))).toMatchObject({ ok: false, status: 413 })
  })

  test('is refused when it is not UTF-8', async () => {
    expect(await read(declared(Buffer.from([0x22, 0xff, 0x22])))).toEqual({
      ok: false,
      status: 400,
      why: 'the body is not UTF-8',
    })
  })

  test('has no answer when its client is gone', async () => {
    const server = createServer()
    const socket = connect(await listen(server), '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
    const [request] = (await once(server, 'request')) as [IncomingMessage]
    const body = readBody(request, 10)
    socket.destroy()
    await expect(body).rejects.toMatchObject({ name: 'ClientGone' })
  })
})
