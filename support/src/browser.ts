// A real browser: the Chromium of the system, driven by playwright-core. Each page has a context of its own, so two pages
// are two visitors; whatever goes wrong in one is noted, for a test to say that nothing did.

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type LaunchOptions,
  type Page,
} from 'playwright-core'

export type { Page } from 'playwright-core'

export interface Visitor {
  readonly page: Page
  /** Errors that the console or the page showed, and requests that failed, with why. */
  readonly errors: readonly string[]
}

export interface TestBrowser extends AsyncDisposable {
  /** A new visitor, at that address. */
  visit(url: string, options?: BrowserContextOptions): Promise<Visitor>
  close(): Promise<void>
}

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Launches it; fails with a word on what to install where there is none. */
export async function startBrowser(launch: LaunchOptions = {}): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath: findChromium(), args, ...launch })
  const close = (): Promise<void> => browser.close()
  return {
    visit: (url, options = {}) => visit(browser, url, options),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The path of a Chromium or Chrome on this machine. */
function findChromium(): string {
  const found = folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    `the tests in a real browser need one of ${names.join(', ')} in PATH (Debian: apt-get install chromium)`,
  )
}

async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
): Promise<Visitor> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => errors.push(`page: ${error.message}`))
  page.on('requestfailed', (request) => {
    errors.push(`request: ${request.url()} ${request.failure()?.errorText}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) errors.push(`response: ${response.status()} ${response.url()}`)
  })
  await page.goto(url)
  return { page, errors }
}
