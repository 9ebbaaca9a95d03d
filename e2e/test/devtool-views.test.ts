// The devtool in a real browser, against a cluster in trouble: each view shows what it must, in light and dark, wide and narrow.

import { beforeAll, expect, test } from 'vitest'
import { startBrowser, type TestBrowser } from '../support/browser.ts'
import { openDevtool, phone, wide } from '../support/devtool/page.ts'
import { startTroubledCluster, type TroubledCluster } from '../support/devtool/scenes.ts'
import { views } from '../support/devtool/views.ts'

let browser: TestBrowser
let cluster: TroubledCluster

beforeAll(async () => {
  browser = await startBrowser()
  return () => browser.close()
})

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
    const { page, show, sees, faults, complaints } = await openDevtool(
      browser,
      cluster.first.admin,
      look,
    )
    const found: Record<string, string[]> = {}
    for (const { name, path, shows } of views) {
      await show(await path(cluster.first))
      await sees(shows)
      found[name] = await faults()
    }
    expect(found).toEqual(Object.fromEntries(views.map(({ name }) => [name, []])))
    expect(complaints()).toEqual([])
    await page.context().close()
  },
)
