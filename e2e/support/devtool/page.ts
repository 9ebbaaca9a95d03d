// The devtool in a browser, as its users have it: one view after the other, in light or dark, wide or narrow.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { TestBrowser } from '@sluice/test-support/browser'
import type { AxeResults } from 'axe-core'
import type { Locator, Page } from 'playwright-core'

export interface Devtool {
  readonly page: Page
  /** What the console and the page complained of; requests that a view took back are no complaint. */
  readonly complaints: () => string[]
  /** Goes to `#/<path>` as a link does. */
  show: (path: string) => Promise<void>
  /** Resolves when the view shows this; what a choice could be is not shown. */
  sees: (shows: string | RegExp) => Promise<void>
  /** The serious and the critical that axe finds in what is shown now: `rule: element`. */
  faults: () => Promise<string[]>
}

export interface DevtoolOptions {
  readonly colorScheme?: 'light' | 'dark'
  readonly viewport?: { width: number; height: number }
}

/** For whatever must show. */
const patienceMs = 15_000

/** A question that a view asked, and left before the answer came. */
const takenBack = /^request: .*\/debug\/.* net::ERR_ABORTED$/

export const wide = { width: 1_280, height: 800 }
export const phone = { width: 390, height: 844 }

/** Opens it on a node's admin port. */
export async function openDevtool(
  browser: TestBrowser,
  admin: string,
  { colorScheme = 'light', viewport = wide }: DevtoolOptions = {},
): Promise<Devtool> {
  const { page, errors } = await browser.visit(`${admin}/`, {
    colorScheme,
    viewport,
    reducedMotion: 'reduce',
  })
  page.setDefaultTimeout(patienceMs)
  return {
    page,
    complaints: () => errors.filter((error) => !takenBack.test(error)),
    async show(path) {
      await page.evaluate(`location.hash = ${JSON.stringify(`#/${path}`)}`)
    },
    async sees(shows) {
      await page.locator('main').getByText(shows).filter({ visible: true }).first().waitFor()
    },
    faults: () => faultsOf(page),
  }
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

async function faultsOf(page: Page): Promise<string[]> {
  // As an expression, for the page's own rules allow no script from elsewhere.
  await page.evaluate(await readFile(axe, 'utf8'))
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(document, { resultTypes: ['violations'] })`,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}

/** The lines of a table. */
export function linesOf(page: Page, label: string): Locator {
  return page.getByRole('grid', { name: label }).locator('.line')
}
