// The devtool in a real browser, against a cluster in trouble: each view shows what it must, in light and dark, wide and narrow.

import { expect, test } from 'vitest'
import { devtoolForTests, forTests } from '../support/devtool/hooks.ts'
import { phone, wide } from '../support/devtool/page.ts'
import { startTroubledCluster } from '../support/devtool/scenes.ts'
import { views } from '../support/devtool/views.ts'

const openDevtool = devtoolForTests()
const cluster = forTests(startTroubledCluster)

test.for([
  { colorScheme: 'light', viewport: wide },
  { colorScheme: 'dark', viewport: phone },
] as const)(
  'is shown in every view, $colorScheme, with no fault',
  { timeout: 120_000 },
  async (look) => {
    const { page, show, sees, faults, complaints } = await openDevtool(cluster().first.admin, look)
    const found: Record<string, string[]> = {}
    for (const { name, path, shows } of views) {
      await show(await path(cluster().first))
      await sees(shows)
      found[name] = await faults()
    }
    expect(found).toEqual(Object.fromEntries(views.map(({ name }) => [name, []])))
    expect(complaints()).toEqual([])
    await page.context().close()
  },
)

test('what is opened while the page is paused says so, and is asked for at once when it goes on', async () => {
  const { page, show, sees, complaints } = await openDevtool(cluster().first.admin)
  await page.getByRole('heading', { name: 'one', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await show('flight')
  await sees('Paused: nothing is asked until it goes on.')
  expect(asked.filter((url) => url.includes('/debug/'))).toEqual([])
  await page.getByRole('button', { name: 'Go on' }).click()
  await sees(/^[\d,]+ transitions until/)
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('a flight stays as it was when it was asked for, until somebody asks again', async () => {
  const { page, show, complaints } = await openDevtool(cluster().first.admin)
  await page.getByRole('heading', { name: 'one', exact: true }).waitFor()
  await page.clock.install()
  let flights = 0
  page.on('request', (request) => (flights += Number(request.url().includes('/view/flight'))))
  await show('flight')
  await page.getByText(/^[\d,]+ transitions until/).waitFor()
  const moment = page.getByRole('slider', { name: 'Moment' })
  await moment.press('Home')
  // Whatever is asked again by itself is asked again by then.
  const rare = page.waitForRequest(/view\/tabs/)
  await page.clock.fastForward('10:00')
  await rare
  expect(flights).toBe(1)
  expect(await moment.getAttribute('aria-valuenow')).toBe('0')
  await page.getByRole('button', { name: 'the last 5 s' }).click()
  await expect.poll(() => flights).toBe(2)
  expect(complaints()).toEqual([])
  await page.context().close()
})
