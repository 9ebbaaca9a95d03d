// The chat example, as its readers meet it: `npm start`'s configuration, and its page in real browsers.

import { until } from '@sluice/test-support'
import { startBrowser, type TestBrowser, type Visitor } from '@sluice/test-support/browser'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import chatConfig from '../../examples/chat/sluice.config.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'

const chat = new URL('../../examples/chat/', import.meta.url)

let gateway: Gateway
let browser: TestBrowser
let visitors: Visitor[] = []

beforeAll(async () => {
  ;[gateway, browser] = await Promise.all([
    startGateway({ config: new URL('sluice.config.ts', chat) }),
    startBrowser(),
  ])
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await gateway?.stop()
}, 60_000)

afterEach(async () => {
  const left = visitors
  visitors = []
  await Promise.all(left.map(({ page }) => page.context().close()))
})

/** Opens the page and comes into a room by the keyboard. */
async function enter(name: string, room: string, at: Gateway = gateway): Promise<Page> {
  const page = await open(`${at.client}/#${room}`)
  // The name field has the focus.
  await page.keyboard.type(name)
  await page.keyboard.press('Enter')
  await state(page, 'connected')
  await person(page, name).waitFor()
  return page
}

async function open(url: string): Promise<Page> {
  const visitor = await browser.visit(url)
  visitors.push(visitor)
  return visitor.page
}

const state = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByRole('status').filter({ hasText: text }).waitFor()

const person = (page: Page, name: string) =>
  page.locator('#people').getByRole('listitem').filter({ hasText: name })

const said = (page: Page, text: string) =>
  page.locator('#log .said').filter({ has: page.getByText(text, { exact: true }) })

const notice = (page: Page, text: string) => page.locator('#log .notice').filter({ hasText: text })

/** Says something by the keyboard; the message field has the focus after entering and after every message. */
async function say(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
  await said(page, text).waitFor()
}

/** Everything said, from the top. */
const texts = (page: Page): Promise<string[]> => page.locator('#log .said p').allTextContents()

/** What went wrong in any page of this test. */
const errors = (): string[] => visitors.flatMap((visitor) => visitor.errors)

/** The one client in a room. */
async function clientIn(room: string): Promise<string> {
  const { presence } = await gateway.api<{ presence: object }>('presence', { channel: room })
  const [client = '', ...others] = Object.keys(presence)
  expect(others).toEqual([])
  return client
}

const message = (channel: string, text: string) => ({
  publish: { channel, data: { text, name: 'Backend' } },
})

