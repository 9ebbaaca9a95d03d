// The devtool in a real browser, against three nodes with Redis between them: a room and who publishes into it, whoever has many
// connections, and the leases by which nodes are members.

import { type RedisServer, startRedis } from '@sluice/test-support'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { type Nodes, startNodes } from '../support/cluster/nodes.ts'
import { devtoolForTests } from '../support/devtool/hooks.ts'
import { linesOf } from '../support/devtool/page.ts'
import { openRaw, type RawClient } from '../support/raw.ts'
import { connectionToken, tokenSecret } from '../support/tokens.ts'

const openDevtool = devtoolForTests()
let redis: RedisServer
let nodes: Nodes

const leaseMs = 8_000

beforeAll(async () => {
  redis = await startRedis()
  nodes = await startNodes(
    ['one', 'two', 'three'].map((name) => ({
      name,
      redis: redis.url,
      insecure: true,
      tokenSecret,
      cluster: { beatMs: 1_000, leaseMs },
      log: { level: 'fatal' },
    })),
  )
  return async () => {
    await nodes[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  }
})

const adminOf = (at: number): string => nodes.all[at]!.gateway!.admin

/** A client of this user on one of the nodes, in the room. */
async function member(at: number, user: string, channel: string): Promise<RawClient> {
  const client = await openRaw(nodes.all[at]!.gateway!.client)
  await client.call('connect', { token: await connectionToken(user) })
  await client.call('subscribe', { channel })
  return client
}

/** What stands in a line below a title. */
async function cellOf(page: Page, table: string, line: Locator, title: string): Promise<string> {
  const titles = page.getByLabel(table, { exact: true }).locator('.head .cell')
  const at = (await titles.allInnerTexts()).findIndex((text) => text.trim() === title)
  return await line.locator('.cell').nth(at).innerText()
}

test('a room shows first who publishes most, on whatever node, and who is in it', async () => {
  await using stack = new AsyncDisposableStack()
  const [ann, loud, quiet] = await Promise.all([
    member(0, 'ann', 'news'),
    member(1, 'loud', 'news'),
    member(1, 'quiet', 'news'),
  ])
  for (const { socket } of [ann, loud, quiet]) stack.defer(() => void socket.destroy())
  for (let i = 0; i < 60; i++) {
    const client = i % 6 === 0 ? quiet : loud
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await client.call('publish', { channel: 'news', data: i })
  }
  const { page, show, faults, complaints } = await openDevtool(adminOf(0))
  await show('rooms')
  await linesOf(page, 'Rooms').getByRole('link', { name: 'news' }).click()
  await page.getByRole('heading', { name: 'Room news' }).waitFor()
  const publishers = page.getByRole('list', { name: 'Who publishes now' }).getByRole('listitem')
  await publishers.first().waitFor()
  expect(await publishers.allInnerTexts()).toEqual([
    expect.stringMatching(/^loud\s[^]*\s83 % ·/),
    expect.stringMatching(/^quiet\s[^]*\s17 % ·/),
  ])
  expect(await linesOf(page, 'Members').allInnerTexts()).toEqual([expect.stringMatching(/\sann\s/)])
  await page.getByRole('button', { name: 'Ask them' }).click()
  await page.getByText('3 members on 2 nodes · not open on three').waitFor()
  const here = linesOf(page, 'On all nodes').filter({ hasText: 'two' })
  expect(await cellOf(page, 'On all nodes', here, 'Members')).toBe('2')
  // It keeps nothing, so it has no place in a stream.
  expect(await cellOf(page, 'On all nodes', here, 'Offset')).toBe('–')
  expect(await faults()).toEqual([])
  await here.getByRole('link').click()
  await page.getByText('on two', { exact: true }).waitFor()
  await expect.poll(() => linesOf(page, 'Members').count()).toBe(2)
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('a room that is not open on the node is looked for on the others', async () => {
  await using stack = new AsyncDisposableStack()
  const { socket } = await member(1, 'ann', 'a/strange?name')
  stack.defer(() => void socket.destroy())
  const { page, show } = await openDevtool(adminOf(0))
  await show(`room/${encodeURIComponent('a/strange?name')}`)
  await page.getByText(/^room a\/strange\?name is not open on one/).waitFor()
  await page.getByRole('button', { name: 'Ask them' }).click()
  await page.getByText('1 member on 1 node · not open on one, three').waitFor()
  await linesOf(page, 'On all nodes').getByRole('link', { name: 'two' }).click()
  await linesOf(page, 'Members').first().waitFor()
  expect(await linesOf(page, 'Members').allInnerTexts()).toEqual([expect.stringMatching(/\sann\s/)])
  await page.context().close()
})

test('who has many connections is first, and leads to them', async () => {
  await using stack = new AsyncDisposableStack()
  for (const user of ['ann', 'bob', 'bob', 'bob', 'bobby']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { socket } = await member(2, user, 'many')
    stack.defer(() => void socket.destroy())
  }
  const { page, show, sees, faults, complaints } = await openDevtool(adminOf(2))
  await show('connections')
  await page.getByLabel('Together by').selectOption('user')
  const users = linesOf(page, 'Users')
  await users.first().waitFor()
  expect(await users.allInnerTexts()).toEqual([
    expect.stringMatching(/^bob\s+3\s+60 %\s+3\s+0\s+0 B$/),
    expect.stringMatching(/^ann\s+1\s+20 %\s/),
    expect.stringMatching(/^bobby\s+1\s/),
  ])
  expect(await faults()).toEqual([])
  await users.getByRole('link', { name: 'bob', exact: true }).click()
  await sees('of user bob')
  await expect.poll(() => linesOf(page, 'Connections').count()).toBe(3)
  expect(await faults()).toEqual([])
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect.poll(() => linesOf(page, 'Connections').count()).toBe(5)
  await page.getByLabel('Together by').selectOption('address')
  await linesOf(page, 'Addresses').filter({ hasText: '127.0.0.1' }).waitFor()
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('leases are shown; that of a node that was stopped runs out, and is a time out when the node is back', async () => {
  const third = nodes.all[2]!
  const { page, show, complaints } = await openDevtool(adminOf(0))
  await show('nodes')
  const lines = linesOf(page, 'Nodes')
  await expect.poll(() => lines.count(), { timeout: 15_000 }).toBe(3)
  for (const line of await lines.all()) {
    expect(await cellOf(page, 'Nodes', line, 'Lease left')).toMatch(/^\d\.\d of 8 s$/)
    expect(await cellOf(page, 'Nodes', line, 'Link')).toMatch(/^up, \d+(\.\d)? ms$/)
  }
  const link = linesOf(page, 'Links and leases').filter({ hasText: 'three' })
  expect(await cellOf(page, 'Links and leases', link, 'Times out')).toBe('0')
  const silent = page.getByText(/^three is a member and does not answer\..* Its lease ends in \d/)
  const left = page.getByText(/^No member any more: three since \d/)
  third.pause()
  try {
    await silent.waitFor({ timeout: 2 * leaseMs })
    // Its lease is over: it is no member any more, and nobody waits for it.
    await silent.waitFor({ state: 'detached', timeout: 2 * leaseMs })
    expect(await lines.allInnerTexts()).toEqual([
      expect.stringMatching(/^one/),
      expect.stringMatching(/^two/),
    ])
    await left.waitFor()
  } finally {
    third.resume()
  }
  await expect.poll(() => lines.count(), { timeout: 20_000 }).toBe(3)
  await left.waitFor({ state: 'detached' })
  await link.waitFor()
  expect(await cellOf(page, 'Links and leases', link, 'Times out')).toBe('1')
  expect(complaints()).toEqual([])
  await page.context().close()
}, 90_000)

test('while Redis does not answer, a node tells of itself: its link, its lease, what is wrong', async () => {
  const { page, show, sees } = await openDevtool(adminOf(0))
  await show('nodes')
  const lines = linesOf(page, 'Nodes')
  await expect.poll(() => lines.count(), { timeout: 15_000 }).toBe(3)
  redis.pause()
  try {
    await sees(/^What is on this page is of one node: the other nodes cannot be asked/)
    await expect
      .poll(() => lines.allInnerTexts(), { timeout: 3 * leaseMs })
      .toEqual([expect.stringMatching(/^one\s+down\s+over for \d/)])
    await show('overview?node=*')
    await sees(/^What is on this page is of one node/)
    await sees('One node: there is none to compare it with.')
    expect(await page.locator('header select').inputValue()).toBe('*')
  } finally {
    redis.resume()
  }
  await page.context().close()
}, 90_000)
