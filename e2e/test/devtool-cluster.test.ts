// The devtool in a real browser, against three nodes: one admin port is enough for all of them, and one that does not answer
// is named.

import { expect, test } from 'vitest'
import { devtoolForTests, forTests } from '../support/devtool/hooks.ts'
import { linesOf } from '../support/devtool/page.ts'
import { startTroubledCluster } from '../support/devtool/scenes.ts'

const openDevtool = devtoolForTests()
const cluster = forTests(startTroubledCluster)

test('is looked at from any of its nodes', async () => {
  const admin = cluster().nodes.all[1]!.gateway!.admin
  const { page, show, complaints } = await openDevtool(admin)
  await page.getByRole('heading', { name: 'two' }).waitFor()
  await page.getByLabel('Node').selectOption('one')
  await page.getByRole('heading', { name: 'one' }).waitFor()
  await show('blocked?node=one')
  await page.getByText(/Deadlock for/).waitFor()
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('is summed up as a whole, and begins with what is wrong, and where', async () => {
  const { page, show, faults, complaints } = await openDevtool(cluster().first.admin)
  await page.getByLabel('Node').selectOption('the whole cluster')
  await page.getByRole('heading', { name: 'The whole cluster' }).waitFor()
  const totals = page.locator('.totals')
  await totals.waitFor()
  expect(await totals.innerText()).toMatch(/nodes\s+3\s+connections\s+2\s/)
  const found = page.getByRole('region', { name: 'What is wrong' })
  await found.getByText(/^one fault: 1 circle of actors/).waitFor()
  expect(await linesOf(page, 'Nodes beside each other').allInnerTexts()).toEqual([
    expect.stringMatching(/^one\s/),
    expect.stringMatching(/^three\s/),
    expect.stringMatching(/^two\s/),
  ])
  expect(await faults()).toEqual([])
  await found.getByRole('listitem').filter({ hasText: 'mirror' }).getByRole('link').first().click()
  await page
    .getByText(/^waiting: ask/)
    .first()
    .waitFor()
  expect(await page.getByLabel('Node').inputValue()).toBe('one')
  await show('blocked?node=*')
  const blocked = linesOf(page, 'Blocked by node')
  // In the moment in which the two have given up and begin anew, fewer wait.
  await expect
    .poll(() => blocked.allInnerTexts(), { timeout: 15_000 })
    .toEqual([
      expect.stringMatching(/^one\s+4\s+1\s+3\s+0\s+0\s+1$/),
      expect.stringMatching(/^three\s+0\s/),
      expect.stringMatching(/^two\s+0\s/),
    ])
  expect(await faults()).toEqual([])
  await show('tree?node=*')
  await page.getByText('This view shows one node at a time').waitFor()
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('takes a dump of the node that is looked at, and of no other', async () => {
  const archived = async (): Promise<string[]> => {
    const answer = await fetch(`${cluster().first.admin}/debug/nodes/dumps`)
    const { nodes } = (await answer.json()) as {
      nodes: { node: string; view: { dumps: { id: string }[] } }[]
    }
    return nodes.flatMap(({ node, view }) => view.dumps.map(({ id }) => `${node} ${id}`))
  }
  const { page, show, complaints } = await openDevtool(cluster().first.admin)
  await show('dumps')
  const before = await archived()
  await page.getByRole('button', { name: 'Take one now' }).click()
  await expect.poll(archived).not.toEqual(before)
  // It is told when all who were asked have written.
  await page.getByRole('button', { name: /: open \S+-one-request$/ }).waitFor()
  const taken = (await archived()).filter((one) => !before.includes(one))
  expect(taken).toEqual([expect.stringMatching(/^one /)])
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('lists the actors of a behaviour’s tab on all nodes, and leads to each where it lives', async () => {
  const { page, show, faults, complaints } = await openDevtool(cluster().first.admin)
  await show('tab/asks-in-circles?node=*')
  const lines = linesOf(page, 'Those who ask')
  await lines.first().waitFor()
  expect(await lines.allInnerTexts()).toEqual([expect.stringMatching(/^\S+\s+one\s+waiting: ask/)])
  expect(await faults()).toEqual([])
  await lines.getByRole('link').click()
  await page.getByRole('heading', { name: /^asks-in-circles / }).waitFor()
  expect(await page.getByLabel('Node').inputValue()).toBe('one')
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('has a map of its states, in which a tile leads to its actors, also by the keyboard', async () => {
  const { page, show, complaints } = await openDevtool(cluster().first.admin)
  await show('map?node=one')
  const tile = page.getByRole('link', { name: /^1 connection waiting: socket peer / })
  await tile.focus()
  await page.keyboard.press('Enter')
  const found = linesOf(page, 'Actors')
  await expect.poll(() => found.count()).toBe(1)
  expect(await found.innerText()).toMatch(/connection[^]*waiting: socket peer/)
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('drains a node when asked twice, through another one', async () => {
  const second = cluster().nodes.all[1]!.gateway!
  const { page, show } = await openDevtool(cluster().first.admin)
  await show('nodes')
  await page.getByRole('button', { name: 'Drain two …' }).click()
  const sure = page.getByRole('button', { name: /^Drain two: 0 connections/ })
  await sure.waitFor()
  expect((await fetch(`${second.client}/ready`)).status).toBe(200)
  await sure.click()
  await linesOf(page, 'Nodes').filter({ hasText: 'two' }).getByText('draining').waitFor()
  expect((await fetch(`${second.client}/ready`)).status).toBe(503)
  await page.context().close()
})

test('names a node that was stopped as silent, and goes on showing the others', async () => {
  const third = cluster().nodes.all[2]!
  const { page, show } = await openDevtool(cluster().first.admin)
  await show('nodes')
  await expect.poll(() => linesOf(page, 'Nodes').count(), { timeout: 15_000 }).toBe(3)
  third.pause()
  try {
    await page.getByText('three is a member and does not answer').waitFor({ timeout: 20_000 })
    expect(await linesOf(page, 'Nodes').allInnerTexts()).toEqual([
      expect.stringMatching(/^one/),
      expect.stringMatching(/^two/),
    ])
    await show('overview?node=*')
    await page.getByText('three is a member and does not answer').waitFor({ timeout: 20_000 })
    await page.getByText(/^one fault: 1 circle of actors/).waitFor()
  } finally {
    third.resume()
  }
  await show('nodes')
  await expect.poll(() => linesOf(page, 'Nodes').count(), { timeout: 20_000 }).toBe(3)
  await page.context().close()
}, 60_000)
