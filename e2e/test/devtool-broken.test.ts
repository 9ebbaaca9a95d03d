// The devtool in a real browser, where an answer is none that it knows: the view that asked for it fails, and nothing else does.

import { expect, test } from 'vitest'
import { devtoolForTests } from '../support/devtool/hooks.ts'
import { startGateway } from '../support/gateway.ts'

const openDevtool = devtoolForTests()

test('a view that fails says so, can be tried again, and leaves the others as they are', async () => {
  await using gateway = await startGateway({ config: { insecure: true, log: { level: 'fatal' } } })
  const { page, show, faults, complaints } = await openDevtool(gateway.admin)
  const flights = '**/debug/view/flight*'
  await page.route(flights, (route) => route.fulfill({ json: { node: 'x', rows: null } }))
  await show('flight')
  const failed = page.getByRole('alert').getByText(/^This view failed/)
  await failed.waitFor()
  expect(await faults()).toEqual([])
  expect(complaints().join('\n')).toMatch(/^console: TypeError/)
  await page.getByRole('link', { name: 'State map' }).click()
  await page.getByText(/^\d+ actors in \d+ groups/).waitFor()
  await page.getByRole('link', { name: 'Flight' }).click()
  await failed.waitFor()
  await page.unroute(flights)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText(/^\d+ transitions until/).waitFor()
  await page.context().close()
})
