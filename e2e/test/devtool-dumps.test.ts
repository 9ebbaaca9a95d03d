// The devtool in a real browser: dumps that were kept, and what a file of one shows without a node.

import { beforeAll, expect, test } from 'vitest'
import { startBrowser, type TestBrowser } from '../support/browser.ts'
import { openDevtool } from '../support/devtool/page.ts'
import { startGateway } from '../support/gateway.ts'

let browser: TestBrowser

beforeAll(async () => {
  browser = await startBrowser()
  return () => browser.close()
})

test('a dump is opened by dropping its file on the page, with the node gone', async () => {
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
