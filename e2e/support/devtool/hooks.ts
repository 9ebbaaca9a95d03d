// What all tests of a file have in common: it is started before the first of them, and ended after the last.

import { startBrowser } from '@sluice/test-support/browser'
import { beforeAll } from 'vitest'
import { type Devtool, type DevtoolOptions, openDevtool } from './page.ts'

/** Starts it before the tests of this file or `describe`; they have it by a call. */
export function forTests<Thing extends AsyncDisposable>(start: () => Promise<Thing>): () => Thing {
  let thing: Thing
  beforeAll(async () => {
    thing = await start()
    return () => thing[Symbol.asyncDispose]()
  })
  return () => thing
}

/** How these tests open the devtool on a node's admin port: all of them in one browser. */
export function devtoolForTests(): (admin: string, options?: DevtoolOptions) => Promise<Devtool> {
  const browser = forTests(startBrowser)
  return (admin, options) => openDevtool(browser(), admin, options)
}
