// What a client gets wrong after its upgrade costs it its connection, or the one command: at once, with the code that
// the protocol names, and nobody else anything.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { balance, type Books, nothingLeft, openBooks } from '../support/books.ts'
import { type Chat, startChat } from '../support/chat.ts'
import { encodeFragments, encodeFrame } from '../support/frames.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import {
  badBeginnings,
  badCommands,
  badFrames,
  badMessages,
  maxFrameBytes,
} from '../support/malformed.ts'
import { type Closed, openRaw, type RawClient } from '../support/raw.ts'

let gateway: Gateway
let books: Books
let beside: Chat
/** How long each close took, from the last byte sent. */
const delays: number[] = []

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      insecure: true,
      log: { level: 'warn' },
      rooms: { default: { presence: true, history: {} } },
      limits: { maxFrameBytes, connectTimeoutMs: 1_000, closeTimeoutMs: 1_000 },
    },
  })
  books = await openBooks(gateway)
  beside = await startChat(gateway.client, { room: 'beside' })
})

afterAll(async () => {
  await gateway.stop()
  delays.sort((a, b) => a - b)
  const [p50, max] = [delays[delays.length >> 1], delays.at(-1)].map((ms) => ms?.toFixed(1))
  console.info(`${delays.length} kinds of bad input: closed after p50 ${p50} ms, at most ${max} ms`)
})

async function connected(): Promise<RawClient> {
  const client = await openRaw(gateway.client)
  expect(await client.call('connect', {})).toMatchObject({ connect: { ping: 25 } })
  return client
}

/** Sends this and sees how it is answered: within the second that the promise of 100 ms leaves a busy machine. */
async function punished(client: RawClient, bytes: Buffer): Promise<Closed> {
  const sent = performance.now()
  client.write(bytes)
  const goodbye = await client.goodbye
  const delay = performance.now() - sent
  delays.push(delay)
  expect(delay).toBeLessThan(1_000)
  // The TCP connection goes too, and the talk beside it goes on.
  await Promise.all([client.closed, beside.goOn()])
  return goodbye
}

/** How often something was published to a room that all good input leaves alone. */
async function published(): Promise<number> {
  const { offset = 0 } = await gateway.api<{ offset?: number }>('history', { channel: 'quiet' })
  return offset
}

describe('a frame that RFC 6455 forbids is closed with its code:', () => {
  test.each(badFrames)('%s', async (_name, bytes, code) => {
    expect(await punished(await connected(), bytes)).toMatchObject({ code })
  })

  test('before the connect as well', async () => {
    const client = await openRaw(gateway.client)
    expect(await punished(client, encodeFrame('{}', { masked: false }))).toMatchObject({
      code: 1002,
    })
  })
})

describe('a frame that is no list of commands is closed with 3501 and does nothing:', () => {
  test.each(badMessages)('%s', async (_name, text) => {
    const goodbye = await punished(await connected(), encodeFrame(text))
    expect(goodbye).toEqual({
      code: 3501,
      reason: expect.stringMatching(/^bad request: line \d+: |^bad request: more/),
    })
    expect(await published()).toBe(0)
  })
})

describe('a connection that does not begin with a connect is closed with 3501:', () => {
  test.each(badBeginnings)('%s', async (_name, text) => {
    const client = await openRaw(gateway.client)
    expect(await punished(client, encodeFrame(text))).toMatchObject({ code: 3501 })
    expect(await published()).toBe(0)
  })
})

describe('a command that is wrong in itself is answered, and the connection goes on:', () => {
  test.each(badCommands)('%s', async (_name, command, code) => {
    const client = await connected()
    const answered = client.next((message) => message.startsWith('{"id":7,'))
    client.frame(command)
    expect(JSON.parse(await answered)).toEqual({
      id: 7,
      error: { code, message: expect.any(String) },
    })
    expect(await client.call('ping', {})).toEqual({ id: 2, ping: {} })
    expect(await client.close()).toMatchObject({ code: 1000 })
    await beside.goOn()
  })

  test('good neighbours in its frame are executed', async () => {
    const client = await connected()
    const last = client.next((message) => message.startsWith('{"id":9,'))
    client.frame('{"id":7,"ping":{}}\n{"id":8,"dance":{}}\n\n{"id":9,"ping":{}}\n')
    await last
    expect(client.messages.slice(1).map((message) => JSON.parse(message))).toEqual([
      { id: 7, ping: {} },
      { id: 8, error: { code: 104, message: 'method not found' } },
      { id: 9, ping: {} },
    ])
    await client.close()
  })

  test('256 commands in one frame are, each in its turn', async () => {
    const client = await connected()
    const last = client.next((message) => message.startsWith('{"id":257,'))
    client.frame(Array.from({ length: 256 }, (_, i) => `{"id":${i + 2},"ping":{}}`).join('\n'))
    await last
    expect(
      client.messages.slice(1).map((message) => (JSON.parse(message) as { id: number }).id),
    ).toEqual(Array.from({ length: 256 }, (_, i) => i + 2))
    await client.close()
  })

  test('a character split between fragments is whole again', async () => {
    const client = await connected()
    const text = Buffer.from('{"id":7,"publish":{"channel":"snow","data":"☃ 𝄞"}}')
    const answered = client.next((message) => message.startsWith('{"id":7,'))
    client.write(
      encodeFragments(
        text,
        Array.from({ length: text.length - 1 }, (_, i) => i + 1),
      ),
    )
    expect(JSON.parse(await answered)).toEqual({ id: 7, publish: {} })
    const { publications } = await gateway.api<{ publications: { data: string }[] }>('history', {
      channel: 'snow',
      limit: 1,
    })
    expect(publications[0]?.data).toBe('☃ 𝄞')
    await client.close()
  })
})

describe('who does nothing is not kept:', () => {
  test('a socket that never says connect is closed with 3502', async () => {
    const client = await openRaw(gateway.client)
    expect(await client.closed).toEqual({ code: 3502, reason: 'stale' })
  })

  test('nor does it help to send pongs, or the half of a frame', async () => {
    const [ponging, halfway] = await Promise.all([openRaw(gateway.client), openRaw(gateway.client)])
    ponging.frame('{}')
    halfway.write(encodeFrame('{"id":1,"connect":{}}').subarray(0, 9))
    expect(await ponging.goodbye).toMatchObject({ code: 3502 })
    expect(await halfway.goodbye).toMatchObject({ code: 3502 })
    await Promise.all([ponging.closed, halfway.closed])
  })

  test('a peer that does not answer its close frame is cut', async () => {
    const client = await openRaw(gateway.client, { answersClose: false })
    client.frame('[]')
    expect(await client.goodbye).toMatchObject({ code: 3501 })
    expect(await client.closed).toMatchObject({ code: 3501 })
  })
})

test('afterwards the dead say the code that their peers heard, and nothing is left of them', async () => {
  await beside.goOn()
  const { sockets: before } = await gateway.vars()
  expect(before).toBe(2)
  const client = await connected()
  await punished(client, encodeFrame('x', { announced: 1n << 63n }))
  const { tombstones } = await gateway.actors()
  const [last] = tombstones.filter(({ behavior }) => behavior === 'connection')
  expect(last?.end).toMatch(/1009/)
  await balance(gateway, books, { sockets: 2, rooms: 1 })
  await beside.stop()
  expect(await balance(gateway, books, { sockets: 0, rooms: 0 })).toMatchObject(nothingLeft)
})
