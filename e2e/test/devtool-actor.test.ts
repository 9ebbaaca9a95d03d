// The devtool in a real browser: what the page of one actor tells of it.

import { expect, test } from 'vitest'
import { devtoolForTests } from '../support/devtool/hooks.ts'
import { linesOf } from '../support/devtool/page.ts'
import { startGateway } from '../support/gateway.ts'
import { openRaw } from '../support/raw.ts'

const openDevtool = devtoolForTests()

test('an actor whose behaviour is a machine has it drawn, with the state that one is in', async () => {
  const config = new URL('../../examples/auction/sluice.config.ts', import.meta.url)
  await using gateway = await startGateway({ config })
  const client = await openRaw(gateway.client)
  await client.call('connect', {})
  await client.call('subscribe', { channel: 'auction:lamp' })
  await client.call('rpc', { method: 'look', data: { room: 'auction:lamp' } })
  const { page, show, complaints } = await openDevtool(gateway.admin)
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
