// The devtool in a real browser: dumps that were kept, what a file of one shows without a node, what two of them show together,
// and the last seconds before a stall.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { dropFiles } from '../support/devtool/files.ts'
import { devtoolForTests } from '../support/devtool/hooks.ts'
import { linesOf } from '../support/devtool/page.ts'
import { startGateway } from '../support/gateway.ts'
import { behaving, call, dumpWhen, member } from '../support/seeing/scene.ts'

const openDevtool = devtoolForTests()

test('a dump is opened by dropping its file on the page, with the node gone', async () => {
  const gateway = await startGateway({ config: { insecure: true, log: { level: 'fatal' } } })
  const text = JSON.stringify(await gateway.actors())
  const { page, show } = await openDevtool(gateway.admin)
  await show('dumps')
  await page.getByRole('heading', { name: 'Dumps', exact: true }).waitFor()
  await gateway.kill()
  await page.getByText('the node does not answer').waitFor()
  await dropFiles(page, '.drop', { 'kept.json': text })
  await page.getByRole('heading', { name: 'kept.json' }).waitFor()
  expect(await page.locator('pre').innerText()).toMatch(/1 × root \[idle\]/)
  await page.context().close()
})

test('two dumps are compared by dropping their files, in the order of time, with the node gone', async () => {
  const name = 'spawns-many'
  const gateway = await startGateway({ config: behaving(name) })
  const client = await member(gateway, name)
  const early = JSON.stringify(await gateway.actors())
  call(client, name, { children: 300 })
  const late = JSON.stringify(await dumpWhen(gateway, 'they are there', ({ total }) => total > 300))
  client.socket.destroy()
  const { page, show, faults } = await openDevtool(gateway.admin)
  await show('dumps')
  await page.getByRole('heading', { name: 'Dumps', exact: true }).waitFor()
  await gateway.kill()
  await page.getByText('the node does not answer').waitFor()
  await dropFiles(page, '.drop', { 'late.json': late, 'early.json': early })
  const compared = page.getByRole('region', { name: 'Compared' })
  await compared.getByText(/^It may leak/).waitFor()
  await compared.getByText(/^Not told: the dumps came in reverse/).waitFor()
  const grown = linesOf(page, 'By line of source').first()
  expect(await grown.innerText()).toMatch(
    /^worker\s+\+300\s+0\s+300\s+by spawns-many on rpc at spawns-many\.ts:\d+$/,
  )
  expect(await linesOf(page, 'By group').first().innerText()).toMatch(/^worker \[idle\]\s+\+300\s/)
  // Each of them is still there to be opened.
  await page
    .getByText(/^\d{4}-\S+ · .* actors/)
    .first()
    .click()
  await page
    .locator('pre.text')
    .getByText(/× worker \[idle\]/)
    .waitFor()
  expect(await faults()).toEqual([])
  await page.context().close()
})

