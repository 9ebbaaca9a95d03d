// The devtool in a real browser: the dead, filtered down to those of one end, with all that led to it.

import { expect, test } from 'vitest'
import { devtoolForTests } from '../support/devtool/hooks.ts'
import { linesOf } from '../support/devtool/page.ts'
import { startGateway } from '../support/gateway.ts'
import { behaving, call, dumpWhen, member } from '../support/seeing/scene.ts'

const openDevtool = devtoolForTests()

test('the dead are found by how they ended, with the chain of causes and who their parent was', async () => {
  const name = 'spawns-many'
  await using gateway = await startGateway({ config: behaving(name) })
  const client = await member(gateway, name)
  call(client, name, { children: 3 })
  const { actors } = await dumpWhen(gateway, 'its children are there', (dump) =>
    dump.actors.some(({ behavior }) => behavior === 'worker'),
  )
  const { id } = actors.find(({ behavior }) => behavior === name)!
  await fetch(`${gateway.admin}/debug/actors/${id}/end?reason=closed`, { method: 'POST' })
  await dumpWhen(gateway, 'they are dead', ({ tombstones }) =>
    tombstones.some((tomb) => tomb.id === id),
  )
  const { page, show, faults, complaints } = await openDevtool(gateway.admin)
  await show('dead')
  const dead = linesOf(page, 'The dead')
  await dead.first().waitFor()
  await page.getByRole('button', { name: 'context 3' }).click()
  await expect.poll(() => dead.count()).toBe(3)
  expect(await dead.allInnerTexts()).toEqual(Array(3).fill(expect.stringMatching(/worker/)))
  await dead.nth(1).getByRole('link').first().click()
  const grave = page.getByRole('region', { name: 'What it died of' })
  const chosen = (await dead.nth(1).innerText()).split(/\s/)[0]
  await grave.getByRole('heading', { name: `worker ${chosen}` }).waitFor()
  expect(await grave.getByRole('listitem').allInnerTexts()).toEqual([
    `${name} ${id} context ended`,
    `${name} ${id} closed – here it began`,
  ])
  expect(await faults()).toEqual([])
  await page.getByLabel('Search').fill('nobody of this name')
  await page.getByText('none of them').waitFor()
  await page.getByLabel('Search').fill('')
  await grave
    .getByText(/, below/)
    .getByRole('link', { name: id, exact: true })
    .click()
  await page.getByRole('heading', { name: `${name} ${id}` }).waitFor()
  expect(complaints()).toEqual([])
  client.socket.destroy()
  await page.context().close()
})
