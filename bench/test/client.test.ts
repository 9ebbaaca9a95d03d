import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { Client } from '../swarm/client.ts'
import { dialects } from '../swarm/dialect.ts'

let server: WebSocketServer
let client: Client | undefined

beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
})

afterEach(async () => {
  client?.cut()
  server.close()
  await once(server, 'close')
})

test('a client says each step of its hello when the one before was answered, then is ready', async () => {
  const { socket, ready } = await join(['first', 'second'])
  expect(await heard(socket)).toBe('first')
  socket.send('something else')
  socket.send('yes, first')
  expect(await heard(socket)).toBe('second')
  expect(client?.state).toBe('greeting')
  socket.send('yes, second')
  await ready
  expect(client?.state).toBe('ready')
})

test('a heartbeat is answered, alone or behind other messages of a frame', async () => {
  const { socket, ready } = await join([])
  await ready
  for (const text of ['{}', '{"push":{}}\n{}', `${'x'.repeat(100_000)}\n{}`]) {
    socket.send(text)
    expect(await heard(socket)).toBe('{}')
  }
  socket.send('{"push":{"a":{}}')
  socket.ping('abc')
  const [payload]: Buffer[] = await once(socket, 'pong')
  expect(payload?.toString()).toBe('abc')
})

test('the end of a connection comes with the code that the server gave', async () => {
  const { socket, ready, closed } = await join([])
  await ready
  socket.close(3008, 'slow')
  expect(await closed).toBe(3008)
})

test('a connection that is cut ends with 1006', async () => {
  const { socket, ready, closed } = await join([])
  await ready
  socket.terminate()
  expect(await closed).toBe(1006)
})

test('a close handshake that the client starts ends with the code it sent', async () => {
  const { ready, closed } = await join([])
  await ready
  client?.close()
  expect(await closed).toBe(1000)
})

/** Connects a client whose hello are these words, each to be answered with itself. */
async function join(words: string[]): Promise<{
  socket: WebSocket
  ready: Promise<void>
  closed: Promise<number>
}> {
  const ready = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<number>()
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const steps = words.map((word) => ({ send: word, until: word }))
  client = new Client(port, dialects.centrifuge, steps, {
    ready: () => ready.resolve(),
    data: () => {},
    closed: (_, code) => closed.resolve(code),
  })
  const [socket]: WebSocket[] = await once(server, 'connection')
  if (!socket) throw new Error('no connection')
  return { socket, ready: ready.promise, closed: closed.promise }
}

async function heard(socket: WebSocket): Promise<string> {
  const [data]: Buffer[] = await once(socket, 'message')
  return String(data)
}
