// Calls to behaviours: one that answers for itself, one that is a room, and what becomes of those that fail.

import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Client, connectClient } from '../support/clients.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { connectionToken, tokenSecret } from '../support/tokens.ts'

let gateway: Gateway

beforeAll(async () => {
  const path = (name: string): string =>
    fileURLToPath(new URL(`../support/behaviors/${name}.ts`, import.meta.url))
  const answering = ['echo', 'nothing', 'refuse', 'hold', 'release', 'announce']
  gateway = await startGateway({
    config: {
      tokenSecret,
      rooms: {
        default: { allow: { subscribe: 'client', publish: 'client' } },
        behaviors: { 'tally:*': path('tally') },
      },
      rpc: {
        ...Object.fromEntries(answering.map((method) => [method, path('answering')])),
        'tally.read': path('tally'),
        'tally.fail': path('tally'),
        narrow: path('narrow'),
      },
    },
  })
  return () => gateway.stop()
})

async function connect(user: string): Promise<Client> {
  return await connectClient(gateway, { token: await connectionToken(user, { info: { user } }) })
}

describe('a call', () => {
  test('is answered by the behaviour of its method, which knows who calls', async () => {
    const client = await connect('ada')
    const { data } = await client.centrifuge.rpc('echo', { text: 'hello', list: [1, null] })
    expect(data).toEqual({
      data: { text: 'hello', list: [1, null] },
      client: { client: client.id, user: 'ada', connInfo: { user: 'ada' } },
    })
  })

  test('without data has none, and may be answered with none', async () => {
    const { centrifuge } = await connect('ada')
    expect((await centrifuge.rpc('echo', null)).data).toMatchObject({ data: null })
    expect((await centrifuge.rpc('nothing', null)).data).toBeNull()
  })

  test('that the behaviour refuses is answered in its own words, with code 400', async () => {
    const { centrifuge } = await connect('ada')
    await expect(centrifuge.rpc('refuse', 'too late')).rejects.toEqual({
      code: 400,
      message: 'too late',
      temporary: false,
    })
  })

  test('that takes long holds up neither the next one nor a publish', async () => {
    const client = await connect('ada')
    const room = await client.subscribe('beside')
    const { centrifuge } = client
    const held = [centrifuge.rpc('hold', null), centrifuge.rpc('hold', null)]
    await centrifuge.publish('beside', 'meanwhile')
    await room.publications.nth(1)
    expect((await centrifuge.rpc('release', null)).data).toBe('released')
    expect((await Promise.all(held)).map(({ data }) => data as number)).toEqual([0, 1])
  })

  test('can make the behaviour publish', async () => {
    const client = await connect('ada')
    const room = await client.subscribe('news')
    await client.centrifuge.rpc('announce', { headline: 'water' })
    expect(await room.publications.nth(1)).toMatchObject({ data: { headline: 'water' } })
  })

  test('to a behaviour whose mailbox is full is answered with 111, which is temporary', async () => {
    const { centrifuge } = await connect('ada')
    // At most one is being handled and two wait, and those are never answered; which one is too many depends on how
    // many the actor found in its mailbox when it began.
    const calls = [1, 2, 3, 4].map((n) => centrifuge.rpc('narrow', n))
    const failures = calls.map((call) => call.catch((error: unknown) => error))
    expect(await Promise.race(failures)).toMatchObject({ code: 111, temporary: true })
    await expect(centrifuge.rpc('echo', 5)).resolves.toMatchObject({ data: { data: 5 } })
    centrifuge.disconnect()
    await Promise.all(failures)
  })
})

describe('a room with a behaviour', () => {
  test('answers calls that name it, each room for itself', async () => {
    const [ada, bob] = [await connect('ada'), await connect('bob')]
    const rooms = [await ada.subscribe('tally:a'), await bob.subscribe('tally:b')]
    await ada.centrifuge.publish('tally:a', 2)
    await ada.centrifuge.publish('tally:a', 3)
    await bob.centrifuge.publish('tally:b', 7)
    await rooms[0]!.publications.nth(2)
    const read = async (room: string): Promise<unknown> =>
      (await ada.centrifuge.rpc('tally.read', { room })).data
    expect(await read('tally:a')).toEqual({
      room: 'tally:a',
      sum: 5,
      seen: ['ada joined'],
      members: ['ada'],
      caller: 'ada',
    })
    expect(await read('tally:b')).toMatchObject({ sum: 7, members: ['bob'] })
  })

  test('decides what becomes of a publish', async () => {
    const client = await connect('ada')
    const room = await client.subscribe('tally:moderated')
    await client.centrifuge.publish('tally:moderated', 40)
    await expect(client.centrifuge.publish('tally:moderated', 'forty')).rejects.toMatchObject({
      code: 400,
      message: 'numbers only',
    })
    await client.centrifuge.publish('tally:moderated', 2)
    await room.publications.nth(2)
    expect(room.data).toEqual([{ sum: 40 }, { sum: 42 }])
  })

  test('hears who comes and goes', async () => {
    const [ada, bob] = [await connect('ada'), await connect('bob')]
    await ada.subscribe('tally:door')
    const visit = await bob.subscribe('tally:door')
    visit.subscription.unsubscribe()
    // Bob's own call comes after his unsubscribe.
    const { data } = await bob.centrifuge.rpc('tally.read', { room: 'tally:door' })
    expect(data).toMatchObject({ seen: ['ada joined', 'bob joined', 'bob left'], caller: 'bob' })
  })

  test('that throws fails the call with 100, and the room goes on afresh', async () => {
    const client = await connect('ada')
    const room = await client.subscribe('tally:fragile')
    await client.centrifuge.publish('tally:fragile', 5)
    const fail = (): Promise<unknown> =>
      client.centrifuge.rpc('tally.fail', { room: 'tally:fragile' })
    await expect(fail()).rejects.toMatchObject({ code: 100, temporary: true })
    await client.centrifuge.publish('tally:fragile', 1)
    await room.publications.nth(2)
    expect(room.data).toEqual([{ sum: 5 }, { sum: 1 }])
    expect(room.subscribing.size).toBe(1)
  })

  test('that throws again and again ends; its members are told 2500 and come back', async () => {
    const [client, other] = [await connect('ada'), await connect('bob')]
    const room = await client.subscribe('tally:hopeless')
    const beside = await other.subscribe('tally:healthy')
    while (room.subscribing.size === 1) {
      // oxlint-disable-next-line no-await-in-loop -- until its supervisor gives up
      await client.centrifuge.rpc('tally.fail', { room: 'tally:hopeless' }).catch(() => undefined)
    }
    expect(room.subscribing.entries[1]).toMatchObject({
      code: 2500,
      reason: 'insufficient state',
    })
    await room.subscribed.nth(2)
    await client.centrifuge.publish('tally:hopeless', 1)
    expect((await room.publications.nth(1)).data).toEqual({ sum: 1 })
    expect(client.connecting.size).toBe(1)
    expect(beside.subscribing.size).toBe(1)
  })

  test('is not reached by a call that names no room of it', async () => {
    const { centrifuge } = await connect('ada')
    for (const data of [null, {}, { room: 'hall' }, { room: 7 }, { room: 'nowhere:1' }]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a failure has a name
      await expect(centrifuge.rpc('tally.read', data)).rejects.toMatchObject({ code: 107 })
    }
  })
})