test('what is no dump is refused by name, and what is one is opened, also beside it', async () => {
  await using gateway = await startGateway({ config: { insecure: true, log: { level: 'fatal' } } })
  const good = JSON.stringify(await gateway.actors())
  const { page, show, faults, complaints } = await openDevtool(gateway.admin)
  await show('dumps')
  await page.getByRole('heading', { name: 'Dumps', exact: true }).waitFor()
  const half = JSON.stringify({ ...(JSON.parse(good) as object), tookMs: null })
  await dropFiles(page, '.drop', { 'half.json': half })
  await page.getByText('tookMs: expected a number, got null').waitFor()
  await dropFiles(page, '.drop', { 'half.json': half, 'good.json': good, 'picture.txt': 'GIF89a' })
  await page.getByRole('heading', { name: 'good.json' }).waitFor()
  const alerts = page.locator('.drop > [role=alert]')
  expect(await alerts.allInnerTexts()).toEqual([
    expect.stringMatching(/^half\.json: \[dump_unreadable\] tookMs: /),
    expect.stringMatching(/^picture\.txt: \[dump_unreadable\] /),
  ])
  expect(await faults()).toEqual([])
  const torn = { name: 'torn.gz', mimeType: '', buffer: gzipSync(good).subarray(0, 200) }
  await page.setInputFiles('input[type=file]', torn)
  await page.getByText(/^torn\.gz: .*compress/i).waitFor()
  // Files from two folders have the same name as like as not.
  await dropFiles(page, '.drop', { 'good.json': good })
  const compared = page.getByRole('region', { name: 'Compared' })
  await compared.waitFor()
  const close = page.getByRole('button', { name: 'Close good.json' })
  expect(await close.count()).toBe(2)
  await close.first().click()
  await compared.waitFor({ state: 'detached' })
  expect(await close.count()).toBe(1)
  // All of what two nodes wrote in a day is more than can be compared.
  await dropFiles(page, '.drop', { 'a.json': good, 'b.json': good, 'c.json': good })
  await page.getByText('two are compared, and these left out: c.json').waitFor()
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('two dumps of the archive are compared by choosing them, and one is downloaded', async () => {
  await using gateway = await startGateway({ config: { insecure: true, log: { level: 'fatal' } } })
  const taken: string[] = []
  for (let i = 0; i < 2; i++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const answer = await fetch(`${gateway.admin}/debug/dumps`, { method: 'POST' })
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    taken.push(((await answer.json()) as { id: string }).id)
  }
  const { page, show, complaints } = await openDevtool(gateway.admin)
  await show('dumps')
  await page.getByRole('radio', { name: `From ${taken[0]}` }).click()
  await page.getByRole('radio', { name: `To ${taken[1]}` }).click()
  await page.getByRole('region', { name: 'Compared' }).getByText('It is steady.').waitFor()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Download ${taken[1]}` }).click(),
  ])
  expect(file.suggestedFilename()).toBe(`${taken[1]}.json`)
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('the seconds before a stall are gone through, from where its actor began to run', async () => {
  const name = 'busy'
  const folder = await mkdtemp(join(tmpdir(), 'sluice-stall-'))
  try {
    await using gateway = await startGateway({
      // So long that no other stall, on a machine with much to do, is taken for this one.
      config: behaving(name, { dumps: { stallMs: '3s' } }),
      env: { SLUICE_DUMPS_DIR: folder },
    })
    const client = await member(gateway, name)
    const answer = await client.call('rpc', { method: name, data: { room: `${name}:1`, folder } })
    expect(JSON.stringify(answer)).toContain('"found":true')
    const { page, show, faults, complaints } = await openDevtool(gateway.admin)
    await show('dumps')
    await page.getByRole('button', { name: /open \S+-stall$/ }).click()
    const moment = page.getByRole('slider', { name: 'Moment' })
    await moment.waitFor()
    const running = page.locator('section', { hasText: /^Running then: / })
    await running.getByRole('button', { name: /^busy / }).waitFor()
    await page.getByRole('button', { name: /^Follow busy \S+ no more$/ }).waitFor()
    const began = await moment.getAttribute('aria-valuenow')
    // Whoever else is followed, the moment stays.
    const other = page.locator('.steps').getByRole('button').first()
    const otherName = await other.innerText()
    await other.click()
    await page.getByRole('button', { name: `Follow ${otherName} no more` }).waitFor()
    expect(await moment.getAttribute('aria-valuenow')).toBe(began)
    await moment.focus()
    // Until the dump it went on running.
    await page.keyboard.press('End')
    await page.getByText('at the dump', { exact: true }).waitFor()
    await running.getByRole('button', { name: /^busy / }).waitFor()
    // Before all that the recorder knows, it did not.
    await page.keyboard.press('Home')
    expect(Number(await moment.getAttribute('aria-valuenow'))).toBeLessThan(Number(began))
    await running.getByRole('button', { name: /^busy / }).waitFor({ state: 'detached' })
    // The last transition of all is the one with which it began.
    await page.keyboard.press('End')
    await page.keyboard.press('Shift+ArrowLeft')
    await running.getByRole('button', { name: /^busy / }).waitFor()
    expect(await moment.getAttribute('aria-valuenow')).toBe(began)
    // So does a drag.
    const { x, y, width } = (await moment.boundingBox())!
    await page.mouse.move(x + width / 2, y + 10)
    await page.mouse.down()
    await page.mouse.move(x + width - 2, y + 10, { steps: 4 })
    await page.mouse.up()
    expect(Number(await moment.getAttribute('aria-valuenow'))).toBeGreaterThan(Number(began))
    await page.getByLabel('Only these').fill('nobody of this name')
    await page.getByText('Running then: 0').waitFor()
    expect(await faults()).toEqual([])
    expect(complaints()).toEqual([])
    client.socket.destroy()
    await page.context().close()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
