// The devtool in a real browser, when something is stuck: who waits on whom, and the way from the first look to the cause.

import { until } from '@sluice/test-support'
import { describe, expect, test } from 'vitest'
import { devtoolForTests, forTests } from '../support/devtool/hooks.ts'
import { linesOf } from '../support/devtool/page.ts'
import { startTroubledCluster } from '../support/devtool/scenes.ts'
import { startGateway } from '../support/gateway.ts'

const openDevtool = devtoolForTests()

describe('a cluster in trouble', () => {
  const cluster = forTests(startTroubledCluster)

  test('draws those who wait on each other in red, and leads to them', async () => {
    const { page, show, complaints } = await openDevtool(cluster().first.admin)
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
    const { page, show } = await openDevtool(cluster().first.admin)
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
})

const config = new URL('../../examples/stuck/sluice.config.ts', import.meta.url)

test('examples/stuck gives its cause away in three clicks: who is waited on, end it, yes', async () => {
  await using gateway = await startGateway({ config })
  await until(async () => Number((await gateway.vars())['actors_waiting']) === 13, {
    what: 'the clerk and his twelve pickers wait',
  })
  const { page, show, complaints } = await openDevtool(gateway.admin)
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