describe('two people in a room', { timeout: 60_000 }, () => {
  test('read each other, and see each other come and go', async () => {
    const ann = await enter('Ann', 'quay')
    const bob = await enter('Bob', 'quay')
    await notice(ann, 'Bob came in').waitFor()
    await person(ann, 'Bob').waitFor()
    await person(bob, 'Ann').waitFor()
    expect(await person(bob, 'Bob').textContent()).toBe('Bobyou')

    await say(ann, 'Is the upper gate open?')
    await said(bob, 'Is the upper gate open?').waitFor()
    await say(bob, 'Nearly.')
    await said(ann, 'Nearly.').waitFor()
    expect(await texts(ann)).toEqual(await texts(bob))
    expect(await said(ann, 'Nearly.').locator('b').textContent()).toBe('Bob')

    await bob.context().close()
    await notice(ann, 'Bob left').waitFor()
    await person(ann, 'Bob').waitFor({ state: 'detached' })
    expect(await ann.locator('#count').textContent()).toBe('1')
    expect(errors()).toEqual([])
  })

  test('find what was said before, and all who were there, after a reload', async () => {
    const ann = await enter('Ann', 'reload')
    const bob = await enter('Bob', 'reload')
    await say(ann, 'one')
    await say(bob, 'two')
    await said(ann, 'two').waitFor()
    await ann.reload()
    await state(ann, 'connected')
    await said(ann, 'two').waitFor()
    await person(ann, 'Bob').waitFor()
    expect(await texts(ann)).toEqual(['one', 'two'])
    // What one said before stays one's own.
    expect(await ann.locator('#log .own').allTextContents()).toHaveLength(1)
    expect(errors()).toEqual([])
  })

  test('hear live comments, which are kept nowhere', async () => {
    const ann = await enter('Ann', 'live')
    const bob = await enter('Bob', 'live')
    await bob.getByRole('button', { name: 'wow' }).click()
    const bubble = ann.getByRole('marquee').getByText('wowBob')
    await bubble.waitFor()
    await ann.getByLabel('Message', { exact: true }).fill('steady now')
    await ann.getByRole('button', { name: 'Say live' }).click()
    await bob.getByRole('marquee').getByText('steady now').waitFor()
    // It is gone when it has floated by; nobody has to wait for that here.
    await ann.evaluate('document.getAnimations().forEach((animation) => animation.finish())')
    await bubble.waitFor({ state: 'detached' })
    expect(await texts(bob)).toEqual([])
    const { publications } = await gateway.api('history', { channel: 'live', limit: -1 })
    expect(publications ?? []).toEqual([])
    expect(errors()).toEqual([])
  })

  test('change rooms and names with the keyboard alone', async () => {
    const ann = await enter('Ann', 'lobby')
    const bob = await enter('Bob', 'harbour')
    const link = ann.getByRole('link', { name: 'harbour' })
    // Backwards from the message field.
    await until(
      async () => {
        await ann.keyboard.press('Shift+Tab')
        return link.evaluate((element) => element.matches(':focus'))
      },
      { what: 'the link has the focus' },
    )
    await ann.keyboard.press('Enter')
    await notice(bob, 'Ann came in').waitFor()
    await person(ann, 'Bob').waitFor()
    await say(ann, 'Made fast.')
    await said(bob, 'Made fast.').waitFor()

    await ann.getByRole('button', { name: 'Ann: change your name' }).focus()
    await ann.keyboard.press('Enter')
    await ann.keyboard.type('Anna')
    await ann.keyboard.press('Enter')
    await person(bob, 'Anna').waitFor()
    expect(errors()).toEqual([])
  })
})

describe('an open room', { timeout: 60_000 }, () => {
  test('shows whatever is published as text, never as markup', async () => {
    const ann = await enter('Ann', 'markup')
    const text = '<img src="/nothing" onerror="document.title=1"><b>bold</b>'
    const data = [{ text, name: '<i>Eve</i>' }, 'plain', { level: 3.2 }, [null], 7, null]
    const commands = data.map((one) => ({ publish: { channel: 'markup', data: one } }))
    await gateway.api('batch', { commands })
    await gateway.api('publish', { channel: 'reactions:markup', data: { text } })
    await ann.getByRole('marquee').locator('p').waitFor()
    expect(await texts(ann)).toEqual([text, 'plain', '{"level":3.2}', '[null]', '7', 'null'])
    expect(await said(ann, text).locator('b').textContent()).toBe('<i>Eve</i>')
    expect(await ann.locator('#log img, #log i, #stage img').count()).toBe(0)
    expect(errors()).toEqual([])
  })

  test('may have a name in any script', async () => {
    const ann = await enter('Ann', encodeURIComponent('水 lock: 1'))
    await ann.getByRole('link', { name: '水-lock-1' }).waitFor()
    await say(ann, 'ahoy')
    const { channels } = await gateway.api<{ channels: object }>('channels', { pattern: '%E6*' })
    expect(Object.keys(channels)).toEqual(['%E6%B0%B4-lock-1'])
    expect(errors()).toEqual([])
  })
})

