// Going through the devtool view by view, as somebody who looks for a cause: how long each takes to show what it must, what that
// weighs, what is wrong with it, and a picture of it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { TestBrowser } from '@sluice/test-support/browser'
import type { Page, Request } from 'playwright-core'
import type { Gateway } from '../gateway.ts'
import { watchLag, windowMs } from './lag.ts'
import { type Devtool, openDevtool, phone, wide } from './page.ts'
import { views } from './views.ts'

export interface Look {
  readonly name: string
  readonly colorScheme: 'light' | 'dark'
  readonly viewport: { width: number; height: number }
}

export const looks: readonly Look[] = [
  { name: 'light-wide', colorScheme: 'light', viewport: wide },
  { name: 'dark-wide', colorScheme: 'dark', viewport: wide },
  { name: 'light-phone', colorScheme: 'light', viewport: phone },
  { name: 'dark-phone', colorScheme: 'dark', viewport: phone },
]

export interface Sight {
  readonly view: string
  readonly look: string
  /** From the click to what the view must show. */
  readonly contentMs: number
  /** Of all that the view asks again and again: one answer each. */
  readonly bytes: number
  readonly slowestMs: number
  /** How late the node's loop is meanwhile, its p99; known only where one lingers. */
  readonly lagMs?: number | undefined
  /** What axe, the console or the clock has against it. */
  readonly problems: readonly string[]
}

/** What is to be seen somewhere. */
export interface Wanted {
  readonly view: string
  /** Behind the `#/`. */
  readonly path: string
  readonly shows: string | RegExp
  /** Complaints of the console that belong to it: a node that does not answer is one. */
  readonly allows?: RegExp
}

/** Keeps a picture under a name. */
export type Keep = (name: string, page: Page) => Promise<void>

/** Every view, in one look. With `lingers`, one stays at each for two windows of the node's loop lag. */
export async function lookAround(
  browser: TestBrowser,
  first: Gateway,
  look: Look,
  keep: Keep,
  lingers = false,
): Promise<Sight[]> {
  const wanted: Wanted[] = []
  for (const { name, path, shows } of views)
    wanted.push({ view: name, path: await path(first), shows })
  return await lookAt(browser, first, look, wanted, keep, lingers)
}

/** These, one after the other, in one page. */
export async function lookAt(
  browser: TestBrowser,
  node: Gateway,
  look: Look,
  wanted: readonly Wanted[],
  keep: Keep,
  lingers = false,
): Promise<Sight[]> {
  const opened = performance.now()
  const devtool = await openDevtool(browser, node.admin, look)
  const problems = await happens(devtool.page.locator('main h1').first().waitFor())
  const contentMs = performance.now() - opened
  // Before all views: an empty tab becomes the page.
  const sights: Sight[] = [
    { view: 'opening', look: look.name, contentMs, bytes: 0, slowestMs: 0, problems },
  ]
  // So that the first view is come to as all others are.
  await devtool.show('dumps')
  let complaints = 0
  for (const one of wanted) {
    const sight = await see(devtool, look, one, keep)
    const lagMs = lingers ? await lingerAt(node) : undefined
    const all = devtool.complaints()
    const own = all.slice(complaints).filter((text) => one.allows?.test(text) !== true)
    complaints = all.length
    sights.push({ ...sight, lagMs, problems: [...sight.problems, ...own] })
  }
  await devtool.page.context().close()
  return sights
}

async function see(
  { page, show, sees, faults }: Devtool,
  look: Look,
  { view, path, shows }: Wanted,
  keep: Keep,
): Promise<Sight> {
  const answers = new Answers(page)
  const asked = performance.now()
  await show(path)
  const problems = await happens(sees(shows))
  const contentMs = performance.now() - asked
  await answers.another()
  await keep(`${view}-${look.name}`, page)
  if (await scrollToEnd(page)) await keep(`${view}-${look.name}-end`, page)
  problems.push(...(await faults()))
  const { bytes, slowestMs } = answers.stop()
  return { view, look: look.name, contentMs, bytes, slowestMs, problems }
}

/** Why it does not show, if it does not. */
async function happens(showing: Promise<void>): Promise<string[]> {
  try {
    await showing
    return []
  } catch (error) {
    return [`does not show: ${(error as Error).message}`]
  }
}

/** The p99 of a window that has begun and ended here. */
async function lingerAt(node: Gateway): Promise<number | undefined> {
  const lag = watchLag(node)
  await sleep(2.2 * windowMs)
  return (await lag.stop()).at(-1)
}

/** True if there was more than fits. */
async function scrollToEnd(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>(`(() => {
    const main = document.querySelector('main')
    main.scrollTop = main.scrollHeight
    return main.scrollTop > 0
  })()`)
}

/** Rates need a second answer, and some views ask once: those are not waited for longer. */
const secondAnswerMs = 2_500

/** The answers of a node that a page gets from now on. */
class Answers {
  readonly #page: Page
  /** What was asked before is another view's. */
  readonly #since = Date.now()
  readonly #sizes = new Map<string, number>()
  #slowestMs = 0

  constructor(page: Page) {
    this.#page = page
    page.on('requestfinished', this.#note)
  }

  async another(): Promise<void> {
    await this.#page
      .waitForEvent('requestfinished', { predicate: isAsked, timeout: secondAnswerMs })
      .catch(() => undefined)
  }

  stop(): { bytes: number; slowestMs: number } {
    this.#page.off('requestfinished', this.#note)
    const bytes = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0)
    return { bytes, slowestMs: this.#slowestMs }
  }

  readonly #note = async (request: Request): Promise<void> => {
    const { startTime, responseEnd } = request.timing()
    if (!isAsked(request) || startTime < this.#since) return
    this.#slowestMs = Math.max(this.#slowestMs, responseEnd)
    const { responseBodySize } = await request.sizes()
    this.#sizes.set(request.url(), responseBodySize)
  }
}

function isAsked(request: Request): boolean {
  return request.url().includes('/debug/')
}
