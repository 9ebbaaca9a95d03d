// The devtool in a real browser: a behaviour's own tab, and what it shows of one of its actors, with examples/auction.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { devtoolForTests } from '../support/devtool/hooks.ts'
import { linesOf, phone } from '../support/devtool/page.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { openRaw, type RawClient } from '../support/raw.ts'

const openDevtool = devtoolForTests()

const config = new URL('../../examples/auction/sluice.config.ts', import.meta.url)

function startAuctions(): Promise<Gateway> {
  // Nothing goes by itself while somebody looks.
  return startGateway({ config, env: { AUCTION_OPEN_MS: '3600000' } })
}

async function enter(gateway: Gateway, ...lots: string[]): Promise<RawClient> {
  const client = await openRaw(gateway.client)
  await client.call('connect', {})
  for (const lot of lots) {
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await client.call('subscribe', { channel: `auction:${lot}` })
    // oxlint-disable-next-line no-await-in-loop -- as above
    await client.call('rpc', { method: 'look', data: { room: `auction:${lot}` } })
  }
  return client
}

function bid(client: RawClient, lot: string, amount: number, name: string): Promise<unknown> {
  return client.call('rpc', {
    method: 'bid',
    data: { room: `auction:${lot}`, amount, name },
  })
}

/** The questions for actors that the page asks from now on. */
function questionsOf(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    if (/\/debug\/actors/.test(request.url())) asked.push(request.url())
  })
  return asked
}

test('a behaviour’s tab stands below the views, and lists its actors by what they tell, as long as one looks', async () => {
  await using gateway = await startAuctions()
  const { page, show, faults, complaints } = await openDevtool(gateway.admin)
  const yours = page.getByRole('group', { name: 'Yours' })
  await yours.getByRole('link', { name: 'Auctions 0' }).click()
  await page.getByText('no auction lives here').waitFor()
  const ann = await enter(gateway, 'clock', 'lamp')
  await bid(ann, 'lamp', 120, 'Ann')
  const lines = linesOf(page, 'Auctions')
  await expect
    .poll(() => lines.allInnerTexts(), { timeout: 15_000 })
    .toEqual([
      expect.stringMatching(/^\S+\s+clock\s+open\s+–\s+–\s+0\s+\d+ \w+/),
      expect.stringMatching(/^\S+\s+lamp\s+open\s+120\s+Ann\s+1\s+\d+ \w+/),
    ])
  const least = page.getByRole('columnheader', { name: 'left' })
  expect(await least.getAttribute('aria-sort')).toBe('ascending')
  await page.getByRole('button', { name: 'highest' }).click()
  await expect.poll(() => lines.first().innerText()).toContain('lamp')
  await page.getByLabel('Search').fill('ann')
  await expect.poll(() => lines.count()).toBe(1)
  expect(await faults()).toEqual([])
  await show('nodes')
  await linesOf(page, 'Nodes').first().waitFor()
  await yours.getByRole('link', { name: 'Auctions 2' }).waitFor()
  // The count is of one node.
  await show('nodes?node=*')
  await yours.getByRole('link', { name: 'Auctions', exact: true }).waitFor()
  await show('nodes')
  const asked = questionsOf(page)
  for (let looks = 0; looks < 3; looks++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await page.waitForResponse(/\/debug\/nodes$/)
  }
  expect(asked).toEqual([])
  expect(complaints()).toEqual([])
  ann.socket.destroy()
  await page.context().close()
})

test('what an actor shows is a tree: by keys, as text, as open as it was when values are new', async () => {
  await using gateway = await startAuctions()
  const ann = await enter(gateway, 'lamp')
  await bid(ann, 'lamp', 120, 'Ann')
  const { page, show, faults, complaints } = await openDevtool(gateway.admin)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await show('tab/auction')
  await linesOf(page, 'Auctions').getByRole('link').click()
  const shown = page.getByRole('region', { name: 'What it shows of itself' })
  const highest = shown.locator('summary', { hasText: 'highest' })
  await shown.getByText('"Ann"').waitFor()
  expect(await shown.getByRole('listitem').filter({ hasText: /^bids/ }).innerText()).toBe('bids: 1')
  await highest.focus()
  await page.keyboard.press('ArrowLeft')
  await expect
    .poll(() => highest.innerText())
    .toMatch(/^highest: \{3\} bidder: .*name: "Ann", amount: 120/)
  await page.keyboard.press('ArrowDown')
  expect(await page.evaluate('document.activeElement.textContent')).toMatch(/^terms/)
  const ben = await enter(gateway, 'lamp')
  await bid(ben, 'lamp', 130, 'Ben')
  const marked = shown.locator('.new')
  await marked.filter({ hasText: 'amount: 130' }).waitFor()
  await marked.filter({ hasText: /^2$/ }).waitFor()
  // Closed it stays, and what it was before is not marked.
  expect(await shown.locator('details').first().getAttribute('open')).toBeNull()
  expect(await marked.filter({ hasText: 'lamp' }).count()).toBe(0)
  expect(await faults()).toEqual([])
  await shown.getByRole('button', { name: 'Copy' }).click()
  await shown.getByRole('button', { name: 'Copied' }).waitFor()
  const text = await page.evaluate<string>('navigator.clipboard.readText()')
  expect(JSON.parse(text)).toMatchObject({
    lot: 'lamp',
    highest: { name: 'Ben', amount: 130 },
    terms: { step: 10 },
  })
  await shown.getByRole('button', { name: 'Close all' }).click()
  expect(await shown.locator('details[open]').count()).toBe(0)
  await shown.getByRole('button', { name: 'Open all' }).click()
  expect(await shown.locator('details[open]').count()).toBe(2)
  expect(complaints()).toEqual([])
  for (const client of [ann, ben]) client.socket.destroy()
  await page.context().close()
})

test('a tab is brought into sight on a phone, and one that nobody has is said', async () => {
  await using gateway = await startAuctions()
  const { page, show, faults } = await openDevtool(gateway.admin, {
    colorScheme: 'dark',
    viewport: phone,
  })
  await show('tab/auction')
  await page.getByText('no auction lives here').waitFor()
  const link = page.getByRole('link', { name: 'Auctions 0' })
  await expect.poll(async () => (await link.boundingBox())!.x).toBeLessThan(phone.width - 60)
  expect(await faults()).toEqual([])
  await show('tab/nobody')
  await page.getByText('No behaviour nobody with a tab is known here').waitFor()
  await page.context().close()
})
