// The devtool in a real browser, against real nodes: what it shows of a cluster in trouble, how one gets from the first look to
// the cause, and what it says when somebody does not answer.

import { beforeAll, describe, expect, test } from 'vitest'
import { startBrowser, type TestBrowser } from '../support/browser.ts'
import { linesOf, openDevtool, phone, wide } from '../support/devtool/page.ts'
import { startTroubledCluster, type TroubledCluster } from '../support/devtool/scenes.ts'
import { startGateway } from '../support/gateway.ts'
import { openRaw } from '../support/raw.ts'
import { until } from '../support/until.ts'

let browser: TestBrowser

beforeAll(async () => {
  browser = await startBrowser()
  return () => browser.close()
})

/** Each view, and what it must show of the cluster in trouble. */
const views: readonly (readonly [path: string, shows: string | RegExp])[] = [
  ['overview', /deadlock/],
  ['tree', /services/],
  ['map', /connection/],
  ['blocked', /Deadlock for/],
  ['actors', /asks-in-circles/],
  ['rooms', 'news'],
  ['connections', '127.0.0.1'],
  ['nodes', 'three'],
  ['dumps', 'Take one now'],
  ['dead', 'connection'],
  ['flight', /transitions until/],
]

describe('a cluster of three nodes in trouble', () => {
  let cluster: TroubledCluster

  beforeAll(async () => {
    cluster = await startTroubledCluster()
    return () => cluster[Symbol.asyncDispose]()
  })

  test.for([
    { colorScheme: 'light', viewport: wide },
    { colorScheme: 'dark', viewport: phone },
  ] as const)(
    'is shown in every view, $colorScheme, with no fault',
    { timeout: 120_000 },
    async (look) => {
      const { page, show, faults, complaints } = await openDevtool(
        browser,
        cluster.first.admin,
        look,
      )
      const found: Record<string, string[]> = {}
      for (const [path, shows] of views) {
        await show(path)
        await page.locator('main').getByText(shows).first().waitFor()
        found[path] = await faults()
      }
      expect(found).toEqual(Object.fromEntries(views.map(([path]) => [path, []])))
      expect(complaints()).toEqual([])
      await page.context().close()
    },
  )

  test('draws those who wait on each other in red, and leads to them', async () => {
    const { page, show, complaints } = await openDevtool(browser, cluster.first.admin)
    await show('blocked')
    const picture = page.getByRole('group', { name: 'Who waits on whom' })
    const red = picture.locator('path[stroke="var(--bad)"]')
    await red.first().waitFor()
    expect(await red.count()).toBe(2)
    await picture.getByRole('link', { name: /^mirror / }).click()
    await page.getByRole('heading', { name: /^mirror / }).waitFor()
    await page.getByText(/waiting: ask asks-in-circles/).waitFor()
    expect(complaints()).toEqual([])
    await page.context().close()
  })

  test('shows the peer that does not read as a slow member and as a full queue', async () => {
    const { page, show } = await openDevtool(browser, cluster.first.admin)
    await show('rooms')
    const news = linesOf(page, 'Rooms').filter({ hasText: 'news' })
    await news.locator('.bad').waitFor()
    expect(await news.locator('.bad').innerText()).toBe('1')
    await show('connections')
    await linesOf(page, 'Connections')
      .locator('.bad')
      .filter({ hasText: /[KM]iB/ })
      .waitFor()
    await page.context().close()
  })

  test('is looked at from any of its nodes', async () => {
    const admin = cluster.nodes.all[1]!.gateway!.admin
    const { page, show, complaints } = await openDevtool(browser, admin)
    await page.getByRole('heading', { name: 'two' }).waitFor()
    await page.getByLabel('Node').selectOption('one')
    await page.getByRole('heading', { name: 'one' }).waitFor()
    await show('blocked?node=one')
    await page.getByText(/Deadlock for/).waitFor()
    expect(complaints()).toEqual([])
    await page.context().close()
  })

  test('is summed up as a whole', async () => {
    const { page, show, faults, complaints } = await openDevtool(browser, cluster.first.admin)
    await page.getByLabel('Node').selectOption('the whole cluster')
    await page.getByRole('heading', { name: 'The whole cluster' }).waitFor()
    const totals = page.locator('.totals')
    await totals.waitFor()
    expect(await totals.innerText()).toMatch(/nodes\s+3\s+connections\s+2\s/)
    expect(await faults()).toEqual([])
    await show('blocked?node=*')
    await page.getByText('This view shows one node at a time').waitFor()
    expect(complaints()).toEqual([])
    await page.context().close()
  })

  test('drains a node when asked twice, through another one', async () => {
    const second = cluster.nodes.all[1]!.gateway!
    const { page, show } = await openDevtool(browser, cluster.first.admin)
    await show('nodes')
    await page.getByRole('button', { name: 'Drain two …' }).click()
    const sure = page.getByRole('button', { name: /^Drain two: 0 connections/ })
    await sure.waitFor()
    expect((await fetch(`${second.client}/ready`)).status).toBe(200)
    await sure.click()
    await linesOf(page, 'Nodes').filter({ hasText: 'two' }).getByText('draining').waitFor()
    expect((await fetch(`${second.client}/ready`)).status).toBe(503)
    await page.context().close()
  })

  test('names a node that was stopped as silent, and goes on showing the others', async () => {
    const third = cluster.nodes.all[2]!
    const { page, show } = await openDevtool(browser, cluster.first.admin)
    await show('nodes')
    await expect.poll(() => linesOf(page, 'Nodes').count(), { timeout: 15_000 }).toBe(3)
    third.pause()
    try {
      await page.getByText('three is a member and does not answer').waitFor({ timeout: 20_000 })
      expect(await linesOf(page, 'Nodes').allInnerTexts()).toEqual([
        expect.stringMatching(/^one/),
        expect.stringMatching(/^two/),
      ])
    } finally {
      third.resume()
    }
    await expect.poll(() => linesOf(page, 'Nodes').count(), { timeout: 20_000 }).toBe(3)
    await page.context().close()
  }, 60_000)
})