describe('a page whose connection is cut', { timeout: 60_000 }, () => {
  test('comes back by itself, and neither misses nor doubles a message', async () => {
    const ann = await enter('Ann', 'cut')
    const expected: string[] = []
    const publish = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left--) {
        expected.push(`${expected.length + 1}`)
        // oxlint-disable-next-line no-await-in-loop -- before, while and after the page is away
        await gateway.api('publish', message('cut', expected.at(-1)!).publish)
      }
    }
    for (let cuts = 1; cuts <= 3; cuts++) {
      /* oxlint-disable no-await-in-loop -- one after the other */
      const client = await clientIn('cut')
      await publish(3)
      const disconnect = { code: 3011, reason: 'force reconnect' }
      await gateway.api('disconnect', { user: '', client, disconnect })
      await publish(5)
      await notice(ann, 'Back after')
        .nth(cuts - 1)
        .waitFor()
      expect(await clientIn('cut')).not.toBe(client)
      /* oxlint-enable no-await-in-loop */
    }
    await publish(1)
    await said(ann, expected.at(-1)!).waitFor()
    expect(await texts(ann)).toEqual(expected)
    expect(errors()).toEqual([])
  })

  test('waits while the browser is offline, and misses nothing', async () => {
    const ann = await enter('Ann', 'offline')
    const bob = await enter('Bob', 'offline')
    await ann.context().setOffline(true)
    await state(ann, 'offline')
    await notice(bob, 'Ann left').waitFor()
    await say(bob, 'one')
    // What cannot be sent is said, and not lost.
    await ann.keyboard.type('hello?')
    await ann.keyboard.press('Enter')
    await notice(ann, 'Not sent: not connected.').waitFor()
    expect(await ann.getByLabel('Message', { exact: true }).inputValue()).toBe('hello?')
    await ann.context().setOffline(false)
    await notice(ann, 'Caught up: 1 message.').waitFor()
    await said(ann, 'one').waitFor()
    await ann.keyboard.press('Enter')
    await said(bob, 'hello?').waitFor()
    expect(await texts(ann)).toEqual(['one', 'hello?'])
    expect(errors()).toEqual([])
  })

  test('says so when messages are gone, and shows what is left', async () => {
    const rooms = { ...chatConfig.rooms.default, history: { size: 3, ttl: '60s' } }
    const site = new URL('page', chat).pathname
    await using small = await startGateway({
      config: { ...chatConfig, site, rooms: { ...chatConfig.rooms, default: rooms } },
    })
    const ann = await enter('Ann', 'trim', small)
    await say(ann, 'before')
    await ann.context().setOffline(true)
    await state(ann, 'offline')
    const commands = ['1', '2', '3', '4', '5'].map((text) => message('trim', text))
    await small.api('batch', { commands })
    await ann.context().setOffline(false)
    await notice(ann, 'Some messages are gone').waitFor()
    await said(ann, '5').waitFor()
    expect(await texts(ann)).toEqual(['before', '3', '4', '5'])
    expect(errors()).toEqual([])
    await ann.context().close()
  })

  test('stays away when the node says so, with the reason, until it is told to come', async () => {
    const ann = await enter('Ann', 'ended')
    const disconnect = { user: '', client: await clientIn('ended') }
    await gateway.api('disconnect', disconnect)
    await state(ann, 'ended: 3503 force disconnect')
    await ann.getByRole('button', { name: 'Connect again' }).click()
    await state(ann, 'connected')
    await notice(ann, 'Nothing was missed.').waitFor()
    expect(errors()).toEqual([])
  })

  test('notices that the node is gone though the socket looks open', async () => {
    await using silent = await startGateway({
      config: {
        ...chatConfig,
        site: new URL('page', chat).pathname,
        heartbeat: { pingMs: 400, jitter: 0, pongMs: 300 },
      },
    })
    const page = await open('about:blank')
    await page.clock.install()
    const pings = pongsIn(page)
    await page.goto(`${silent.client}/#silent`)
    await page.keyboard.type('Ann')
    await page.keyboard.press('Enter')
    await state(page, 'connected')
    // Three pings answered: the node is content, too.
    await pings
    await state(page, 'connected')

    process.kill(silent.pid, 'SIGSTOP')
    try {
      await page.clock.fastForward(15_000)
      await state(page, 'no answer')
    } finally {
      process.kill(silent.pid, 'SIGCONT')
    }
    await page.clock.fastForward(20_000)
    await state(page, 'connected')
    expect(errors()).toEqual([])
    await page.context().close()
  })

  test('tries again at random moments up to a limit that doubles', async () => {
    const page = await open(`${gateway.client}/`)
    const delays = await page.evaluate(
      `import('/wire.js').then(({ backoff }) => [0, 1, 2, 5, 50].map((n) => [backoff(n, 0), backoff(n, 1)]))`,
    )
    expect(delays).toEqual([
      [0, 250],
      [0, 500],
      [0, 1_000],
      [0, 8_000],
      [0, 20_000],
    ])
  })
})

/** Resolves when a page has answered three pings. */
function pongsIn(page: Page): Promise<void> {
  let pongs = 0
  return new Promise((resolve) => {
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        if (payload === '{}' && ++pongs === 3) resolve()
      })
    })
  })
}
