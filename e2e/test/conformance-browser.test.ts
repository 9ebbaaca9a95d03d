// The same client in a real browser: its sockets, its origin, and what it makes of close codes.

import { startBrowser, type TestBrowser } from '@sluice/test-support/browser'
import { beforeAll, describe, expect, test } from 'vitest'
import { createSite, visitClient } from '../support/browser-clients.ts'
import { connectClient } from '../support/clients.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { layLine } from '../support/line.ts'
import { connectionToken, tokenSecret } from '../support/tokens.ts'

let browser: TestBrowser
let gateway: Gateway
let config: object

beforeAll(async () => {
  const { folder, remove } = await createSite()
  config = {
    tokenSecret,
    site: folder,
    rooms: {
      default: {
        presence: true,
        joinLeave: true,
        history: { size: 100, ttl: '300s' },
        recover: true,
        allow: { subscribe: 'client', publish: 'client' },
      },
    },
  }
  ;[browser, gateway] = await Promise.all([startBrowser(), startGateway({ config })])
  return async () => {
    await Promise.all([browser.close(), gateway.stop()])
    await remove()
  }
})

describe('in Chromium', () => {
  test('two pages and a client in Node talk in a room, and see each other there', async () => {
    const rooms = ['lobby']
    const [ada, bob, token] = await Promise.all(
      ['ada', 'bob', 'cam'].map((user) => connectionToken(user)),
    )
    const first = await visitClient(browser, gateway.client, { token: ada!, rooms })
    await first.subscribed.nth(1)
    const second = await visitClient(browser, gateway.client, { token: bob!, rooms })
    const third = await connectClient(gateway, { token: token! })
    const inNode = await third.subscribe('lobby')
    await Promise.all([first.joins.nth(3), second.subscribed.nth(1)])
    expect(first.joins.entries.map(({ info }) => info.user).toSorted()).toEqual([
      'ada',
      'bob',
      'cam',
    ])
    const { clients } = await first.presence('lobby')
    expect(
      Object.values(clients)
        .map(({ user }) => user)
        .toSorted(),
    ).toEqual(['ada', 'bob', 'cam'])

    await first.publish('lobby', { text: 'from a page 🚰' })
    await third.centrifuge.publish('lobby', { text: 'from Node' })
    for (const each of [first, second, inNode]) {
      // oxlint-disable-next-line no-await-in-loop -- each of them
      await each.publications.nth(2)
      expect(each.publications.entries).toMatchObject([
        { data: { text: 'from a page 🚰' }, offset: 1, info: { user: 'ada' } },
        { data: { text: 'from Node' }, offset: 2, info: { user: 'cam' } },
      ])
    }
    const { publications } = await second.history('lobby', { limit: 1, reverse: true })
    expect(publications).toMatchObject([{ data: { text: 'from Node' } }])

    await second.page.close()
    expect((await first.leaves.nth(1)).info.user).toBe('bob')
  })

  test('a page recovers what it missed while its line was cut', async () => {
    const line = await layLine(gateway)
    const token = await connectionToken('ada')
    const client = await visitClient(browser, line.client, { token, rooms: ['cut'] })
    await client.subscribed.nth(1)
    await gateway.api('publish', { channel: 'cut', data: 1 })
    await client.publications.nth(1)
    line.cut()
    await client.connecting.nth(2)
    const commands = [2, 3, 4, 5].map((data) => ({ publish: { channel: 'cut', data } }))
    await gateway.api('batch', { commands })
    line.mend()
    expect(await client.subscribed.nth(2)).toMatchObject({ wasRecovering: true, recovered: true })
    await client.publications.nth(5)
    expect(client.publications.entries.map(({ data }) => data as number)).toEqual([1, 2, 3, 4, 5])
  })

  test('a page comes back from 3001 to the next process, and stays away after 3503', async () => {
    const first = await startGateway({ config })
    const token = await connectionToken('ada')
    const client = await visitClient(browser, first.client, { token, rooms: ['stays'] })
    await client.subscribed.nth(1)
    await first.stop()
    expect(await client.connecting.nth(2)).toMatchObject({ code: 3001 })
    const args = ['--port', new URL(first.client).port]
    await using second = await startGateway({ config, args })
    expect(await client.subscribed.nth(2)).toMatchObject({ recovered: false })
    await second.api('disconnect', { user: 'ada' })
    expect(await client.disconnected.nth(1)).toEqual({ code: 3503, reason: 'force disconnect' })
    expect(client.connecting.size).toBe(2)
  })

  test('a page of another origin gets in only where the gateway names it', async () => {
    await using closed = await startGateway({ config })
    await using open = await startGateway({ config: { ...config, origins: [gateway.client] } })
    const token = await connectionToken('ada')
    const refused = await visitClient(browser, gateway.client, { client: closed.client, token })
    expect(await refused.errors.nth(1)).toMatchObject({ type: 'transport' })
    expect(refused.connected.size).toBe(0)
    const welcome = await visitClient(browser, gateway.client, { client: open.client, token })
    await welcome.connected.nth(1)
  })
})