describe('examples/stuck', () => {
  const config = new URL('../../examples/stuck/sluice.config.ts', import.meta.url)

  test('gives its cause away in three clicks: who is waited on, end it, yes', async () => {
    await using gateway = await startGateway({ config })
    await until(async () => Number((await gateway.vars())['actors_waiting']) === 13, {
      what: 'the clerk and his twelve pickers wait',
    })
    const { page, show, complaints } = await openDevtool(browser, gateway.admin)
    await page.getByText(/13 actors wait, directly or not, on auditor/).waitFor()
    await page.getByRole('link', { name: 'look at it' }).click()
    await page.getByRole('heading', { name: /^auditor / }).waitFor()
    await page.getByText(/1 actor waits on it/).waitFor()
    await page.getByRole('button', { name: 'End it …' }).click()
    const sure = page.getByRole('button', { name: /^End auditor \S+ and all that it owns/ })
    await sure.waitFor()
    // The first click has only asked.
    expect(Number((await gateway.vars())['actors_waiting'])).toBe(13)
    await page.getByLabel('Reason').fill('it forgot the list')
    await sure.click()
    await page.getByText(/^dead: /).waitFor()
    await page.getByText(/it forgot the list/).waitFor()
    await until(async () => Number((await gateway.vars())['actors_waiting']) === 0, {
      what: 'nobody waits any more',
    })
    await show('blocked')
    await page.getByText('No actor waits on another.').waitFor()
    expect(complaints()).toEqual([])
    await page.context().close()
  })

  test('is not to be ended where that is not allowed', async () => {
    await using gateway = await startGateway({
      config: { insecure: true, log: { level: 'fatal' } },
    })
    const { page, show } = await openDevtool(browser, gateway.admin)
    await show('actor/1')
    await page.getByRole('button', { name: 'End it …' }).click()
    await page.getByRole('button', { name: /^End rooms 1/ }).click()
    await page.getByText(/see adminActions/).waitFor()
    expect((await gateway.actors()).actors.map(({ behavior }) => behavior)).toContain('rooms')
    await page.context().close()
  })
})

describe('examples/auction', () => {
  test('has the machine of its auctions drawn, with the state that one is in', async () => {
    const config = new URL('../../examples/auction/sluice.config.ts', import.meta.url)
    await using gateway = await startGateway({ config })
    const client = await openRaw(gateway.client)
    await client.call('connect', {})
    await client.call('subscribe', { channel: 'auction:lamp' })
    await client.call('rpc', { method: 'look', data: { room: 'auction:lamp' } })
    const { page, show, complaints } = await openDevtool(browser, gateway.admin)
    await show('actors?behavior=auction')
    expect(await linesOf(page, 'Actors').innerText()).toContain('lamp')
    await linesOf(page, 'Actors').getByRole('link').click()
    const machine = page.getByRole('group', { name: 'Its machine, now open' })
    await machine.waitFor()
    expect(await machine.locator('text').allTextContents()).toEqual(
      expect.arrayContaining(['open', 'closing.once', 'closing.twice', 'sold', 'after open']),
    )
    expect(complaints()).toEqual([])
    client.socket.destroy()
    await page.context().close()
  })
})

describe('access', () => {
  test('a node with a token shows nothing without it, and all with it', async () => {
    const adminToken = 'the-token-of-the-operators'
    await using gateway = await startGateway({
      config: { insecure: true, adminToken, log: { level: 'fatal' } },
    })
    const { page } = await openDevtool(browser, gateway.admin)
    const field = page.getByLabel('Token')
    await field.fill('not-this-one')
    await page.getByRole('button', { name: 'Look' }).click()
    await page.getByText('The node does not take this token.').waitFor()
    await field.fill(adminToken)
    await page.getByRole('button', { name: 'Look' }).click()
    await page.getByText('No lint has found anything.').waitFor()
    expect(page.url()).not.toContain(adminToken)
    await page.context().close()
  })
})

describe('a dump', () => {
  test('is opened by dropping its file on the page, with the node gone', async () => {
    const gateway = await startGateway({ config: { insecure: true, log: { level: 'fatal' } } })
    const text = JSON.stringify(await gateway.actors())
    const { page, show } = await openDevtool(browser, gateway.admin)
    await show('dumps')
    await page.getByRole('heading', { name: 'Dumps', exact: true }).waitFor()
    await gateway.kill()
    await page.getByText('the node does not answer').waitFor()
    const transfer = await page.evaluateHandle<object>(`(() => {
      const data = new DataTransfer()
      data.items.add(new File([${JSON.stringify(text)}], 'kept.json'))
      return data
    })()`)
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: transfer })
    await page.getByRole('heading', { name: 'kept.json' }).waitFor()
    expect(await page.locator('pre').innerText()).toMatch(/1 × root \[idle\]/)
    await page.context().close()
  })
})
