// Who is in a room, how many, who comes and who goes.

import { beforeAll, describe, expect, test } from 'vitest'
import { type Client, connectClient } from '../support/clients.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { layLine } from '../support/line.ts'
import {
  connectionToken,
  subscriptionToken,
  type TokenClaims,
  tokenSecret,
} from '../support/tokens.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      tokenSecret,
      rooms: {
        default: { presence: true, joinLeave: true, allow: { subscribe: 'client' } },
        namespaces: { quiet: { joinLeave: false } },
      },
    },
  })
  return () => gateway.stop()
})

async function connect(user: string, claims: TokenClaims = {}): Promise<Client> {
  return await connectClient(gateway, { token: await connectionToken(user, claims) })
}

describe('presence', () => {
  test('lists every connection in the room, with its user and what its tokens say', async () => {
    const ada = await connect('ada', { info: { name: 'Ada' } })
    const bob = await connect('bob')
    const room = await ada.subscribe('lobby')
    const token = await subscriptionToken('bob', 'lobby', { info: { seat: 4 } })
    await bob.subscribe('lobby', { token })
    const { clients } = await room.subscription.presence()
    expect(Object.keys(clients).toSorted()).toEqual([ada.id, bob.id].toSorted())
    expect(clients).toMatchObject({
      [ada.id]: { client: ada.id, user: 'ada', connInfo: { name: 'Ada' } },
      [bob.id]: { client: bob.id, user: 'bob', chanInfo: { seat: 4 } },
    })
  })

  test('counts connections and users, who may have several', async () => {
    const clients = [await connect('ada'), await connect('ada'), await connect('bob')]
    const rooms = await Promise.all(clients.map((client) => client.subscribe('counted')))
    const stats = (): Promise<unknown> => rooms[0]!.subscription.presenceStats()
    expect(await stats()).toEqual({ numClients: 3, numUsers: 2 })
    rooms[1]!.subscription.unsubscribe()
    const ada = clients[1]!.id
    await rooms[0]!.leaves.first(({ client }) => client === ada)
    expect(await stats()).toEqual({ numClients: 2, numUsers: 2 })
  })

  test('is for members, unless the room says otherwise', async () => {
    const { centrifuge } = await connect('eve')
    await expect(centrifuge.presence('lobby')).rejects.toMatchObject({ code: 103 })
    await expect(centrifuge.presenceStats('lobby')).rejects.toMatchObject({ code: 103 })
  })
})

describe('join and leave', () => {
  test('tell the members who came, and who unsubscribed', async () => {
    const watcher = await connect('ada')
    const room = await watcher.subscribe('door')
    const guest = await connect('bob', { info: { name: 'Bob' } })
    const bob = { client: guest.id, user: 'bob', connInfo: { name: 'Bob' } }
    const visit = await guest.subscribe('door')
    expect(await room.joins.first(({ user }) => user === 'bob')).toEqual(bob)
    visit.subscription.unsubscribe()
    expect(await room.leaves.nth(1)).toEqual(bob)
    expect(room.joins.entries.map(({ user }) => user)).toEqual(['ada', 'bob'])
  })

  test('tell who disconnected, and who was cut off', async () => {
    const room = await (await connect('ada')).subscribe('exit')
    const line = await layLine(gateway)
    const token = await connectionToken('bob')
    const [polite, cut] = [
      await connectClient(gateway, { token }),
      await connectClient(line, { token }),
    ]
    await Promise.all([polite.subscribe('exit'), cut.subscribe('exit')])
    polite.close()
    const { id } = polite
    await room.leaves.first(({ client }) => client === id)
    const lost = cut.id
    line.cut()
    await room.leaves.first(({ client }) => client === lost)
    expect(room.leaves.size).toBe(2)
  })

  test('are counted once: a client that comes back is a new connection of the same user', async () => {
    const watcher = await connect('ada')
    const room = await watcher.subscribe('again')
    const line = await layLine(gateway)
    const client = await connectClient(line, { token: await connectionToken('bob') })
    await client.subscribe('again')
    const first = client.id
    line.cut()
    await room.leaves.first(({ client: id }) => id === first)
    line.mend()
    await client.connected.nth(2)
    const second = client.id
    await room.joins.first(({ client: id }) => id === second)
    const { clients } = await room.subscription.presence()
    expect(Object.keys(clients).toSorted()).toEqual([watcher.id, second].toSorted())
    expect(room.leaves.size).toBe(1)
  })

  test('reach the members of a subscription that the server made', async () => {
    const client = await connect('ada', { channels: ['granted'] })
    const guest = await connect('bob')
    const visit = await guest.subscribe('granted')
    expect(await client.joins.first(({ info }) => info.user === 'bob')).toMatchObject({
      channel: 'granted',
    })
    visit.subscription.unsubscribe()
    expect(await client.leaves.nth(1)).toMatchObject({ info: { client: guest.id } })
  })

  test('are not told where the room keeps quiet', async () => {
    const room = await (await connect('ada')).subscribe('quiet:1')
    const guest = await connect('bob')
    const visit = await guest.subscribe('quiet:1')
    expect((await room.subscription.presence()).clients).toHaveProperty(guest.id)
    visit.subscription.unsubscribe()
    // What comes after a leave in the room's order.
    await gateway.api('publish', { channel: 'quiet:1', data: 'last' })
    await room.publications.nth(1)
    expect(room.joins.size + room.leaves.size).toBe(0)
  })
})
