// Who may upgrade at all: what is no good handshake gets its HTTP status, and who never finishes one is cut.

import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { balance, type Books, nothingLeft, openBooks } from '../support/books.ts'
import { type Chat, startChat } from '../support/chat.ts'
import { encodeFrame } from '../support/frames.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { connectRaw, handshake, openRaw, type RawOptions } from '../support/raw.ts'

const handshakeTimeoutMs = 1_000
let gateway: Gateway
let books: Books
let beside: Chat

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      insecure: true,
      origins: ['https://good.example', 'https://*.better.example'],
      log: { level: 'warn' },
      limits: { handshakeTimeoutMs },
    },
  })
  books = await openBooks(gateway)
  beside = await startChat(gateway.client, { room: 'beside' })
})

afterAll(() => gateway.stop())

const refused: readonly (readonly [name: string, request: RawOptions, status: number])[] = [
  ['HTTP/1.0', { version: 'HTTP/1.0' }, 505],
  ['HTTP/3.0', { version: 'HTTP/3.0' }, 400],
  ['no HTTP', { version: 'hello' }, 400],
  ['another path', { path: '/connection' }, 404],
  ['a longer path', { path: '/connection/websocket/' }, 404],
  ['a path that climbs', { path: '/connection/../connection/websocket' }, 404],
  ['POST', { method: 'POST' }, 405],
  ['PUT', { method: 'PUT' }, 405],
  ['HEAD', { method: 'HEAD' }, 405],
  ['an unknown method', { method: 'DANCE' }, 400],
  ['no upgrade', { headers: { Upgrade: undefined } }, 426],
  ['another upgrade', { headers: { Upgrade: 'h2c' } }, 426],
  ['no word of an upgrade in Connection', { headers: { Connection: 'keep-alive' } }, 426],
  ['version 8', { headers: { 'Sec-WebSocket-Version': '8' } }, 426],
  ['version 14', { headers: { 'Sec-WebSocket-Version': '14' } }, 426],
  ['no version', { headers: { 'Sec-WebSocket-Version': undefined } }, 426],
  ['no key', { headers: { 'Sec-WebSocket-Key': undefined } }, 400],
  ['a short key', { headers: { 'Sec-WebSocket-Key': 'c2hvcnQ=' } }, 400],
  ['a key that is no base64', { headers: { 'Sec-WebSocket-Key': '!'.repeat(24) } }, 400],
  ['no host', { headers: { Host: undefined } }, 400],
  ['an origin that is not allowed', { headers: { Origin: 'https://evil.example' } }, 403],
  ['an origin that ends as a good one', { headers: { Origin: 'https://evilgood.example' } }, 403],
  ['a good origin without TLS', { headers: { Origin: 'http://good.example' } }, 403],
  ['the origin null', { headers: { Origin: 'null' } }, 403],
  ['a header of 10,000 bytes', { headers: { 'X-Long': 'x'.repeat(10_000) } }, 431],
  ['a path of 10,000 bytes', { path: `/${'x'.repeat(10_000)}` }, 431],
  ['a hundred headers of a hundred bytes', { headers: manyHeaders() }, 431],
  ['a line break in a header', { headers: { 'X-Bad': 'a\rb' } }, 400],
]

const granted: readonly (readonly [name: string, request: RawOptions])[] = [
  ['no origin, as of programs', {}],
  ['an origin of the list', { headers: { Origin: 'https://good.example' } }],
  ['an origin of a pattern', { headers: { Origin: 'https://a.better.example' } }],
  ['a query', { path: '/connection/websocket?format=json' }],
  ['upgrade in capitals', { headers: { Upgrade: 'WebSocket', Connection: 'keep-alive, UPGRADE' } }],
  ['an offer of compression', { headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } }],
]

describe('a handshake is refused for', () => {
  test.each(refused)('%s', async (_name, request, status) => {
    const client = await openRaw(gateway.client, request)
    expect(client.status).toBe(status)
    client.socket.end()
    await Promise.all([client.closed, beside.goOn()])
  })
})

describe('a handshake is good with', () => {
  test.each(granted)('%s', async (_name, request) => {
    const client = await openRaw(gateway.client, request)
    expect(client.status).toBe(101)
    await client.call('connect', {})
    await client.close()
  })
})

test('the first frames may come in one piece with the handshake', async () => {
  const client = await connectRaw(gateway.client)
  const answered = client.next((message) => message.startsWith('{"id":2,'))
  client.write(
    Buffer.concat([
      Buffer.from(handshake(gateway.client)),
      encodeFrame('{"id":1,"connect":{}}'),
      encodeFrame('{"id":2,"ping":{}}'),
    ]),
  )
  expect(JSON.parse(await answered)).toEqual({ id: 2, ping: {} })
  await client.close()
})

test('connections that never finish their headers are cut, however they dally', async () => {
  const half = handshake(gateway.client).slice(0, 60)
  const [silent, halfway, dripping] = await Promise.all([
    connectRaw(gateway.client),
    connectRaw(gateway.client),
    connectRaw(gateway.client),
  ])
  halfway.write(half)
  const endless = `${half}\r\nX-Drip: ${'x'.repeat(1_000)}`
  let sent = 0
  const drip = setInterval(() => dripping.write(endless[sent++]!), handshakeTimeoutMs / 20)
  // They are ended by the server: nobody here says a word of farewell.
  await Promise.all([silent.closed, halfway.closed, dripping.closed])
  clearInterval(drip)
  expect(halfway.status).toBe(408)
  expect(sent).toBeLessThan(endless.length)
  await beside.goOn()
})

test('500 of them at once keep nobody out', async () => {
  const crowd = await Promise.all(
    Array.from({ length: 500 }, async (_, i) => {
      const client = await connectRaw(gateway.client, { from: `127.0.1.${1 + (i % 4)}` })
      client.write('GET /connection/websocket HTTP/1.1\r\nHost: x\r\nX-')
      return client
    }),
  )
  const newcomer = await openRaw(gateway.client)
  expect(newcomer.status).toBe(101)
  await newcomer.call('connect', {})
  await newcomer.close()
  await beside.goOn()
  await Promise.all(crowd.map(({ closed }) => closed))
})

test('a peer that resets in the middle of its handshake leaves nothing', async () => {
  for (const length of [0, 1, 40, 100]) {
    const client = await connectRaw(gateway.client)
    if (length > 0) client.write(handshake(gateway.client).slice(0, length))
    await client.reset()
  }
  const upgraded = await connectRaw(gateway.client)
  upgraded.write(handshake(gateway.client))
  await once(upgraded.socket, 'data')
  await upgraded.reset()
  await beside.goOn()
  await balance(gateway, books, { sockets: 2, rooms: 1 })
  await beside.stop()
  expect(await balance(gateway, books, { sockets: 0, rooms: 0 })).toMatchObject(nothingLeft)
})

function manyHeaders(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`X-${i}`, 'x'.repeat(100)]))
}
