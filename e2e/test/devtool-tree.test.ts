// The devtool in a real browser, over a node with 100,000 actors below one: the tree to its last line, a search, the list of all, and
// all of it without a mouse.

import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { devtoolForTests } from '../support/devtool/hooks.ts'
import { linesOf } from '../support/devtool/page.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import type { RawClient } from '../support/raw.ts'
import { behaving, member } from '../support/seeing/scene.ts'

const many = 100_000

const openDevtool = devtoolForTests()
let gateway: Gateway
let client: RawClient

beforeAll(async () => {
  const limits = { maxActors: 2 * many }
  gateway = await startGateway({ config: behaving('crowd', { limits }) })
  client = await member(gateway, 'crowd')
  await told({ come: many })
  return async () => {
    client.socket.destroy()
    await gateway.kill()
  }
})

/** Tells the crowd; how many it is then. */
async function told(data: { come?: number; leave?: number }): Promise<number> {
  const answer = await client.call('rpc', { method: 'crowd', data: { room: 'crowd:1', ...data } })
  return (answer['rpc'] as { data: { guests: number } }).data.guests
}

/** By its key, once the view is there. */
async function toSearch(page: Page): Promise<void> {
  await page.getByRole('searchbox').waitFor()
  await page.keyboard.press('/')
}

/** The line that has the focus, once it is this one. */
async function focused(page: Page, words: string | RegExp): Promise<Locator> {
  const line = page.locator('[role=treeitem]:focus').filter({ hasText: words })
  await line.waitFor()
  return line
}

/** Opens the branch that has the focus, and goes to the first line below it, which is this one. */
async function into(page: Page, words: string | RegExp): Promise<Locator> {
  await page.keyboard.press('ArrowRight')
  await page.locator('[role=treeitem]:focus[aria-expanded=true]').waitFor()
  await page.getByRole('treeitem').filter({ hasText: words }).first().waitFor()
  await page.keyboard.press('ArrowRight')
  return await focused(page, words)
}

/** From the root to the first of the crowd, by keys. */
async function toCrowd(page: Page): Promise<Locator> {
  await toSearch(page)
  await page
    .getByRole('treeitem')
    .filter({ hasText: /^▸rooms/ })
    .waitFor()
  await page.keyboard.press('ArrowDown')
  await focused(page, /^▾root/)
  await page.keyboard.press('ArrowRight')
  await focused(page, /rooms/)
  await into(page, /room .*crowd:1/)
  await into(page, /crowd/)
  await into(page, '100,000 × guest')
  return await into(page, /guest 1$|guest 1idle/)
}

