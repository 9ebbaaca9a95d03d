// TCP is a stream: wherever it cuts the bytes of a session, the session is the same.
//
//   GET /connection/websocket … │ 81 a1 … │ 81 fe …        every single cut, many cuts, every byte on its own

import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { balance, type Books, nothingLeft, openBooks } from '../support/books.ts'
import { encodeFragments, encodeFrame, opcodes } from '../support/frames.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { type Closed, connectRaw, handshake, type RawClient } from '../support/raw.ts'

/** What a session was answered: replies in the order of their ids, pushes as they came. */
interface Transcript {
  status: number
  replies: unknown[]
  pushes: unknown[]
  closed: Closed
}

let gateway: Gateway
let books: Books
let expected: Transcript
let rooms = 0

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      insecure: true,
      log: { level: 'warn' },
      rooms: { default: { presence: true, joinLeave: true, history: {}, recover: true } },
    },
  })
  books = await openBooks(gateway)
  expected = await play([])
})

afterAll(() => gateway.stop())

/** A whole session in a room of its own; as many bytes each time. */
function session(): Buffer {
  const channel = `split-${String(rooms++).padStart(6, '0')}`
  const commands = [
    { id: 1, connect: { name: 'split', version: '1' } },
    { id: 2, subscribe: { channel, recover: true } },
    { id: 3, publish: { channel, data: { text: '☃ 𝄞', long: 'x'.repeat(130) } } },
    { id: 4, presence_stats: { channel } },
    { id: 5, dance: {} },
    { id: 6, history: { channel, limit: 10 } },
    { id: 7, unsubscribe: { channel } },
  ].map((command) => JSON.stringify(command))
  const [connect = '', subscribe = '', publish = '', ...others] = commands
  return Buffer.concat([
    Buffer.from(handshake(gateway.client)),
    encodeFrame(connect),
    encodeFrame('beat', { opcode: opcodes.ping }),
    encodeFragments(subscribe, [5, 6, 20]),
    encodeFrame(publish),
    encodeFrame(others.join('\n')),
    encodeFrame('{"id":8,"ping":{}}'),
  ])
}

/** Plays a session with these cuts, one transcript for each list; the bytes between two cuts arrive in a turn of their own. */
async function playAll(sessions: readonly (readonly number[])[]): Promise<Transcript[]> {
  const players = await Promise.all(
    sessions.map(async (cuts) => {
      const client = await connectRaw(gateway.client)
      const bytes = session()
      const edges = [0, ...cuts, bytes.length]
      const parts = edges.slice(1).map((to, at) => bytes.subarray(edges[at], to))
      return { client, parts, last: client.next((message) => message.startsWith('{"id":8,')) }
    }),
  )
  const turns = Math.max(...players.map(({ parts }) => parts.length))
  for (let turn = 0; turn < turns; turn++) {
    for (const { client, parts } of players) {
      const part = parts[turn]
      if (part !== undefined && part.length > 0) client.write(part)
    }
    // Loopback delivers within the write, so once this is answered, the gateway has read what came before it.
    await gateway.vars()
  }
  return await Promise.all(
    players.map(async ({ client, last }) => {
      await last
      return transcript(client, await client.close())
    }),
  )
}

async function play(cuts: readonly number[]): Promise<Transcript> {
  const [played] = await playAll([cuts])
  return played!
}

/** Without what is new in every session: ids, epochs, the room's number. */
function transcript({ status, messages }: RawClient, closed: Closed): Transcript {
  const heard = messages.map(
    (message) =>
      JSON.parse(
        message
          .replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'uuid')
          .replaceAll(/"epoch":"[^"]*"/g, '"epoch":"e"')
          .replaceAll(/split-\d+/g, 'room'),
      ) as { id?: number },
  )
  return {
    status,
    replies: heard.filter(({ id }) => id !== undefined).sort((a, b) => a.id! - b.id!),
    pushes: heard.filter(({ id }) => id === undefined),
    closed,
  }
}

test('a session in one piece is what it is meant to be', () => {
  expect(expected).toMatchObject({
    status: 101,
    replies: [
      { id: 1, connect: { client: 'uuid' } },
      { id: 2, subscribe: { recoverable: true, positioned: true, epoch: 'e' } },
      { id: 3, publish: {} },
      { id: 4, presence_stats: { num_clients: 1 } },
      { id: 5, error: { code: 104 } },
      { id: 6, history: { publications: [{ data: { text: '☃ 𝄞' }, offset: 1 }], offset: 1 } },
      { id: 7, unsubscribe: {} },
      { id: 8, ping: {} },
    ],
    pushes: [
      { push: { channel: 'room', join: { info: { client: 'uuid' } } } },
      { push: { channel: 'room', pub: { data: { text: '☃ 𝄞' }, offset: 1 } } },
    ],
    closed: { code: 1000 },
  })
})

test('cut once, at any byte, it is the same', async () => {
  const { length } = session()
  const cuts = Array.from({ length: length - 1 }, (_, i) => [i + 1])
  for (let from = 0; from < cuts.length; from += 100) {
    for (const played of await playAll(cuts.slice(from, from + 100)))
      expect(played).toEqual(expected)
  }
})

test('cut into single bytes, it is the same', async () => {
  const { length } = session()
  expect(await play(Array.from({ length: length - 1 }, (_, i) => i + 1))).toEqual(expected)
})

test('cut anywhere, any number of times, it is the same', async () => {
  const { length } = session()
  const cuts = fc
    .uniqueArray(fc.integer({ min: 1, max: length - 1 }), { maxLength: 12 })
    .map((places) => places.sort((a, b) => a - b))
  await fc.assert(
    fc.asyncProperty(fc.array(cuts, { minLength: 1, maxLength: 8 }), async (sessions) => {
      for (const played of await playAll(sessions)) expect(played).toEqual(expected)
    }),
    { numRuns: 25 },
  )
})

test('cut off anywhere, it leaves nothing', async () => {
  const { length } = session()
  const clients = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const client = await connectRaw(gateway.client)
      client.write(session().subarray(0, Math.floor((length * (i + 1)) / 101)))
      return client
    }),
  )
  await gateway.vars()
  await Promise.all(clients.map((client) => client.reset()))
  expect(await balance(gateway, books, { sockets: 0, rooms: 0 })).toMatchObject(nothingLeft)
})
