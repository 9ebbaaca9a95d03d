// Behaviours that their authors should not have written: the room concerned pays, its callers are told, all others
// stay, and `/debug/actors` says which and why.

import type { ActorRow } from '@sluice/core'
import { until } from '@sluice/test-support'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Books, nothingLeft, openBooks } from '../support/books.ts'
import { type Chat, startChat } from '../support/chat.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { openRaw, type RawClient } from '../support/raw.ts'

const names = ['throws', 'stalls', 'floods', 'spawns', 'asks-in-circles']
const modules = names.map(
  (name) => [name, new URL(`../behaviors/${name}.ts`, import.meta.url).pathname] as const,
)

let gateway: Gateway
let books: Books
let beside: Chat

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      insecure: true,
      log: { level: 'fatal' },
      rooms: { behaviors: Object.fromEntries(modules.map(([name, path]) => [`${name}:*`, path])) },
      rpc: Object.fromEntries(modules),
    },
  })
  books = await openBooks(gateway)
  beside = await startChat(gateway.client, { room: 'beside' })
})

afterAll(() => gateway.kill())

// Whatever a test did, the talk beside it goes on.
afterEach(() => beside.goOn())

/** A member of such a room. */
async function member(room: string): Promise<RawClient> {
  const client = await openRaw(gateway.client)
  onTestFinished(async () => void (await client.close()))
  await client.call('connect', {})
  expect(await client.call('subscribe', { channel: room })).toMatchObject({ subscribe: {} })
  return client
}

/** What a call of the room's behaviour is answered. */
async function called(client: RawClient, room: string, data: object = {}): Promise<unknown> {
  const [method = ''] = room.split(':')
  const { id: _id, ...answer } = await client.call('rpc', { method, data: { room, ...data } })
  return answer['error'] ?? answer['rpc']
}

/** The actors of this behaviour, when they look so. */
function actors(behavior: string, looks: (found: ActorRow[]) => boolean): Promise<ActorRow[]> {
  return until(
    async () => {
      const found = (await gateway.actors()).actors.filter((row) => row.behavior === behavior)
      return looks(found) && found
    },
    { what: `${behavior} looks as it should` },
  )
}

/** What `/debug/actors` says of some of these, as people read it. */
async function page(debug: 1 | 2, behavior: string): Promise<string> {
  const query = `debug=${debug}&behavior=${behavior}&limit=5`
  const response = await fetch(`${gateway.admin}/debug/actors?${query}`)
  const [living = ''] = (await response.text()).split('\ndead, the newest first:')
  return living
}

const internal = { code: 100, message: 'internal server error', temporary: true }

describe('a handler that throws', () => {
  test('costs the caller an error, the room nothing, and is restarted; its row says why', async () => {
    const client = await member('throws:1')
    expect(await called(client, 'throws:1', { boom: true })).toEqual(internal)
    expect(await called(client, 'throws:1')).toEqual({ data: { calls: 1 } })
    const [row] = await actors('throws', ([first]) => first?.restarts === 1)
    expect(row?.restarted).toBe(`throws ${row?.id}: Error: boom on request`)
    expect(await page(2, 'throws')).toMatch(
      /^throws \S+ \[idle, .*\] .* restarts 1 calls 1\n[^]*^ {4}restarted after throws \S+: Error: boom on request$/m,
    )
  })

  test('on publications refuses them', async () => {
    const client = await member('throws:1')
    expect(
      await client.call('publish', { channel: 'throws:1', data: { boom: true } }),
    ).toMatchObject({ error: internal })
    expect(await client.call('ping', {})).toMatchObject({ ping: {} })
  })

  test('too often ends its room: members hear 2500, and find a new one when they come again', async () => {
    const client = await member('throws:2')
    const evicted = client.next((message) => message.includes('"unsubscribe":'))
    for (let i = 0; i < 6; i++) await called(client, 'throws:2', { boom: true })
    expect(JSON.parse(await evicted)).toEqual({
      push: { channel: 'throws:2', unsubscribe: { code: 2500, reason: 'insufficient state' } },
    })
    const { tombstones } = await gateway.actors()
    const room = tombstones.find(({ label }) => label === 'throws:2')
    expect(room).toMatchObject({ behavior: 'room', code: 'escalated' })
    expect(room?.end).toMatch(
      /^room \S+: restart budget spent ← throws \S+: Error: boom on request$/,
    )
    expect(await client.call('subscribe', { channel: 'throws:2' })).toMatchObject({ subscribe: {} })
    expect(await called(client, 'throws:2')).toEqual({ data: { calls: 1 } })
  })
})

