// The `centrifuge` client in a page of a real browser, as npm ships it for a script tag, with the journals that the
// client in Node has.

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestBrowser } from '@sluice/test-support/browser'
import type {
  Centrifuge,
  ClientInfo,
  ConnectedContext,
  ConnectingContext,
  DisconnectedContext,
  HistoryOptions,
  HistoryResult,
  PublicationContext,
  SubscribedContext,
} from 'centrifuge'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { Journal } from './journal.ts'

/** A folder with a page that loads the client and does nothing else: a gateway's `site`. */
export async function createSite(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-site-'))
  const bundle = new URL('../dist/centrifuge.js', import.meta.resolve('centrifuge'))
  await copyFile(fileURLToPath(bundle), join(folder, 'centrifuge.js'))
  const page = '<!doctype html><link rel="icon" href="data:,"><script src="centrifuge.js"></script>'
  await writeFile(join(folder, 'index.html'), page)
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

export interface PageOptions {
  /** Where to connect, as `http:`. Default: where the page is from. */
  client?: string
  token?: string
  rooms?: string[]
}

/** What is on the page, for functions that run there. */
interface PageGlobals {
  Centrifuge: typeof Centrifuge
  centrifuge: Centrifuge
  note: (journal: string, context: unknown) => void
}

/** Opens the page and connects from there. Closed when its test ends. */
export async function visitClient(
  browser: TestBrowser,
  url: string,
  options: PageOptions = {},
): Promise<BrowserClient> {
  const { page } = await browser.visit(url)
  onTestFinished(() => page.context().close())
  const client = new BrowserClient(page)
  await client.start({ client: url, ...options })
  return client
}

export class BrowserClient {
  readonly page: Page
  readonly connecting = new Journal<ConnectingContext>('connecting')
  readonly connected = new Journal<ConnectedContext>('connected')
  readonly disconnected = new Journal<DisconnectedContext>('disconnected')
  readonly errors = new Journal<unknown>('errors')
  readonly subscribed = new Journal<SubscribedContext>('subscribed')
  readonly publications = new Journal<PublicationContext>('publications')
  readonly joins = new Journal<{ info: ClientInfo }>('joins')
  readonly leaves = new Journal<{ info: ClientInfo }>('leaves')

  constructor(page: Page) {
    this.page = page
  }

  async start({ client = '', token = '', rooms = [] }: PageOptions): Promise<void> {
    const { connecting, connected, disconnected, errors } = this
    const { subscribed, publications, joins, leaves } = this
    const journals: Record<string, Pick<Journal<never>, 'add'>> = {
      ...{ connecting, connected, disconnected, error: errors },
      ...{ subscribed, publication: publications, join: joins, leave: leaves },
    }
    await this.page.exposeFunction('note', (name: string, context: never) =>
      journals[name]?.add(context),
    )
    const endpoint = `${client.replace(/^http/, 'ws')}/connection/websocket`
    await this.page.evaluate(
      ([address, credential, channels]) => {
        const globals = globalThis as unknown as PageGlobals
        const { note } = globals
        const delays = { minReconnectDelay: 10, maxReconnectDelay: 100 }
        const centrifuge = new globals.Centrifuge(address, { token: credential, ...delays })
        globals.centrifuge = centrifuge
        for (const name of ['connecting', 'connected', 'disconnected', 'error'] as const) {
          centrifuge.on(name, (context: object) => note(name, context))
        }
        for (const channel of channels) {
          const subscription = centrifuge.newSubscription(channel)
          for (const name of ['subscribed', 'publication', 'join', 'leave'] as const) {
            subscription.on(name, (context: object) => note(name, context))
          }
          subscription.subscribe()
        }
        centrifuge.connect()
      },
      [endpoint, token, rooms] as const,
    )
  }

  async publish(channel: string, data: unknown): Promise<void> {
    await this.page.evaluate(
      async ([name, value]) => {
        await (globalThis as unknown as PageGlobals).centrifuge.publish(name, value)
      },
      [channel, data] as const,
    )
  }

  history(channel: string, options: HistoryOptions): Promise<HistoryResult> {
    return this.page.evaluate(
      ([name, wanted]) => (globalThis as unknown as PageGlobals).centrifuge.history(name, wanted),
      [channel, options] as const,
    )
  }

  presence(channel: string): Promise<{ clients: Record<string, ClientInfo> }> {
    return this.page.evaluate(
      (name) => (globalThis as unknown as PageGlobals).centrifuge.presence(name),
      channel,
    )
  }
}
