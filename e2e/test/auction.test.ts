// The auction example from outside: a gateway that runs it, bidders with the official client, and its page in a browser.

import { readFileSync } from 'node:fs'
import { startBrowser, type TestBrowser } from '@sluice/test-support/browser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fact, View } from '../../examples/auction/auction.ts'
import { type Client, connectClient } from '../support/clients.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'

const examples = new URL('../../examples/', import.meta.url)
const config = new URL('auction/sluice.config.ts', examples)

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({
    config,
    env: { AUCTION_OPEN_MS: '1000', AUCTION_GOING_MS: '2000' },
  })
}, 60_000)

afterAll(() => gateway?.stop(), 60_000)

class Bidder {
  readonly #client: Client
  readonly #room: string
  readonly name: string

  constructor(client: Client, room: string, name: string) {
    this.#client = client
    this.#room = room
    this.name = name
  }

  bid(amount: number): Promise<View> {
    return this.#call('bid', { amount, name: this.name })
  }

  look(): Promise<View> {
    return this.#call('look', {})
  }

  async #call(method: string, data: object): Promise<View> {
    const answer = await this.#client.centrifuge.rpc(method, { room: this.#room, ...data })
    return answer.data as View
  }
}

const connect = async (room: string, name: string): Promise<Bidder> =>
  new Bidder(await connectClient(gateway), room, name)

/** The auction's row in a dump. */
async function inDump(lot: string) {
  const { actors } = await gateway.actors()
  return actors.find(({ behavior, more }) => behavior === 'auction' && more?.['lot'] === lot)
}

describe('an auction', { timeout: 60_000 }, () => {
  test('takes good bids, refuses the others, waits for a late one, and announces the winner', async () => {
    const room = 'auction:old-clock'
    const hall = await (
      await connectClient(gateway)
    ).subscribe(room, {
      since: { offset: 0, epoch: '' },
    })
    const facts = (): Fact[] => hall.data as Fact[]
    const said = (what: Fact['what']) =>
      hall.publications.first(({ data }) => (data as Fact).what === what)
    const ann = await connect(room, 'Ann')
    const bob = await connect(room, 'Bob')
    const cy = await connect(room, 'Cy')

    expect(await ann.bid(100)).toMatchObject({ next: 110, highest: { name: 'Ann', amount: 100 } })
    await expect(bob.bid(105)).rejects.toMatchObject({
      code: 400,
      message: 'too low: bid at least 110',
    })
    await expect(ann.bid(120)).rejects.toMatchObject({
      code: 400,
      message: 'own bid: you are leading already',
    })
    expect(await bob.bid(110)).toMatchObject({ next: 120, bids: 2 })
    await said('going once')
    const closing = await inDump('old-clock')
    expect(closing?.more).toMatchObject({ highest: 110, leader: 'Bob', bids: 2, untold: 0 })
    expect(closing?.more?.['substate']).toMatch(/^closing\.(once|twice)$/)

    await cy.bid(150)
    await said('sold')
    const whats = facts().map(({ what }) => what)
    expect(whats.slice(whats.lastIndexOf('bid'))).toEqual([
      ...['bid', 'going once', 'going twice', 'sold'],
    ])
    expect(facts().at(-1)).toMatchObject({ highest: { name: 'Cy', amount: 150 }, bids: 3 })
    expect((await inDump('old-clock'))?.more).toMatchObject({ substate: 'sold', leader: 'Cy' })

    const late = await connect(room, 'Dee')
    expect(await late.look()).toMatchObject({ phase: 'sold', highest: { name: 'Cy' } })
    await expect(late.bid(500)).rejects.toMatchObject({ message: 'closed: sold to Cy for 150' })
  })

  test('is the only one who speaks in its room', async () => {
    const client = await connectClient(gateway)
    await client.subscribe('auction:lamp')
    const lie = client.centrifuge.publish('auction:lamp', {
      what: 'sold',
      highest: { name: 'Eve' },
    })
    await expect(lie).rejects.toMatchObject({ code: 103 })
  })

  test('is one of many, each with its own bids', async () => {
    const [lamp, chest] = await Promise.all([
      connect('auction:brass-lamp', 'Ann'),
      connect('auction:oak-chest', 'Ann'),
    ])
    await lamp.bid(300)
    expect(await chest.look()).toMatchObject({ lot: 'oak-chest', highest: null, next: 100 })
    await expect(connect('auction', 'Bob').then((bob) => bob.look())).rejects.toMatchObject({
      code: 107,
    })
  })
})

describe('the page of an auction', { timeout: 60_000 }, () => {
  let slow: Gateway
  let browser: TestBrowser

  beforeAll(async () => {
    ;[slow, browser] = await Promise.all([
      startGateway({ config, env: { AUCTION_OPEN_MS: '600000' } }),
      startBrowser(),
    ])
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await slow?.stop()
  }, 60_000)

  test('bids with the keyboard alone, and shows who leads and why a bid was refused', async () => {
    const [ann, bob] = await Promise.all([
      browser.visit(`${slow.client}/`),
      browser.visit(`${slow.client}/`),
    ])
    for (const [{ page }, name, before] of [
      [ann, 'Ann', 'No bid yet.'],
      [bob, 'Bob', 'Ann leads · 1 bid'],
    ] as const) {
      /* oxlint-disable no-await-in-loop -- Bob bids after Ann */
      await page.getByText('connected').waitFor()
      // Before, there is no bid to make.
      await page.getByText(before).waitFor()
      await page.getByLabel('Your name').focus()
      await page.keyboard.type(name)
      await page.keyboard.press('Enter')
      await page.getByText('You lead').waitFor()
      /* oxlint-enable no-await-in-loop */
    }
    await ann.page.getByText('Bob leads · 2 bids').waitFor()
    expect(await ann.page.locator('#price').textContent()).toBe('110')
    expect(await ann.page.getByLabel('Your bid').inputValue()).toBe('120')
    await bob.page.keyboard.press('Enter')
    const refusal = bob.page.getByRole('alert').filter({ hasText: 'own bid: you are leading' })
    await refusal.waitFor()
    expect(await ann.page.locator('#log li').allTextContents()).toEqual([
      ...['Bob bids 110', 'Ann bids 100', 'Bids, please'],
    ])
    expect([...ann.errors, ...bob.errors]).toEqual([])
  })

  test('shows one who comes late who won', async () => {
    const bidder = await connect('auction:sea-chart', 'Ann')
    await bidder.bid(250)
    const { page, errors } = await browser.visit(`${gateway.client}/#sea-chart`)
    await page.getByText('Ann won it · 1 bid').waitFor()
    await page.getByText('Sold to Ann for 250').waitFor()
    expect(await page.getByRole('button', { name: 'Bid' }).isVisible()).toBe(false)
    expect(errors).toEqual([])
  })

  test('has the same wire as the chat', () => {
    const wireOf = (example: string): string =>
      readFileSync(new URL(`${example}/page/wire.js`, examples), 'utf8')
    expect(wireOf('auction')).toBe(wireOf('chat'))
  })
})