describe('a handler that never settles', () => {
  test('waits visibly, fails at its deadline, and serves the next caller', async () => {
    const client = await member('stalls:1')
    const stuck = called(client, 'stalls:1', { how: 'unnamed' })
    const [row] = await actors('stalls', ([first]) => first?.state === 'waiting')
    expect(row?.wait).toMatchObject({ class: 'promise' })
    const behind = called(client, 'stalls:1')
    await actors('stalls', ([first]) => first?.mailbox === 1)
    expect(await page(2, 'stalls')).toMatch(/^stalls \S+ \[waiting: promise, .*\] mailbox 1 /m)
    expect(await stuck).toEqual(internal)
    expect(await behind).toEqual({ data: { well: true } })
    const [after] = await actors('stalls', ([first]) => first?.restarts === 1)
    expect(after?.restarted).toMatch(/deadline_exceeded.* no end of receive within 2000 ms/)
  })

  test('says what it waits for, if it was told', async () => {
    const client = await member('stalls:2')
    const stuck = called(client, 'stalls:2', { how: 'named' })
    await actors('stalls', (rows) => rows.some(({ wait }) => wait?.target === 'the ledger'))
    expect(await page(1, 'stalls')).toMatch(/^1 × stalls \[waiting: lock the\] /m)
    expect(await page(2, 'stalls')).toMatch(/^stalls \S+ \[waiting: lock "the ledger", /m)
    expect(await stuck).toEqual(internal)
  })
})

describe('a behaviour that spawns without end', () => {
  test('fails when its budget is spent, and takes all it spawned along', async () => {
    const client = await member('spawns:1')
    expect(await called(client, 'spawns:1', { how: 'children' })).toEqual(internal)
    const [row] = await actors('spawns', ([first]) => first?.restarts === 1)
    expect(row?.restarted).toMatch(/too_many_children.* 5000 actors below spawns/)
    await actors('child', (rows) => rows.length === 0)
    expect(await called(client, 'spawns:1')).toEqual({ data: { well: true } })
  })

  test('also when each of them spawns the next', async () => {
    const client = await member('spawns:2')
    expect(await called(client, 'spawns:2', { how: 'chain' })).toEqual({ data: { well: true } })
    await actors(
      'spawns',
      (rows) => rows.length === 2 && rows.every(({ restarts }) => restarts === 1),
    )
    expect(await page(2, 'spawns')).toMatch(/^ {4}restarted after spawns \S+: .*too_many_children/m)
    await actors('link', (rows) => rows.length === 0)
    expect(await called(client, 'spawns:2')).toEqual({ data: { well: true } })
  })
})

test('two that ask each other in a circle are seen waiting for each other, until their asks are over', async () => {
  const client = await member('asks-in-circles:1')
  const stuck = called(client, 'asks-in-circles:1')
  const [asker] = await actors('asks-in-circles', ([first]) => first?.wait?.class === 'ask')
  const [mirror] = await actors('mirror', ([first]) => first?.wait?.class === 'ask')
  expect(asker?.wait).toMatchObject({ target: 'mirror', actor: mirror?.id })
  expect(mirror?.wait).toMatchObject({ target: 'asks-in-circles', actor: asker?.id })
  expect(await page(2, 'mirror')).toMatch(
    /^mirror \S+ \[waiting: ask asks-in-circles \S+, .*, deadline in /m,
  )
  expect(await stuck).toEqual({
    code: 108,
    message: 'not available: no answer in time',
    temporary: true,
  })
})

test('afterwards nothing is left but the rooms, which stay for a while, and their behaviours', async () => {
  // Two looks at a node that lives on: rooms that come again open between them, so they are compared until they agree.
  const vars = await until(
    async () => {
      const rows = (await gateway.actors()).actors
      const behaviors = rows.filter(({ behavior }) => [...names, 'mirror'].includes(behavior))
      const rooms = rows.filter(({ behavior }) => behavior === 'room')
      const seen = await gateway.vars()
      return seen['actors'] === books.actors + 2 + rooms.length + behaviors.length
        ? seen
        : undefined
    },
    { what: 'the books balance' },
  )
  expect(vars).toMatchObject({ ...nothingLeft, forced: 0, sockets: 2 })
})

test('a behaviour that floods its own mailbox has it full, and no more than its share of time', async () => {
  const client = await member('floods:1')
  expect(await called(client, 'floods:1')).toEqual({ data: 'so be it' })
  const [row] = await actors('floods', ([first]) => (first?.mailbox ?? 0) === 1_024)
  const [later] = await actors('floods', ([first]) => first!.handled > row!.handled)
  expect(later).toMatchObject({ mailbox: 1_024 })
  expect(await page(2, 'floods')).toMatch(
    /^floods \S+ \[.*\] mailbox 1024 handled \d+ echoes \d+$/m,
  )
  expect(await called(client, 'floods:1')).toEqual({
    code: 111,
    message: 'too many requests',
    temporary: true,
  })
  const elsewhere = await member('throws:3')
  expect(await called(elsewhere, 'throws:3')).toEqual({ data: { calls: 1 } })
})

test('the node drains with all of them', async () => {
  await beside.stop()
  await gateway.stop()
  expect(await gateway.exit).toBe(0)
})
