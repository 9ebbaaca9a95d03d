// The devtool in a real browser: who may look, and who may change something.

import { expect, test } from 'vitest'
import { devtoolForTests } from '../support/devtool/hooks.ts'
import { startGateway } from '../support/gateway.ts'

const openDevtool = devtoolForTests()

test('a node with a token shows nothing without it, and all with it', async () => {
  const adminToken = 'the-token-of-the-operators'
  await using gateway = await startGateway({
    config: { insecure: true, adminToken, log: { level: 'fatal' } },
  })
  const { page } = await openDevtool(gateway.admin)
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

test('an actor is not to be ended where that is not allowed', async () => {
  await using gateway = await startGateway({
    config: { insecure: true, log: { level: 'fatal' } },
  })
  const { page, show } = await openDevtool(gateway.admin)
  await show('actor/1')
  await page.getByRole('button', { name: 'End it …' }).click()
  await page.getByRole('button', { name: /^End rooms 1/ }).click()
  await page.getByText(/see adminActions/).waitFor()
  expect((await gateway.actors()).actors.map(({ behavior }) => behavior)).toContain('rooms')
  await page.context().close()
})