describe('the tree of 100,000 below one', () => {
  test('is walked to its last line by keys, and back, with few lines in the page', async () => {
    const { page, faults, complaints } = await openDevtool(gateway.admin)
    await page.keyboard.press('2')
    const first = await toCrowd(page)
    expect(await first.getAttribute('aria-setsize')).toBe(String(many))
    expect(await first.getAttribute('aria-posinset')).toBe('1')
    expect(await first.getAttribute('aria-level')).toBe('6')
    await page.keyboard.press('End')
    await focused(page, 'admin')
    for (const words of ['edge', 'services', 'guest 100000']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await page.keyboard.press('ArrowUp')
      // oxlint-disable-next-line no-await-in-loop -- as above
      await focused(page, words)
    }
    await page.keyboard.press('PageUp')
    const last = page.locator('[role=treeitem]:focus')
    expect(Number(await last.getAttribute('aria-posinset'))).toBeLessThan(many - 5)
    expect(await page.getByRole('treeitem').count()).toBeLessThan(100)
    expect(await faults()).toEqual([])
    await page.keyboard.press('ArrowLeft')
    await focused(page, '100,000 × guest')
    await page.keyboard.press(' ')
    await page.locator('[role=treeitem]:focus[aria-expanded=false]').waitFor()
    await page.keyboard.press('Home')
    await focused(page, /root/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /^root 0/ }).waitFor()
    // Whoever comes back finds what was open.
    await page.goBack()
    await page.getByRole('treeitem').filter({ hasText: '100,000 × guest' }).waitFor()
    expect(complaints()).toEqual([])
    await page.context().close()
  })

  test('keeps the focus and the place of a line while others leave before it', async () => {
    const { page, show } = await openDevtool(gateway.admin)
    await show('tree')
    await toCrowd(page)
    // Above it are the root, three more and the line of the crowd.
    await page.evaluate(`document.querySelector('.tree').scrollTop = (5 + 60_040) * 28`)
    const guest = page.getByRole('treeitem').filter({ hasText: 'guest 60050' })
    await guest.locator('.label').click()
    await focused(page, 'guest 60050')
    const before = await guest.boundingBox()
    expect(await told({ leave: 7 })).toBe(many - 7)
    try {
      await page.locator('[role=treeitem]:focus[aria-posinset="60043"]').waitFor()
      await focused(page, 'guest 60050')
      expect((await guest.boundingBox())?.y).toBe(before?.y)
    } finally {
      await told({ come: 7 })
    }
    await page.context().close()
  })

  test('is searched as a whole, and tells where what was found belongs', async () => {
    const { page, show, faults, complaints } = await openDevtool(gateway.admin)
    await show('tree')
    await toSearch(page)
    await page.keyboard.type('GUEST 7777')
    // 7777 itself, and 77770 to 77779.
    await page.getByText('11 found').waitFor()
    const found = page.getByRole('treeitem')
    await expect.poll(() => found.count()).toBe(11)
    expect(await found.first().locator('mark').innerText()).toBe('guest 7777')
    expect((await found.first().locator('.within').textContent())?.trim()).toMatch(
      /^in root 0 › rooms \w+ › room \w+ › crowd \w+$/,
    )
    expect(await faults()).toEqual([])
    await page.keyboard.press('ArrowDown')
    await focused(page, 'guest 7777')
    // It leads into the tree, which opens as far as that.
    await page.keyboard.press('ArrowRight')
    await page.getByRole('tree', { name: 'Supervision tree' }).waitFor()
    const shown = await focused(page, 'guest 7777')
    expect(await shown.getAttribute('aria-posinset')).toBe('7777')
    expect(await shown.getAttribute('aria-level')).toBe('6')
    await page.goBack()
    await page.getByText('11 found').waitFor()
    await toSearch(page)
    await page.keyboard.press('ArrowDown')
    await focused(page, 'guest 7777')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /^guest / }).waitFor()
    await page.goBack()
    await toSearch(page)
    await page.keyboard.type(' nobody')
    await page.getByText(/nobody is called so/).waitFor()
    expect(complaints()).toEqual([])
    await page.context().close()
  })
})

describe('the list of 100,000', () => {
  test('goes on to its end, and is searched as a whole', async () => {
    const { page, show, faults, complaints } = await openDevtool(gateway.admin)
    await show('actors?behavior=guest')
    await page.getByText(/^1–\d+ shown · 100,000 match · 100,008 in all/).waitFor()
    await toSearch(page)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('End')
    const last = page.locator('.line:focus')
    await last.getByText(`guest ${many}`).waitFor()
    expect(await last.getAttribute('aria-rowindex')).toBe(String(many))
    await page.getByText(/^99,\d+–100,000 shown/).waitFor()
    expect(await linesOf(page, 'Actors').count()).toBeLessThan(100)
    await toSearch(page)
    await page.keyboard.type('guest 54321')
    await page.getByText(/^1–1 shown · 1 match · 100,008 in all/).waitFor()
    await page.keyboard.press('ArrowDown')
    await last.getByText('guest 54321').waitFor()
    expect(await faults()).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /^guest / }).waitFor()
    expect(complaints()).toEqual([])
    await page.context().close()
  })
})

describe('the keys', () => {
  test('are told by one of them', async () => {
    const { page, faults, complaints } = await openDevtool(gateway.admin)
    await page.keyboard.press('?')
    const keys = page.getByRole('dialog', { name: 'Keys' })
    await keys.getByText('opens a branch').waitFor()
    expect(await faults()).toEqual([])
    // What is behind it is out of reach.
    await page.keyboard.press('2')
    expect(page.url()).not.toContain('tree')
    await page.keyboard.press('Escape')
    await keys.waitFor({ state: 'hidden' })
    await page.keyboard.press('2')
    await page.getByRole('tree', { name: 'Supervision tree' }).waitFor()
    expect(complaints()).toEqual([])
    await page.context().close()
  })
})
